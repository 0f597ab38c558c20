using System.Collections.Immutable;
using Commerce.Commands.Handling;
using Commerce.Commands.Payments;
using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;

namespace Commerce.Commands.Reconciliation;

/// <summary>
/// Holds a day of the provider's statement against our log, its payments and its orders, repairs by commands what a rule allows, and lists the rest. What it does
/// is a stream of its own; killed at any moment, the next run begins anew and finds what is left.
/// </summary>
public sealed class Reconciler
{
    /// <summary>Who its commands are recorded by.</summary>
    public const string Actor = "reconciliation";

    readonly IEventLog _log;
    readonly CommandProcessor _processor;
    readonly TimeProvider _time;
    readonly DayBooks _books;
    readonly PaymentNewsRecorder _recorder;

    /// <summary>Ready to run.</summary>
    /// <param name="log">The event log.</param>
    /// <param name="processor">Decides its commands.</param>
    /// <param name="provider">Whose statement it is.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its range.</exception>
    public Reconciler(IEventLog log, CommandProcessor processor, IPaymentProvider provider, ReconciliationOptions options, TimeProvider time)
    {
        (_log, _processor, _time) = (log, processor, time);
        _books = new DayBooks(log, provider, options.Validated());
        _recorder = new PaymentNewsRecorder(processor, time);
    }

    /// <summary>Reconciles a day (UTC), one of today or before.</summary>
    /// <param name="date">The day.</param>
    /// <param name="isDryRun">Nothing at all is written: it is told what would be done.</param>
    /// <param name="cancellationToken">Stops it between two steps.</param>
    /// <exception cref="ReconciliationException">The day cannot be reconciled.</exception>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    /// <exception cref="PaymentProviderUnavailableException">The provider does not answer.</exception>
    /// <exception cref="PaymentProviderFaultException">What it says makes no sense.</exception>
    public async Task<ReconciliationReport> Run(DateOnly date, bool isDryRun, CancellationToken cancellationToken)
    {
        var startedAt = _time.GetUtcNow();
        if (date > DateOnly.FromDateTime(startedAt.UtcDateTime))
        {
            throw new ReconciliationException($"{date:yyyy-MM-dd} is yet to come.");
        }

        var both = await _books.Gather(date, cancellationToken).ConfigureAwait(false);
        var differences = Books.Compare(date, both.Ours, both.Theirs);
        differences = differences.AddRange(OrderBooks.Compare(date, both.Orders, both.Ours, both.Theirs, differences));
        var movements = Books.Count(date, both.Ours, both.Theirs, both.Orders);
        if (isDryRun)
        {
            return new(date, null, movements, [.. differences.Select(Planned)]);
        }

        var stream = DayReconciliation.StreamOf(date);
        var run = await Start(stream, new(date, startedAt), cancellationToken).ConfigureAwait(false);
        var reported = ImmutableArray.CreateBuilder<ReportedDifference>(differences.Length);
        foreach (var difference in differences)
        {
            await Ask(stream, new ReconciliationCommand.Find(run, difference), cancellationToken).ConfigureAwait(false);
            var settled = difference.Repair switch
            {
                Repair.Record => await Record(both.News[difference.Movement], difference, stream, cancellationToken).ConfigureAwait(false),
                Repair.Ask => await AskPayment(difference, stream, cancellationToken).ConfigureAwait(false),
                _ => Planned(difference),
            };
            await Ask(stream, settled.Fate == DifferenceFate.Repaired
                ? new ReconciliationCommand.Repair(run, difference.Movement, settled.Note)
                : new ReconciliationCommand.Leave(run, difference.Movement, settled.Note), cancellationToken).ConfigureAwait(false);
            reported.Add(settled);
        }

        await Ask(stream, new ReconciliationCommand.Finish(run, movements), cancellationToken).ConfigureAwait(false);
        return new(date, run, movements, reported.MoveToImmutable());
    }

    static ReportedDifference Planned(Difference difference) => difference.Repair switch
    {
        Repair.Record => new(difference, DifferenceFate.Found, "The provider's word would be recorded."),
        Repair.Ask => new(difference, DifferenceFate.Found, "The payment would be asked for it."),
        _ => new(difference, DifferenceFate.Left, ReasonOf(difference)),
    };

    static string ReasonOf(Difference difference) => (difference.Class, difference.Demand) switch
    {
        (_, { IsInHands: true }) => "A message of the order was given up for good, so it may have been done by hand.",
        (DifferenceClass.MissingHere, null) => "Nobody here asked for it.",
        (DifferenceClass.MissingHere, _) => "No order wants it.",
        (DifferenceClass.MissingThere, null) => "The provider's statement does not tell it.",
        (DifferenceClass.MissingThere, _) => "The order wants it, and nothing moved.",
        (DifferenceClass.Amount, null) => "The amounts differ.",
        (DifferenceClass.Amount, _) => "It is not the amount that the order wants.",
        (_, null) => "One side says that it was done, the other that it was not.",
        _ => "The money is not where the order wants it.",
    };

    async Task<ReportedDifference> Record(PaymentNews news, Difference difference, StreamName run, CancellationToken cancellationToken)
    {
        var context = await ContextOf(news.Payment, run, cancellationToken).ConfigureAwait(false);
        return await _recorder.Record(news, context, cancellationToken).ConfigureAwait(false) switch
        {
            NewsOutcome.Recorded when difference.Here == MovementState.Awaited => new(difference, DifferenceFate.Repaired, "Recorded."),
            NewsOutcome.Recorded => new(difference, DifferenceFate.Repaired, "Recorded as late: the money is let go."),
            NewsOutcome.KnownAlready => new(difference, DifferenceFate.Repaired, "Heard of meanwhile."),
            NewsOutcome.Unknown { Rejection: var rejection } => new(difference, DifferenceFate.Left, rejection.Detail),
            NewsOutcome.Contradicts { Rejection: var rejection } => new(difference, DifferenceFate.Left, rejection.Detail),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    // By the payment's own rules, which know the same request again: where its fulfilment is only late, nothing is done twice.
    async Task<ReportedDifference> AskPayment(Difference difference, StreamName run, CancellationToken cancellationToken)
    {
        var (movement, amount) = (difference.Movement, difference.Demand?.Amount ?? default);
        PaymentCommand command = (difference.Demand?.Word, movement.Transfer) switch
        {
            (OrderWord.Shipped, { } shipment) => new PaymentCommand.RequestCapture(shipment, amount),
            (OrderWord.Returned, { } back) => new PaymentCommand.RequestRefund(back, amount),
            (OrderWord.Rejected, null) => new PaymentCommand.RequestVoid(VoidReason.OrderRejected),
            (OrderWord.Cancelled, null) => new PaymentCommand.RequestVoid(VoidReason.OrderCancelled),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var context = await ContextOf(movement.Payment, run, cancellationToken).ConfigureAwait(false);
        return await _processor.InsistOnAnswer(Payment.Decider, Payment.StreamOf(movement.Payment), command, context, _time, cancellationToken).ConfigureAwait(false) switch
        {
            CommandOutcome.Accepted { Events: [] } => new(difference, DifferenceFate.Repaired, "Asked for meanwhile."),
            CommandOutcome.Accepted => new(difference, DifferenceFate.Repaired, "Asked for."),
            CommandOutcome.Rejected { Rejection: var rejection } => new(difference, DifferenceFate.Left, rejection.Detail),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    // Of the run, but in the trace of the order.
    Task<CommandContext> ContextOf(PaymentId payment, StreamName run, CancellationToken cancellationToken) =>
        PaymentOrigin.Carry(_log, payment, new CommandContext(Actor) { CorrelationId = run.Value, CausationId = run.Value }, cancellationToken);

    async Task<int> Start(StreamName stream, ReconciliationCommand.Start start, CancellationToken cancellationToken) =>
        (await Ask(stream, start, cancellationToken).ConfigureAwait(false)).Events is [ReconciliationEvent.Started { Run: var run }]
            ? run
            : throw new System.Diagnostics.UnreachableException();

    async Task<CommandOutcome.Accepted> Ask(StreamName stream, ReconciliationCommand command, CancellationToken cancellationToken)
    {
        var outcome = await _processor.InsistOnAnswer(DayReconciliation.Decider, stream, command, new CommandContext(Actor) { CorrelationId = stream.Value }, _time, cancellationToken).ConfigureAwait(false);
        return outcome switch
        {
            CommandOutcome.Accepted accepted => accepted,
            CommandOutcome.Rejected { Rejection: var rejection } => throw new ReconciliationException(rejection.Detail),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
