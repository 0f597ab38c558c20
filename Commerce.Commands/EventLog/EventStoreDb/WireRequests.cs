using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Domain.Log;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Empty = Commerce.Commands.EventLog.EventStoreDb.Wire.Empty;
using Nothing = Google.Protobuf.WellKnownTypes.Empty;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>What Commerce asks, as messages.</summary>
static class WireRequests
{
    /// <summary>Every stream but those of the server itself.</summary>
    const string NoSystemStreams = @"^[^\$].*";

    /// <summary>Far beyond any event, and far enough below the largest number for the server to count on from it.</summary>
    const long RevisionMax = long.MaxValue / 2;

    public static ReadReq Stream(StreamName stream, ReadDirection direction, long from, int count)
    {
        var part = new ReadReq.Types.StreamOptions { StreamIdentifier = WireIds.ToWire(stream) };
        if (direction == ReadDirection.Forwards && from <= 0)
            part.Start = new();
        else if (direction == ReadDirection.Backwards && from == long.MaxValue)
            part.End = new();
        else
            part.Revision = (ulong)Math.Min(from, RevisionMax);

        var request = Read(direction, count);
        (request.Options.Stream, request.Options.NoFilter) = (part, new());
        return request;
    }

    /// <summary>The whole log from a position on, with the event there.</summary>
    public static ReadReq All(LogPosition from, StreamFilter filter, long count, int windowEvents)
    {
        var request = Read(ReadDirection.Forwards, count);
        request.Options.All = new() { Position = At(from) };
        request.Options.Filter = Filter(filter, windowEvents);
        return request;
    }

    /// <summary>The newest event of the whole log; of every stream but the server's own where there is a filter.</summary>
    public static ReadReq Newest(StreamFilter? filter, int windowEvents)
    {
        var request = Read(ReadDirection.Backwards, 1);
        request.Options.All = new() { End = new() };
        if (filter is null)
            request.Options.NoFilter = new();
        else
            request.Options.Filter = Filter(filter, windowEvents);

        return request;
    }

    /// <summary>Every event after a position, without end.</summary>
    public static ReadReq Subscription(LogPosition after)
    {
        var request = Read(ReadDirection.Forwards, 0);
        request.Options.All = after == LogPosition.Start ? new() { Start = new() } : new() { Position = At(after) };
        request.Options.Subscription = new();
        request.Options.NoFilter = new();
        return request;
    }

    /// <summary>One append, whole.</summary>
    public static BatchAppendReq Append(Guid correlation, StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, TimeSpan deadline)
    {
        var request = new BatchAppendReq
        {
            CorrelationId = WireIds.ToWire(correlation),
            Options = new() { StreamIdentifier = WireIds.ToWire(stream), Deadline = Duration.FromTimeSpan(deadline) },
            IsFinal = true,
        };
        Demand(request.Options, expected);
        foreach (var e in events)
        {
            request.ProposedMessages.Add(new BatchAppendReq.Types.ProposedMessage
            {
                Id = WireIds.ToWire(e.Id),
                Metadata = { ["type"] = e.Type, ["content-type"] = "application/json" },
                CustomMetadata = UnsafeByteOperations.UnsafeWrap(e.Metadata),
                Data = UnsafeByteOperations.UnsafeWrap(e.Data),
            });
        }

        return request;
    }

    static void Demand(BatchAppendReq.Types.Options options, ExpectedRevision expected)
    {
        if (expected.Revision is >= 0 and var revision)
            options.StreamPosition = (ulong)revision;
        else if (expected == ExpectedRevision.None)
            options.NoStream = new Nothing();
        else if (expected == ExpectedRevision.Any)
            options.Any = new Nothing();
        else
            options.StreamExists = new Nothing();
    }

    static ReadReq Read(ReadDirection direction, long count)
    {
        var options = new ReadReq.Types.Options
        {
            ReadDirection = direction == ReadDirection.Forwards ? ReadReq.Types.ReadDirection.Forwards : ReadReq.Types.ReadDirection.Backwards,
            UuidOption = new() { Structured = new Empty() },
            ControlOption = new() { Compatibility = 1 },
        };
        if (count > 0)
            options.Count = (ulong)count;

        return new() { Options = options };
    }

    static ReadReq.Types.FilterOptions Filter(StreamFilter filter, int windowEvents)
    {
        var streams = new ReadReq.Types.FilterOptions.Types.Expression();
        if (filter.Prefixes.Count == 0)
            streams.Regex = NoSystemStreams;
        else
            streams.Prefix.AddRange(filter.Prefixes);

        return new() { StreamIdentifier = streams, Max = (uint)windowEvents };
    }

    // Both numbers are the same for every event that was not written in one of the old, explicit transactions.
    static ReadReq.Types.Position At(LogPosition position) => new() { CommitPosition = (ulong)position.Value, PreparePosition = (ulong)position.Value };
}
