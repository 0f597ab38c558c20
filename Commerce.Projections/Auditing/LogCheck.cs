using System.Security.Cryptography;
using System.Text;
using Commerce.Domain.Log;

namespace Commerce.Projections.Auditing;

/// <summary>
/// The log itself: positions grow, revisions of a stream count from 0 without a gap, no event id twice, no command decided
/// twice in one stream. Event ids are remembered whole, command ids as 128 bits of SHA-256 over stream and id, both up to
/// <see cref="AuditOptions.IdsRememberedMax"/>.
/// </summary>
sealed class LogCheck(AuditBook book) : AuditCheck(book)
{
    readonly Dictionary<StreamName, Tail> _streams = [];
    readonly HashSet<Guid> _eventIds = [];
    readonly HashSet<UInt128> _commandIds = [];
    readonly SortedDictionary<string, long> _byCategory = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, long> _unknown = new(StringComparer.Ordinal);
    long _events;
    long _unknownEvents;
    long _position;
    bool _comparedAll = true;

    public override void On(RecordedEvent recorded, object? @event)
    {
        _events++;
        _byCategory[recorded.Stream.Category] = _byCategory.GetValueOrDefault(recorded.Stream.Category) + 1;
        CheckPosition(recorded);
        CheckId(recorded);

        if (!_streams.TryGetValue(recorded.Stream, out var tail))
        {
            tail = new Tail();
            _streams.Add(recorded.Stream, tail);
        }

        CheckRevision(recorded, tail);
        CheckCommand(recorded, tail);
        if (@event is null)
        {
            _unknownEvents++;
            if (_unknown.Count < AuditOptions.UnknownTypesMax || _unknown.ContainsKey(recorded.Type))
            {
                _unknown[recorded.Type] = _unknown.GetValueOrDefault(recorded.Type) + 1;
            }
        }
    }

    public override AuditReport Report(AuditReport report) => report with
    {
        Events = _events,
        Streams = _streams.Count,
        Position = _position,
        EventsByCategory = _byCategory,
        UnknownEvents = _unknownEvents,
        UnknownTypes = _unknown,
        ComparedAllIds = _comparedAll,
    };

    void CheckPosition(RecordedEvent recorded)
    {
        if (recorded.Position.Value <= _position)
        {
            Book.Offend(recorded, "position-not-growing", $"The event stands after position {_position} in the log.");
        }

        _position = Math.Max(_position, recorded.Position.Value);
    }

    void CheckId(RecordedEvent recorded)
    {
        if (!IsNew(_eventIds, recorded.Id))
        {
            Book.Offend(recorded, "event-id-twice", $"The log holds the event id {recorded.Id} before.");
        }
    }

    void CheckRevision(RecordedEvent recorded, Tail tail)
    {
        if (recorded.Revision != tail.NextRevision)
        {
            Book.Offend(recorded, "revision-gap", $"The stream's next event should have revision {tail.NextRevision}.");
        }

        tail.NextRevision = Math.Max(tail.NextRevision, recorded.Revision + 1);
    }

    // The events of one command stand side by side, for they are one append; anywhere else the id is a second effect.
    void CheckCommand(RecordedEvent recorded, Tail tail)
    {
        var metadata = EventMetadata.TryRead(recorded.Metadata);
        var (command, fingerprint) = (metadata?.CommandId, metadata?.Fingerprint);
        if (command is not null && command == tail.Command)
        {
            if (fingerprint != tail.Fingerprint)
            {
                Book.Offend(recorded, "command-id-reused", $"The command id {command} stands for another command in the event before.");
            }
        }
        else if (command is not null && !IsNew(_commandIds, Digest(recorded.Stream, command)))
        {
            Book.Offend(recorded, "command-twice", $"The command {command} had its effect on this stream before.");
        }

        (tail.Command, tail.Fingerprint) = (command, fingerprint);
    }

    bool IsNew<T>(HashSet<T> ids, T id)
    {
        if (ids.Count < Book.Options.IdsRememberedMax)
        {
            return ids.Add(id);
        }

        _comparedAll = false;
        return !ids.Contains(id);
    }

    static UInt128 Digest(StreamName stream, string command) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{stream.Value}\n{command}")));

    /// <summary>Where a stream ends so far.</summary>
    sealed class Tail
    {
        public long NextRevision { get; set; }

        public string? Command { get; set; }

        public string? Fingerprint { get; set; }
    }
}
