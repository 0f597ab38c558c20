using System.Collections.Immutable;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Domain.Fulfilment;

/// <summary>
/// How an order is fulfilled: a pure function from what is known and what is heard to what is known then and what is to
/// be done. It notes each input once and wants whatever is not done yet; so duplicates change nothing, the order of
/// inputs does not matter, and after a crash the same input leads to the same commands, which have their effect once.
/// </summary>
/// <remarks>
/// Whoever runs it does the commands, feeds back the answers until no command is left, and appends the events. What was
/// refused has to be durable before anything is done about it: acceptances find themselves again, refusals need not.
/// </remarks>
public sealed class FulfilmentProcess(FulfilmentPolicy policy)
{
    /// <summary>What follows from these inputs.</summary>
    /// <exception cref="FulfilmentBrokenException">A command was refused that cannot be.</exception>
    public Reaction React(FulfilmentState state, params ReadOnlySpan<FulfilmentInput> inputs)
    {
        var events = ImmutableArray.CreateBuilder<FulfilmentEvent>();
        var isOvertaken = false;
        foreach (var input in inputs)
        {
            isOvertaken |= state.Undo is not null && input is FulfilmentInput.OrderPlaced && state.IsStarted;
            foreach (var @event in Note(state, input))
            {
                events.Add(@event);
                state = FulfilmentState.Evolve(state, @event);
            }
        }

        var commands = Next(state);
        if (state is { IsStarted: true, Undo: not null, IsUndone: false } && commands.IsEmpty && IsNothingLeft(state))
        {
            events.Add(new FulfilmentEvent.Undone());
            state = FulfilmentState.Evolve(state, events[^1]);
        }

        // The order was placed before, so this is a repeat, perhaps the end of an attempt that was overtaken on the way:
        // what that one reserved after the release goes back as well. Nothing is held as a rule, and nothing is written then.
        return new(state, events.ToImmutable(), isOvertaken && commands.IsEmpty ? [Release(state)] : commands);
    }

    IEnumerable<FulfilmentEvent> Note(FulfilmentState state, FulfilmentInput input) => input switch
    {
        FulfilmentInput.OrderPlaced { Order.Origin: OrderOrigin.Import } => [],
        FulfilmentInput.OrderPlaced i => Once(!state.IsStarted, new FulfilmentEvent.Started(
            i.Order.Order,
            [.. i.Order.Lines.Select(l => new FulfilmentLine(l.Line, l.Sku, l.Quantity))],
            i.Order.Total,
            i.Order.PaymentToken,
            policy.Locations,
            i.At + policy.ReservationTime)),
        FulfilmentInput.OrderCancelled => Once(state.OrderStatus is not (OrderStatus.Cancelled or OrderStatus.Rejected), new FulfilmentEvent.OrderCancelled()),
        FulfilmentInput.OrderShipped { Shipment: var s } => Once(state.Shipments.All(m => m.Id != s.Shipment), new FulfilmentEvent.ShipmentNoted(s.Shipment, s.Lines, s.Amount)),
        FulfilmentInput.OrderReturned { Return: var r } => Once(state.Returns.All(m => m.Id != r.Return), new FulfilmentEvent.ReturnNoted(r.Return, r.Lines, r.Amount)),
        FulfilmentInput.PaymentAuthorised => Once(IsUnanswered(state), new FulfilmentEvent.PaymentAuthorised()),
        FulfilmentInput.PaymentDeclined i => Once(IsUnanswered(state), new FulfilmentEvent.PaymentDeclined(i.Code)),
        FulfilmentInput.PaymentExpired => Once(IsUnanswered(state), new FulfilmentEvent.PaymentExpired()),
        FulfilmentInput.PaymentVoided => Once(state.Payment != PaymentStatus.Voided, new FulfilmentEvent.PaymentVoided()),
        FulfilmentInput.PaymentCaptured i => Once(!state.Settled.Contains(i.Shipment), new FulfilmentEvent.PaymentCaptured(i.Shipment)),
        FulfilmentInput.PaymentRefunded i => Once(!state.Settled.Contains(i.Return), new FulfilmentEvent.PaymentRefunded(i.Return)),
        FulfilmentInput.Done i => NoteDone(state, i.Command),
        FulfilmentInput.Refused i => NoteRefused(state, i.Command, i.Rejection),
        _ => throw new ArgumentOutOfRangeException(nameof(input)),
    };

    static IEnumerable<FulfilmentEvent> NoteDone(FulfilmentState state, FulfilmentCommand command) => command switch
    {
        FulfilmentCommand.ReserveStock c => [new FulfilmentEvent.StockReserved(c.Allocations)],
        FulfilmentCommand.ReleaseStock => Once(!state.IsReleased, new FulfilmentEvent.StockReleased()),
        FulfilmentCommand.ShipStock c => [new FulfilmentEvent.StockShipped(c.Shipment)],
        FulfilmentCommand.ReturnStock c => [new FulfilmentEvent.StockReturned(c.Return)],
        FulfilmentCommand.RequestPayment => [new FulfilmentEvent.PaymentRequested()],
        FulfilmentCommand.RequestVoid => [new FulfilmentEvent.VoidRequested()],
        FulfilmentCommand.RequestCapture c => [new FulfilmentEvent.CaptureRequested(c.Shipment)],
        FulfilmentCommand.RequestRefund c => [new FulfilmentEvent.RefundRequested(c.Return)],
        FulfilmentCommand.ConfirmOrder => [new FulfilmentEvent.OrderConfirmed()],
        FulfilmentCommand.RejectOrder c => [new FulfilmentEvent.OrderRejected(c.Reason)],
        FulfilmentCommand.CompleteOrder => [new FulfilmentEvent.Completed()],
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    static IEnumerable<FulfilmentEvent> NoteRefused(FulfilmentState state, FulfilmentCommand command, Rejection rejection) => command switch
    {
        FulfilmentCommand.ReserveStock { Allocations: [var refused] } =>
            [new FulfilmentEvent.StockRefused(refused, rejection.Code, rejection.Figures.TryGetValue("available", out var available) ? available : null)],
        FulfilmentCommand.RequestPayment => [new FulfilmentEvent.PaymentDeclined(rejection.Code)],

        // Confirm, reject and cancel race for the order; it was cancelled.
        FulfilmentCommand.ConfirmOrder or FulfilmentCommand.RejectOrder => Once(state.OrderStatus != OrderStatus.Cancelled, new FulfilmentEvent.OrderCancelled()),

        // All of it came back before the last of it was paid: the order is closed as returned.
        FulfilmentCommand.CompleteOrder => [new FulfilmentEvent.Completed()],
        _ => throw new FulfilmentBrokenException(command, rejection),
    };

    static ImmutableArray<FulfilmentCommand> Next(FulfilmentState state) => state switch
    {
        { IsStarted: false } => [],
        { Undo: { } cause } => [.. UndoSteps(state, cause)],
        { OrderStatus: OrderStatus.Placed } => [.. PromiseSteps(state)],
        _ => [.. DeliverySteps(state)],
    };

    static IEnumerable<FulfilmentCommand> PromiseSteps(FulfilmentState state)
    {
        if (state.Skus.Values.Any(s => !s.IsHeld))
        {
            yield return new FulfilmentCommand.ReserveStock([.. Allocations(state, s => !s.IsHeld)], state.ReservedUntil);
        }
        else if (state.Total.Amount > 0 && state.Payment == PaymentStatus.None)
        {
            yield return new FulfilmentCommand.RequestPayment(state.Total, state.PaymentToken);
        }
        else if (state.Total.Amount == 0 || state.Payment == PaymentStatus.Authorised)
        {
            yield return new FulfilmentCommand.ConfirmOrder();
        }
    }

    static IEnumerable<FulfilmentCommand> UndoSteps(FulfilmentState state, UndoCause cause)
    {
        // The order first: from then on nobody can confirm it, so nothing of what follows can be wanted again.
        if (cause.Reason is { } reason && state.OrderStatus == OrderStatus.Placed)
        {
            yield return new FulfilmentCommand.RejectOrder(reason, cause.Detail);
        }

        if (state.Payment == PaymentStatus.Authorised)
        {
            yield return new FulfilmentCommand.RequestVoid(cause.Reason is null ? VoidReason.OrderCancelled : VoidReason.OrderRejected);
        }

        if (!state.IsReleased && Release(state) is { Allocations.IsEmpty: false } release)
        {
            yield return release;
        }
    }

    static IEnumerable<FulfilmentCommand> DeliverySteps(FulfilmentState state)
    {
        foreach (var shipment in state.Shipments)
        {
            if (!shipment.IsStockMoved)
            {
                yield return new FulfilmentCommand.ShipStock(shipment.Id, Allocations(state, shipment));
            }

            if (!shipment.IsMoneyRequested && !state.IsPaid(shipment))
            {
                yield return new FulfilmentCommand.RequestCapture(shipment.Id, shipment.Amount);
            }
        }

        if (state.OrderStatus != OrderStatus.Completed && state.IsAllShipped && state.Shipments.All(state.IsPaid))
        {
            yield return new FulfilmentCommand.CompleteOrder();
        }

        // Goods come back after they left, money after it was taken.
        var captured = state.CapturedBefore + state.Shipments.Where(state.IsPaid).Sum(m => m.Amount.Amount);
        var refundable = captured - state.Returns.Where(m => m.IsMoneyRequested).Sum(m => m.Amount.Amount);
        var returnable = state.Skus.ToImmutableDictionary(s => s.Key, s => (long)s.Value.Shipped - s.Value.Returned);
        foreach (var back in state.Returns)
        {
            if (!back.IsStockMoved && state.UnitsOf(back).All(u => returnable[u.Sku] >= u.Units))
            {
                // Two returns that wait at once must not both count on the same units.
                returnable = returnable.SetItems(state.UnitsOf(back).Select(u => KeyValuePair.Create(u.Sku, returnable[u.Sku] - u.Units)));
                yield return new FulfilmentCommand.ReturnStock(back.Id, Allocations(state, back));
            }

            if (!back.IsMoneyRequested && !state.IsPaid(back) && back.Amount.Amount <= refundable)
            {
                refundable -= back.Amount.Amount;
                yield return new FulfilmentCommand.RequestRefund(back.Id, back.Amount);
            }
        }
    }

    // Held for certain, or reserved by an attempt that was lost before it was noted; where every location refused, nothing is.
    static FulfilmentCommand.ReleaseStock Release(FulfilmentState state) => new(
        [.. Allocations(state, s => s.Location < state.Locations.Length)],
        state.Undo?.Reason is null ? ReleaseReason.OrderCancelled : ReleaseReason.OrderRejected);

    static bool IsNothingLeft(FulfilmentState state) =>
        state.Payment is PaymentStatus.None or PaymentStatus.Declined or PaymentStatus.Expired or PaymentStatus.Voided;

    static bool IsUnanswered(FulfilmentState state) => state.Payment is PaymentStatus.None or PaymentStatus.Requested;

    // A quantity beyond what can be counted is refused by the stock itself.
    static IEnumerable<Allocation> Allocations(FulfilmentState state, Func<SkuState, bool> which) => state.Skus
        .Where(s => which(s.Value))
        .OrderBy(s => s.Value.FirstLine)
        .Select(s => new Allocation(s.Key, state.Locations[s.Value.Location], (int)Math.Min(s.Value.Quantity, int.MaxValue)));

    static ImmutableArray<Allocation> Allocations(FulfilmentState state, Movement movement) =>
        [.. state.UnitsOf(movement).Select(u => new Allocation(u.Sku, state.Locations[state.Skus[u.Sku].Location], (int)u.Units))];

    static IEnumerable<FulfilmentEvent> Once(bool isNew, FulfilmentEvent @event) => isNew ? [@event] : [];
}
