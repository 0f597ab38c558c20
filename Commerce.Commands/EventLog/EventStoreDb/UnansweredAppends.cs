using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>
/// Appends at any revision whose callers went without an answer, the newest of them: they may have been written, and when
/// their callers try again, a server that was restarted since does not know the ids any more.
/// </summary>
sealed class UnansweredAppends(int rememberedMax)
{
    readonly Lock _lock = new();
    readonly Dictionary<Guid, LogPosition> _sentAfter = [];
    readonly Queue<Guid> _oldestFirst = [];

    /// <summary>Remembers it where it was sent.</summary>
    public void Remember(BatchedAppend append)
    {
        if (append.Expected.Revision is not null || append.SentAfter is not { } after)
            return;

        lock (_lock)
        {
            // The first time counts: tried again, it may lie as far back as before.
            if (!_sentAfter.TryAdd(append.Events[0].Id, after))
                return;

            _oldestFirst.Enqueue(append.Events[0].Id);
            if (_oldestFirst.Count > rememberedMax)
                _sentAfter.Remove(_oldestFirst.Dequeue());
        }
    }

    /// <summary>After which position these events lie, if anywhere; null where nobody knows of such an append.</summary>
    public LogPosition? SentAfter(ExpectedRevision expected, IReadOnlyList<NewEvent> events)
    {
        if (expected.Revision is not null)
            return null;

        lock (_lock)
            return _sentAfter.TryGetValue(events[0].Id, out var after) ? after : null;
    }
}
