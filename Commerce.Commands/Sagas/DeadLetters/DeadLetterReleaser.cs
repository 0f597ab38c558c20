using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.Log;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>
/// Handles what was held and may go on: letters that somebody wants replayed, and what waits behind one that is settled. Of an
/// order and queue one process at a time releases, message after message in the order of the log; who dies on the way leaves
/// rows from which the next one goes on, and a message that was handled already bears to be handled again. Beside that it
/// records letters in the log whose consumer could not.
/// </summary>
sealed partial class DeadLetterReleaser(
    DeadLetterTable table, DeadLetterDesk desk, FactHandler handler, SagaOptions options, TimeProvider time, ILogger<DeadLetterReleaser> logger) : BackgroundService
{
    /// <summary>Orders that are released at once: they wait for the log and for the provider.</summary>
    const int OrdersAtOnceMax = 8;

    /// <summary>Orders and letters that are looked at in one go.</summary>
    const int BatchMax = 256;

    readonly string[] _queues = [.. Enum.GetValues<Consumers>().Select(options.QueueOf)];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Reconcile(stoppingToken).ConfigureAwait(false);
                var released = await table.Released(_queues, BatchMax, stoppingToken).ConfigureAwait(false);
                var parallel = new ParallelOptions { MaxDegreeOfParallelism = OrdersAtOnceMax, CancellationToken = stoppingToken };
                await Parallel.ForEachAsync(released, parallel, async (r, ct) => await Release(r.Queue, r.Order, ct).ConfigureAwait(false)).ConfigureAwait(false);
                MessageTelemetry.Held = await desk.Figures(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (PostgresFaults.IsOfDatabase(e) || e is EventLogException)
            {
                CannotLook(logger, e.Message);
            }

            await Task.Delay(options.DeadLettersEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task Reconcile(CancellationToken cancellationToken)
    {
        foreach (var id in await desk.Due(_queues, BatchMax, cancellationToken).ConfigureAwait(false))
        {
            await desk.Reconcile(id, cancellationToken).ConfigureAwait(false);
        }
    }

    async Task Release(string queue, Guid order, CancellationToken cancellationToken)
    {
        try
        {
            await using var turn = await table.TryTakeTurn(queue, order, cancellationToken).ConfigureAwait(false);
            while (turn is not null && await table.Head(queue, order, cancellationToken).ConfigureAwait(false) is { IsReleased: true, Message: var message } head)
            {
                // Earlier versions kept letters without their message, and let a replay of one be asked for.
                var failure = message.Fact is { } fact ? await Failure(queue, fact, message.EventId, cancellationToken).ConfigureAwait(false) : DeadLetterRejections.Unreadable.Detail;
                await turn.Check(cancellationToken).ConfigureAwait(false);
                await Settle(head, failure, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (Outage.Is(e) || PostgresFaults.IsOfDatabase(e))
        {
            // It stays released: the next look goes on with it.
            Waits(logger, order, queue, e.Message);
        }
    }

    async Task Settle(HeldHead head, string? failure, CancellationToken cancellationToken)
    {
        var message = head.Message;
        if (head.Status == DeadLetterStatus.Replaying)
        {
            await desk.Replayed(head.Letter, failure, cancellationToken).ConfigureAwait(false);
        }
        else if (failure is null)
        {
            await table.Handled(message, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await table.GiveUp(message, failure, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            await desk.Reconcile(head.Letter, cancellationToken).ConfigureAwait(false);
        }

        MessageTelemetry.Consumed(message.Queue, failure is null ? MessageOutcome.Released : MessageOutcome.DeadLetter);
    }

    // Tried as often as one that comes from the bus.
    async Task<string?> Failure(string queue, FactMessage fact, Guid id, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await handler.Handle((Consumers)Array.IndexOf(_queues, queue), fact, id, cancellationToken).ConfigureAwait(false);
                return null;
            }
            catch (Exception e) when (!Outage.Is(e) && !cancellationToken.IsCancellationRequested)
            {
                if (attempt >= options.RetryPauses.Count)
                {
                    FailedAgain(logger, fact.Type, id, fact.OrderId, queue, e);
                    return FailureText.Of(e);
                }

                MessageTelemetry.Retried(queue);
                await Task.Delay(options.RetryPauses[attempt], time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Held messages wait: {Reason}")]
    static partial void CannotLook(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What order {Order} waits for in {Queue} cannot be handled yet: {Reason}")]
    static partial void Waits(ILogger logger, Guid order, string queue, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Gave up on {Type} {EventId} of order {OrderId} in {Queue}, which was held: it is a dead letter.")]
    static partial void FailedAgain(ILogger logger, string type, Guid eventId, Guid orderId, string queue, Exception failure);
}
