using System.Collections.Concurrent;
using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>
/// The mailboxes in use and, beyond them, those whose state is worth keeping: bounded, the least recently used goes first.
/// A mailbox is in use while something waits in it, which is bounded at the door.
/// </summary>
sealed class MailboxCache(int streamsMax, int commandIdsMax)
{
    /// <summary>Mailboxes that one trimming looks at: each adds one at most, so a few are enough to stay within the limit.</summary>
    const int ProbesMax = 8;

    readonly ConcurrentDictionary<StreamName, Mailbox> _byStream = new();
    readonly Lock _lock = new();
    readonly LinkedList<Entry> _latestFirst = new();
    readonly Dictionary<Mailbox, LinkedListNode<Entry>> _nodes = [];
    long _remembered;

    public int Count => _byStream.Count;

    public Mailbox GetOrAdd<TArgument>(StreamName stream, Func<StreamName, TArgument, Mailbox> make, TArgument argument) =>
        _byStream.GetOrAdd(stream, make, argument);

    public Mailbox? Find(StreamName stream) => _byStream.GetValueOrDefault(stream);

    public void Remove(Mailbox mailbox) => _byStream.TryRemove(KeyValuePair.Create(mailbox.Stream, mailbox));

    /// <summary>Notes that a mailbox was used just now, by the worker that still has it, and drops what is too much.</summary>
    public void Used(Mailbox mailbox)
    {
        lock (_lock)
        {
            Unlist(mailbox);
            List(mailbox, mailbox.Remembered);
            for (var probe = 0; probe < ProbesMax && IsOver && _latestFirst.Last is { } oldest; probe++)
            {
                var (old, remembered) = oldest.Value;
                Unlist(old);
                if (old.TryRetire())
                {
                    Remove(old);
                }
                else
                {
                    List(old, remembered);
                }
            }
        }
    }

    bool IsOver => _nodes.Count > streamsMax || _remembered > commandIdsMax;

    void List(Mailbox mailbox, int remembered)
    {
        _nodes.Add(mailbox, _latestFirst.AddFirst(new Entry(mailbox, remembered)));
        _remembered += remembered;
    }

    void Unlist(Mailbox mailbox)
    {
        if (_nodes.Remove(mailbox, out var node))
        {
            _latestFirst.Remove(node);
            _remembered -= node.Value.Remembered;
        }
    }

    readonly record struct Entry(Mailbox Mailbox, int Remembered);
}
