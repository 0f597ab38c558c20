using System.Runtime.CompilerServices;
using Commerce.Domain.Log;

namespace Commerce.Domain.Seals;

/// <summary>What of a log is sealed, and in which order.</summary>
public static class SealedLog
{
    /// <summary>The seals, oldest first.</summary>
    /// <param name="log">The log.</param>
    /// <param name="from">Number of the first one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<SealEvent.Sealed> Seals(IEventLog log, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var recorded in log.ReadStream(SealLog.Stream, ReadDirection.Forwards, from, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            if (EventCatalog.Read(recorded) is SealEvent.Sealed seal)
            {
                yield return seal;
            }
        }
    }

    /// <summary>The newest seal with its revision; null: there is none.</summary>
    public static async Task<(SealEvent.Sealed Seal, long Revision)?> Last(IEventLog log, CancellationToken cancellationToken)
    {
        await foreach (var recorded in log.ReadStream(SealLog.Stream, ReadDirection.Backwards, long.MaxValue, 1, cancellationToken).ConfigureAwait(false))
        {
            return EventCatalog.Read(recorded) is SealEvent.Sealed seal ? (seal, recorded.Revision) : null;
        }

        return null;
    }

    /// <summary>Where the last event that a seal seals stands in this log; null: not where it was. A copy of a log has other positions, so its stream says.</summary>
    internal static async Task<LogPosition?> PositionOf(IEventLog log, SealEvent.Sealed seal, CancellationToken cancellationToken)
    {
        await foreach (var e in log.ReadStream(seal.ThroughStream, ReadDirection.Forwards, seal.ThroughRevision, 1, cancellationToken).ConfigureAwait(false))
        {
            return e.Id == seal.ThroughEvent ? e.Position : null;
        }

        return null;
    }
}
