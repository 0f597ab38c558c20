using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>What became of a command that wrote events.</summary>
/// <param name="Fingerprint">Hash of the command; null where whoever wrote the events gave none.</param>
/// <param name="FirstRevision">Revision of its first event.</param>
/// <param name="LastRevision">Revision of its last event.</param>
/// <param name="Position">The position that was answered, or after a reading from the log that of its last event.</param>
readonly record struct SeenCommand(string? Fingerprint, long FirstRevision, long LastRevision, LogPosition Position);

/// <summary>
/// The latest command ids of one stream, each with what became of it. Only commands that wrote events are known: the log
/// holds nothing of the others, and deciding those again changes nothing.
/// </summary>
sealed class SeenCommands(int countMax)
{
    readonly Dictionary<string, SeenCommand> _byId = new(StringComparer.Ordinal);
    readonly Queue<string> _oldestFirst = new();

    public int Count => _byId.Count;

    /// <summary>All that it remembers, oldest first.</summary>
    public IEnumerable<KeyValuePair<string, SeenCommand>> OldestFirst => _oldestFirst.Select(id => KeyValuePair.Create(id, _byId[id]));

    public bool TryGet(string id, out SeenCommand seen) => _byId.TryGetValue(id, out seen);

    /// <summary>Remembers a command; where the window is full, the oldest is forgotten.</summary>
    public void Add(string id, SeenCommand seen)
    {
        if (!_byId.TryAdd(id, seen))
        {
            return;
        }

        _oldestFirst.Enqueue(id);
        if (_oldestFirst.Count > countMax)
        {
            _byId.Remove(_oldestFirst.Dequeue());
        }
    }

    /// <summary>Remembers the command that wrote this event; a command's events follow on each other.</summary>
    public void Add(RecordedEvent recorded)
    {
        // Most events of long streams carry none, and reading the rest of their metadata costs more than to play them.
        if (!EventMetadata.MayNameCommand(recorded.Metadata.Span) || EventMetadata.TryRead(recorded.Metadata) is not { CommandId: { } id } metadata)
        {
            return;
        }

        if (!_byId.TryGetValue(id, out var seen))
        {
            Add(id, new SeenCommand(metadata.Fingerprint, recorded.Revision, recorded.Revision, recorded.Position));
        }
        else if (seen.LastRevision == recorded.Revision - 1)
        {
            _byId[id] = seen with { LastRevision = recorded.Revision, Position = recorded.Position };
        }
    }
}
