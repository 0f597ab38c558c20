using System.Globalization;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Domain.Log;
using RecordedEvent = Commerce.Domain.Log.RecordedEvent;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>Events as the wire has them, and as the port does.</summary>
static class WireEvents
{
    /// <summary>What the type of an event begins with that the server itself wrote: the mark of a stream that was deleted for good, a link.</summary>
    const char OwnType = '$';

    /// <summary>Its place in the whole log.</summary>
    public static LogPosition PositionOf(ReadResp.Types.ReadEvent read) =>
        new((long)(read.PositionCase == ReadResp.Types.ReadEvent.PositionOneofCase.CommitPosition ? read.CommitPosition : read.Event.CommitPosition));

    /// <summary>A position that the server tells of an append; null where it tells none, or says so by the largest number there is.</summary>
    public static LogPosition? PositionOf(AllStreamPosition? told) => told is { CommitPosition: <= long.MaxValue and var position } ? new((long)position) : null;

    /// <summary>An event of the whole log, of which those that the server itself wrote are not told, in whosever stream; the mark of a deleted stream has no revision that would follow on another.</summary>
    public static RecordedEvent? RecordedInAll(ReadResp.Types.ReadEvent read) =>
        read.Event.Metadata.GetValueOrDefault("type", "").StartsWith(OwnType) ? null : Recorded(read);

    /// <summary>The event; null where its stream is one of the server's own, or another program's under a name that is none to Commerce.</summary>
    public static RecordedEvent? Recorded(ReadResp.Types.ReadEvent read)
    {
        var e = read.Event;
        if (!StreamName.TryParse(e.StreamIdentifier.StreamName.ToStringUtf8(), null, out var stream))
            return null;

        return new(
            stream,
            (long)e.StreamRevision,
            PositionOf(read),
            WireIds.FromWire(e.Id),
            e.Metadata.GetValueOrDefault("type", ""),
            e.Data.Memory,
            e.CustomMetadata.Memory,
            Created(e.Metadata.GetValueOrDefault("created", "")));
    }

    // Ticks of 100 ns since 1970.
    static DateTimeOffset Created(string ticks) =>
        DateTimeOffset.UnixEpoch.AddTicks(long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var since) ? since : 0);
}
