using System.Runtime.InteropServices;
using Commerce.Commands.EventLog;
using Google.Protobuf;

namespace Commerce.Testing.EventStoreDb;

/// <summary>
/// The log of the server: its streams and the order of all. Records stay at their index for ever, so that a reader pages
/// with an index and holds the lock only while it copies references.
/// </summary>
sealed class EmulatedLog
{
    /// <summary>What a record takes beside its names and contents; positions are offsets of bytes.</summary>
    const ulong RecordBytes = 90;

    const string DeletedStreamData = """{"$tb":9223372036854775807}""";

    readonly Lock _lock = new();
    readonly EventStoreDbEmulatorOptions _options;
    readonly List<LogRecord> _all = [];
    readonly Dictionary<string, EmulatedStream> _streams = [];
    readonly RecentIds _recent;
    readonly AppendedSignal _appended = new();
    ulong _end;
    int _untilSystemEvent;

    public EmulatedLog(EventStoreDbEmulatorOptions options)
    {
        _options = options;
        _recent = new(options.RecentIdsMax);
        _untilSystemEvent = options.SystemEventInterval;
        WriteSystemEvent("$epoch-information", "$epoch-information", "{}");
        WriteSystemEvent("$$$stats-127.0.0.1:2113", "$metadata", """{"$maxAge":86400}""");
        WriteSystemEvent("$user-admin", "$UserCreated", """{"loginName":"admin"}""");
    }

    /// <summary>Completes when the log is told to have grown next. Take it before looking.</summary>
    public Task Appended => _appended.Next;

    public int Count
    {
        get
        {
            lock (_lock)
                return _all.Count;
        }
    }

    /// <summary>Wakes those who wait for what was written. Apart from writing, so that many appends wake once.</summary>
    public void Announce() => _appended.Wake();

    /// <summary>All events or none.</summary>
    public WriteOutcome Append(string name, long expected, IReadOnlyList<ProposedEvent> events)
    {
        lock (_lock)
        {
            var stream = StreamOf(name);
            if (Check(name, stream, expected, events) is { } settled)
                return settled;
            if (events.Count == 0)
                return new WriteOutcome.Written(stream.Last, null);

            var (restored, now) = (stream.IsSoftlyDeleted, _options.Time.GetUtcNow());
            foreach (var e in events)
            {
                var record = Write(name, stream.Last + 1, e, now);
                stream.Add(record);
                _recent.Add(record);
            }

            var last = stream.Records[^1];
            if (restored)
                WriteSystemEvent("$$" + name, "$metadata", $$"""{"$tb":{{stream.First}}}""");
            WriteStatistics(events.Count);
            return new WriteOutcome.Written(last.Revision, last.Position);
        }
    }

    /// <summary>Softly: a later append goes on with the next revision.</summary>
    public WriteOutcome Delete(string name, long expected) =>
        Remove(name, expected, stream =>
        {
            stream.Delete();
            return WriteSystemEvent("$$" + name, "$metadata", DeletedStreamData);
        });

    /// <summary>For good.</summary>
    public WriteOutcome Tombstone(string name, long expected) =>
        Remove(name, expected, stream =>
        {
            stream.Tombstone();
            return Write(name, long.MaxValue, new(Guid.NewGuid(), "$streamDeleted", false, ByteString.Empty, ByteString.Empty), _options.Time.GetUtcNow());
        });

    public void ForgetRecentIds()
    {
        lock (_lock)
            _recent.Forget();
    }

    public StreamView View(string name)
    {
        lock (_lock)
            return _streams.TryGetValue(name, out var stream) ? new(stream.First, stream.Last, stream.IsTombstoned) : new(0, -1, false);
    }

    /// <summary>Copies events of a stream from a revision on.</summary>
    /// <returns>How many.</returns>
    public int ReadStream(string name, long from, Span<LogRecord> page)
    {
        lock (_lock)
            return _streams.TryGetValue(name, out var stream) ? Copy(stream.Records, from, page) : 0;
    }

    /// <summary>Copies records from an index on.</summary>
    /// <returns>How many.</returns>
    public int ReadAll(long from, Span<LogRecord> page)
    {
        lock (_lock)
            return Copy(_all, from, page);
    }

    /// <summary>Position of the record at an index.</summary>
    public ulong PositionAt(int index)
    {
        lock (_lock)
            return _all[index].Position;
    }

    /// <summary>Index of the record at a position; behind the last one, the number of records.</summary>
    /// <exception cref="Commerce.Commands.Grpc.GrpcException">The position lies within a record, where the server can read nothing.</exception>
    public int IndexOf(ulong position)
    {
        lock (_lock)
        {
            var (low, high) = (0, _all.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_all[middle].Position < position)
                    low = middle + 1;
                else
                    high = middle;
            }

            return low == _all.Count || low == 0 || _all[low].Position == position ? low : throw ServerErrors.PositionInvalid();
        }
    }

    /// <summary>Puts other events in the place of all that clients wrote; what the server itself wrote stays.</summary>
    public void Replace(IEnumerable<LogRecord> records)
    {
        lock (_lock)
        {
            var kept = _all.Where(r => r.Stream.StartsWith('$')).ToList();
            _all.Clear();
            _all.AddRange(kept.Concat(records).OrderBy(r => r.Position));
            foreach (var name in _streams.Keys.Where(n => !n.StartsWith('$')).ToList())
                _streams.Remove(name);
            foreach (var record in _all.Where(r => !r.Stream.StartsWith('$')))
                StreamOf(record.Stream).Add(record);
        }
    }

    static int Copy(List<LogRecord> records, long from, Span<LogRecord> page)
    {
        var rest = CollectionsMarshal.AsSpan(records)[(int)Math.Clamp(from, 0, records.Count)..];
        rest = rest[..Math.Min(rest.Length, page.Length)];
        rest.CopyTo(page);
        return rest.Length;
    }

    EmulatedStream StreamOf(string name) => CollectionsMarshal.GetValueRefOrAddDefault(_streams, name, out _) ??= new();

    WriteOutcome Remove(string name, long expected, Func<EmulatedStream, LogRecord> remove)
    {
        lock (_lock)
        {
            var stream = StreamOf(name);
            return Check(name, stream, expected, []) ?? new WriteOutcome.Written(stream.Last, remove(stream).Position);
        }
    }

    /// <summary>What is to be answered without writing; nothing: write.</summary>
    WriteOutcome? Check(string name, EmulatedStream stream, long expected, IReadOnlyList<ProposedEvent> events)
    {
        if (stream.IsTombstoned || (expected == ExpectedVersion.StreamExists && stream.IsSoftlyDeleted))
            return new WriteOutcome.StreamDeleted();
        if (expected == ExpectedVersion.StreamExists && stream.Last < 0)
            return new WriteOutcome.WrongExpectedVersion(stream.Last);

        return expected is ExpectedVersion.Any or ExpectedVersion.StreamExists
            ? CheckRecent(name, stream, events)
            : CheckRevision(stream, expected, events);
    }

    /// <summary>Without a revision, the server takes for a repeat whatever holds only ids that it remembers of the stream, in whatever order.</summary>
    WriteOutcome? CheckRecent(string name, EmulatedStream stream, IReadOnlyList<ProposedEvent> events)
    {
        LogRecord? last = null;
        foreach (var e in events)
        {
            var known = _recent.Find(name, e.Id);
            if (known is null && last is null)
                return null;
            if (known is null)
                return new WriteOutcome.WrongExpectedVersion(stream.Last);

            last = known;
        }

        return last is null ? null : new WriteOutcome.Written(last.Revision, last.Position);
    }

    static WriteOutcome? CheckRevision(EmulatedStream stream, long expected, IReadOnlyList<ProposedEvent> events)
    {
        if (expected == stream.Last)
            return null;

        var same = 0;
        while (expected < stream.Last && same < events.Count && expected + 1 + same <= stream.Last && stream.Records[(int)expected + 1 + same].Id == events[same].Id)
            same++;
        if (same > 0 && same == events.Count && stream.Records[(int)expected + same] is { } last)
            return new WriteOutcome.Written(last.Revision, last.Position);

        return same == 0 && expected == ExpectedVersion.NoStream && stream.IsSoftlyDeleted
            ? null
            : new WriteOutcome.WrongExpectedVersion(stream.Last);
    }

    LogRecord WriteSystemEvent(string name, string type, string data)
    {
        var stream = StreamOf(name);
        var record = Write(name, stream.Last + 1, new(Guid.NewGuid(), type, true, ByteString.CopyFromUtf8(data), ByteString.Empty), _options.Time.GetUtcNow());
        stream.Add(record);
        return record;
    }

    void WriteStatistics(int events)
    {
        _untilSystemEvent -= events;
        if (_untilSystemEvent > 0)
            return;

        _untilSystemEvent = _options.SystemEventInterval;
        WriteSystemEvent("$stats-127.0.0.1:2113", "$statsCollected", "{}");
    }

    LogRecord Write(string stream, long revision, in ProposedEvent e, DateTimeOffset now)
    {
        var record = new LogRecord(stream, revision, _end, e, now);
        _end += RecordBytes + (ulong)(stream.Length + e.Type.Length + e.Data.Length + e.Metadata.Length);
        _all.Add(record);
        return record;
    }
}
