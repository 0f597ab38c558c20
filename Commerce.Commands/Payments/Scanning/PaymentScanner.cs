using Commerce.Commands.Sagas.Relay;
using Commerce.Domain;
using Commerce.Domain.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Payments.Scanning;

/// <summary>
/// Asks the provider for what it was asked and has not answered. Of many scanners one leads; it follows the log into a table of
/// movements without an answer and asks for those that wait too long, again and again with growing pauses, until the answer is
/// there. Asking twice does no harm, so neither do two scanners that both believe they lead.
/// </summary>
sealed partial class PaymentScanner(
    IEventLog log, IOpenMovementTable table, PaymentAsker asker, [FromKeyedServices(PaymentScanner.Name)] ILeadership leadership, ScanOptions options, TimeProvider time, ILogger<PaymentScanner> logger) : BackgroundService
{
    /// <summary>What it is called among leaders.</summary>
    public const string Name = "payment-scan";

    /// <summary>Payments that are asked for at once: they wait for the provider, and leave most of it to new orders.</summary>
    const int AtOnceMax = 8;

    readonly FollowingLeader<OpenMovementChange> _leader = new(
        log,
        table,
        new(OpenMovementChange.Streams, OpenMovementChange.Of, change => change.Id, change => change is OpenMovementChange.Opened, options.Every),
        leadership,
        time,
        logger);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _leader.Run(Scan, reason => SteppedDown(logger, reason), stoppingToken);

    async Task Scan(LogFollower<OpenMovementChange> follower, CancellationToken cancellationToken)
    {
        var due = await table.Due(time.GetUtcNow(), options.BatchMax, cancellationToken).ConfigureAwait(false);
        if (!await TryAsk(due, cancellationToken).ConfigureAwait(false))
        {
            await Task.Delay(options.OutagePause, time, cancellationToken).ConfigureAwait(false);
        }
        else if (due.Count < options.BatchMax)
        {
            await Rest(follower, cancellationToken).ConfigureAwait(false);
        }
    }

    // While nothing is open nobody looks: the log tells when there is something.
    async Task Rest(LogFollower<OpenMovementChange> follower, CancellationToken cancellationToken)
    {
        var summary = await table.Summary(cancellationToken).ConfigureAwait(false);
        ScanTelemetry.Saw(summary, time.GetUtcNow());
        await (summary.Count == 0 ? follower.Changed(cancellationToken) : Task.Delay(options.Every, time, cancellationToken)).ConfigureAwait(false);
    }

    // False: the provider does not answer. What was not asked stays due.
    async Task<bool> TryAsk(IReadOnlyList<OpenMovement> due, CancellationToken cancellationToken)
    {
        try
        {
            await Parallel.ForEachAsync(
                due.GroupBy(m => m.Id.Payment),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = cancellationToken },
                async (open, ct) => await Ask(open.Key, [.. open], ct).ConfigureAwait(false)).ConfigureAwait(false);
            return true;
        }
        catch (PaymentProviderUnavailableException e)
        {
            ProviderAway(logger, due.Count, e.Message);
            return false;
        }
    }

    async Task Ask(PaymentId payment, IReadOnlyList<OpenMovement> open, CancellationToken cancellationToken)
    {
        IReadOnlyList<(OpenMovement Movement, AskOutcome Outcome)> asked;
        try
        {
            asked = await asker.Ask(payment, open, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or EventLogUnavailableException or PaymentProviderUnavailableException))
        {
            // One payment's failure is not the others': it has its own next time.
            Failed(logger, payment, e);
            asked = [.. open.Select(m => (m, AskOutcome.Open))];
        }

        foreach (var (_, outcome) in asked)
        {
            ScanTelemetry.Note(outcome);
        }

        var done = asked.ToLookup(a => IsDone(a.Movement, a.Outcome), a => a.Movement);
        var now = time.GetUtcNow();
        await table.Asked([.. done[false].Select(m => (m, now + options.Pause(m.Asks + 1)))], cancellationToken).ConfigureAwait(false);
        await table.Close([.. done[true]], cancellationToken).ConfigureAwait(false);
    }

    // The stream has the answer, or needs none: that a payment is declined which had expired changes nothing, and no event tells of it.
    bool IsDone(OpenMovement movement, AskOutcome outcome) =>
        outcome == AskOutcome.Settled || (outcome == AskOutcome.Unwanted && movement.Asks + 1 >= options.ExpiredAsksMax);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The scan of unanswered payments begins again from its checkpoint: {Reason}")]
    static partial void SteppedDown(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Of {Due} movements without an answer the provider cannot be asked now: {Reason}")]
    static partial void ProviderAway(ILogger logger, int due, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "What became of payment {Payment} cannot be found out.")]
    static partial void Failed(ILogger logger, PaymentId payment, Exception failure);
}
