using System.Diagnostics;
using Commerce.Commands.EventLog;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;

namespace Commerce.Commands.Sagas;

/// <summary>Another node moved the saga on meanwhile; the message is handled anew on what is there now.</summary>
public sealed class SagaConflictException(Guid order, long expected, long actual)
    : Exception($"The saga of order {order} is at revision {actual}, not {expected}.");

/// <summary>
/// Sagas in the log: loading folds the stream, saving appends at the revision that was loaded. What was loaded last is kept
/// and saves the next read; it is never trusted over the log, whose expected revision finds out what is stale.
/// </summary>
sealed class FulfilmentStore(IEventLog log, TimeProvider time)
{
    /// <summary>Sagas kept in memory at most: those of the last minute at 1,000 orders/s, of some kilobytes each.</summary>
    public const int KeptMax = 50_000;

    readonly RecentlyUsed<Guid, (FulfilmentState State, long Revision)> _recent = new(KeptMax);

    /// <summary>The saga of an order as the log has it, or had it when this process saved it.</summary>
    public async Task<FulfilmentInstance> Load(Guid order, CancellationToken cancellationToken)
    {
        if (!_recent.TryTake(order, out var known))
        {
            known = (FulfilmentState.None, -1);
            await foreach (var recorded in log.ReadStream(StreamOf(order), ReadDirection.Forwards, 0, int.MaxValue, cancellationToken).ConfigureAwait(false))
            {
                known = (EventCatalog.Read(recorded) is FulfilmentEvent e ? FulfilmentState.Evolve(known.State, e) : known.State, recorded.Revision);
            }
        }

        return new FulfilmentInstance { CorrelationId = order, State = known.State, Revision = known.Revision };
    }

    /// <summary>
    /// The saga of an order of which it is told for the first time that it was placed. Where nothing is known it is taken for new
    /// without a read; saving finds out when it is not, and the next attempt reads.
    /// </summary>
    public FulfilmentInstance Begin(Guid order) => _recent.TryTake(order, out var known)
        ? new FulfilmentInstance { CorrelationId = order, State = known.State, Revision = known.Revision }
        : new FulfilmentInstance { CorrelationId = order };

    /// <summary>Keeps what is known to be in the log; whoever fails on the way leaves nothing stale behind.</summary>
    public void Keep(FulfilmentInstance instance) => _recent.Put(instance.CorrelationId, (instance.State, instance.Revision));

    /// <exception cref="SagaConflictException">The stream moved on.</exception>
    public async Task Save(FulfilmentInstance instance, EventMetadata metadata, CancellationToken cancellationToken)
    {
        var json = metadata.ToJson();
        var events = instance.Unsaved.Select(e => new NewEvent(Guid.CreateVersion7(time.GetUtcNow()), EventCatalog.NameOf(e), EventCatalog.ToJson(e), json)).ToList();
        var result = await Append(StreamOf(instance.CorrelationId), ExpectedRevision.Exact(instance.Revision), events, cancellationToken).ConfigureAwait(false);
        instance.Saved(result switch
        {
            AppendResult.Appended appended => appended.Revision,
            AppendResult.WrongExpectedRevision wrong => throw new SagaConflictException(instance.CorrelationId, instance.Revision, wrong.Actual),
            _ => throw new UnreachableException(),
        });
    }

    async Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, List<NewEvent> events, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        AppendResult? result = null;
        try
        {
            return result = await log.Append(stream, expected, events, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            AppendTelemetry.Ended(stream, events, result, started);
            if (CommerceTelemetry.Source.HasListeners())
            {
                AppendTelemetry.Show(stream, [Activity.Current], events.Count, result, started);
            }
        }
    }

    static StreamName StreamOf(Guid order) => FulfilmentState.StreamOf(new OrderId(order));
}
