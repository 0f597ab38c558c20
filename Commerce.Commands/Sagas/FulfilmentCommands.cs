using System.Collections.Immutable;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Sagas;

/// <summary>Does what the process wants, through the command processor, and says what became of it.</summary>
sealed class FulfilmentCommands(ICommandProcessor processor, TimeProvider time)
{
    /// <summary>SKUs of one order that are worked on at once; more would only queue before the log.</summary>
    const int SkusAtOnceMax = 16;

    public async Task<IReadOnlyList<FulfilmentInput>> Do(FulfilmentCommand command, Cause cause, CancellationToken ct) => command switch
    {
        FulfilmentCommand.ReserveStock c => Sorted(c, await Each(c.Allocations, a => On(cause, a, new StockCommand.Reserve(cause.Order, a.Quantity, c.Until) { Sale = c.Sale }, $"reserve/{a.Quantity}", ct)).ConfigureAwait(false)),

        // Without an id: a release has to find whatever is held, also what was reserved after an earlier release.
        FulfilmentCommand.ReleaseStock c => First(c, await Each(c.Allocations, a => On(cause, a, new StockCommand.Release(cause.Order, c.Reason), null, ct)).ConfigureAwait(false)),
        FulfilmentCommand.ReleaseRest c => First(c, await Each(c.Allocations, a => On(cause, a, new StockCommand.Release(cause.Order, ReleaseReason.OrderCancelled), null, ct)).ConfigureAwait(false)),

        // The claim knows whether it was returned.
        FulfilmentCommand.ReturnClaim c => [Answer(c, await Handle(FlashSale.Decider, SaleShard.StreamOf(c.Sale, cause.Order), new FlashSaleCommand.Return(cause.Order, c.Quantity), cause.Command(null), ct).ConfigureAwait(false))],
        FulfilmentCommand.ShipStock c => First(c, await Each(c.Allocations, a => On(cause, a, new StockCommand.Ship(cause.Order, a.Quantity, c.Shipment), $"ship/{c.Shipment}", ct)).ConfigureAwait(false)),
        FulfilmentCommand.ReturnStock c => First(c, await Each(c.Allocations, a => On(cause, a, new StockCommand.Return(cause.Order, a.Quantity, c.Return), $"return/{c.Return}", ct)).ConfigureAwait(false)),
        FulfilmentCommand.RequestPayment c => [Answer(c, await Pay(cause, new PaymentCommand.Request(cause.Order, c.Amount, c.Token, time.GetUtcNow() + c.TimeToPay), "request", ct, isFirst: true).ConfigureAwait(false))],
        FulfilmentCommand.ExpirePayment c => [Answer(c, await Pay(cause, new PaymentCommand.Expire(c.At), "expire", ct).ConfigureAwait(false))],
        FulfilmentCommand.RequestVoid c => [Answer(c, await Pay(cause, new PaymentCommand.RequestVoid(c.Reason), "void", ct).ConfigureAwait(false))],
        FulfilmentCommand.RequestCapture c => [Answer(c, await Pay(cause, new PaymentCommand.RequestCapture(c.Shipment, c.Amount), $"capture/{c.Shipment}", ct).ConfigureAwait(false))],
        FulfilmentCommand.RequestRefund c => [Answer(c, await Pay(cause, new PaymentCommand.RequestRefund(c.Return, c.Amount), $"refund/{c.Return}", ct).ConfigureAwait(false))],
        FulfilmentCommand.ConfirmOrder c => [Answer(c, await Ask(cause, new OrderCommand.Confirm(), "confirm", ct).ConfigureAwait(false))],
        FulfilmentCommand.RejectOrder c => [Answer(c, await Ask(cause, new OrderCommand.Reject(c.Reason, c.Detail), "reject", ct).ConfigureAwait(false))],
        FulfilmentCommand.CancelOrder c => [Answer(c, await Ask(cause, new OrderCommand.Cancel(c.Reason, c.Cause), "cancel", ct).ConfigureAwait(false))],
        FulfilmentCommand.CompleteOrder c => [Answer(c, await Ask(cause, new OrderCommand.Complete(), "complete", ct).ConfigureAwait(false))],
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    static FulfilmentInput Answer(FulfilmentCommand command, Rejection? rejection) =>
        rejection is null ? new FulfilmentInput.Done(command) : new FulfilmentInput.Refused(command, rejection);

    static FulfilmentInput[] First(FulfilmentCommand command, (Allocation, Rejection? Rejection)[] answers) =>
        [Answer(command, Array.Find(answers, a => a.Rejection is not null).Rejection)];

    static List<FulfilmentInput> Sorted(FulfilmentCommand.ReserveStock command, (Allocation Allocation, Rejection? Rejection)[] answers)
    {
        var sorted = new List<FulfilmentInput>();
        ImmutableArray<Allocation> held = [.. answers.Where(a => a.Rejection is null).Select(a => a.Allocation)];
        if (!held.IsEmpty)
        {
            sorted.Add(new FulfilmentInput.Done(command with { Allocations = held }));
        }

        foreach (var (allocation, rejection) in answers)
        {
            if (rejection is not null)
            {
                sorted.Add(new FulfilmentInput.Refused(command with { Allocations = [allocation] }, rejection));
            }
        }

        return sorted;
    }

    static async Task<(Allocation, Rejection?)[]> Each(ImmutableArray<Allocation> allocations, Func<Allocation, Task<Rejection?>> act)
    {
        var answers = new List<(Allocation, Rejection?)>(allocations.Length);
        foreach (var some in allocations.Chunk(SkusAtOnceMax))
        {
            answers.AddRange(some.Zip(await Task.WhenAll(some.Select(act)).ConfigureAwait(false)));
        }

        return [.. answers];
    }

    Task<Rejection?> On(Cause cause, Allocation a, StockCommand command, string? step, CancellationToken ct) =>
        Handle(Stock.Decider, Stock.StreamOf(a.Sku, a.Location), command, cause.Command(step is null ? null : $"{cause.Order}/{step}"), ct);

    Task<Rejection?> Pay(Cause cause, PaymentCommand command, string step, CancellationToken ct, bool isFirst = false) =>
        Handle(Payment.Decider, Payment.StreamOf(PaymentId.For(cause.Order)), command, cause.Command($"{cause.Order}/{step}") with { BeginsStream = isFirst }, ct);

    Task<Rejection?> Ask(Cause cause, OrderCommand command, string step, CancellationToken ct) =>
        Handle(Order.Decider, Order.StreamOf(cause.Order), command, cause.Command($"{cause.Order}/{step}"), ct);

    Task<Rejection?> Handle<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command, CommandContext context, CancellationToken ct)
        where TCommand : notnull
        where TEvent : class => processor.Insist(decider, stream, command, context, time, ct);
}
