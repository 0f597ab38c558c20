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
/// <remarks>Thousands of streams are remembered that saw one command: the first is kept without a table, for the collector moves all that is made for it.</remarks>
sealed class SeenCommands(int countMax)
{
    string? _firstId;
    SeenCommand _first;
    Table? _more;

    public int Count => _more?.ById.Count ?? (_firstId is null ? 0 : 1);

    /// <summary>All that it remembers, oldest first.</summary>
    public IEnumerable<KeyValuePair<string, SeenCommand>> OldestFirst =>
        _more is { } more ? more.OldestFirst.Select(id => KeyValuePair.Create(id, more.ById[id]))
        : _firstId is { } id ? [KeyValuePair.Create(id, _first)]
        : [];

    public bool TryGet(string id, out SeenCommand seen)
    {
        if (_more is { } more)
        {
            return more.ById.TryGetValue(id, out seen);
        }

        seen = _first;
        return id == _firstId;
    }

    /// <summary>Remembers a command; where the window is full, the oldest is forgotten.</summary>
    public void Add(string id, SeenCommand seen)
    {
        if (_firstId is null)
        {
            (_firstId, _first) = (id, seen);
        }
        else if (_more is not null || id != _firstId)
        {
            (_more ??= new(_firstId, _first)).Add(id, seen, countMax);
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

        if (!TryGet(id, out var seen))
        {
            Add(id, new SeenCommand(metadata.Fingerprint, recorded.Revision, recorded.Revision, recorded.Position));
        }
        else if (seen.LastRevision == recorded.Revision - 1)
        {
            Change(id, seen with { LastRevision = recorded.Revision, Position = recorded.Position });
        }
    }

    void Change(string id, SeenCommand seen)
    {
        if (_more is { } more)
        {
            more.ById[id] = seen;
        }
        else
        {
            _first = seen;
        }
    }

    sealed class Table
    {
        public Table(string firstId, SeenCommand first)
        {
            ById.Add(firstId, first);
            OldestFirst.Enqueue(firstId);
        }

        public Dictionary<string, SeenCommand> ById { get; } = new(StringComparer.Ordinal);

        public Queue<string> OldestFirst { get; } = new();

        public void Add(string id, SeenCommand seen, int countMax)
        {
            if (!ById.TryAdd(id, seen))
            {
                return;
            }

            OldestFirst.Enqueue(id);
            if (OldestFirst.Count > countMax)
            {
                ById.Remove(OldestFirst.Dequeue());
            }
        }
    }
}
