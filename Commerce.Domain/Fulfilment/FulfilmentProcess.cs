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
/// Whoever runs it does the commands, feeds back the answers until no command is left, and appends the events, before it does
/// the commands where <see cref="Reaction.IsSavedFirst"/> says so. An append at a revision that others passed means that this
/// attempt was overtaken: the same input then begins anew on what is there now.
/// </remarks>
public sealed class FulfilmentProcess(FulfilmentPolicy policy)
{
    /// <summary>When an order was placed whose saga began under this policy; null before it began.</summary>
    public DateTimeOffset? PlacedAt(FulfilmentState state) => state.IsStarted ? state.ReservedUntil - policy.ReservationTime : null;

    /// <summary>What follows from these inputs.</summary>
    /// <exception cref="FulfilmentBrokenException">A command was refused that cannot be.</exception>
    public Reaction React(FulfilmentState state, params ReadOnlySpan<FulfilmentInput> inputs)
    {
        var events = ImmutableArray.CreateBuilder<FulfilmentEvent>();
        var (isRepeat, isStraySeen) = (false, false);
        foreach (var input in inputs)
        {
            isStraySeen |= input is FulfilmentInput.StockUnaccounted;
            isRepeat |= state.IsStarted && (isStraySeen || input is FulfilmentInput.OrderPlaced);
            foreach (var @event in Note(state, input))
            {
                Add(@event);
            }
        }

        while (FulfilmentPlan.NextDecision(state) is { } decision)
        {
            Add(decision);
        }

        ImmutableArray<FulfilmentCommand> commands = [.. Due(state, inputs), .. Next(state, IsAboutStock(inputs))];
        if (state is { IsStarted: true, Undo: not null, IsUndone: false } && commands.IsEmpty && IsNothingLeft(state))
        {
            Add(new FulfilmentEvent.Undone());
        }

        // The order is known already, so this may follow an attempt that was overtaken on its way: what that one reserved
        // goes back. Nothing is held there as a rule, and nothing is written then. An attempt that is still under way loses
        // nothing by it: this is decided by what is saved, past which that one cannot save.
        var isAllElseDone = isRepeat && commands.IsEmpty;
        if (isAllElseDone && FulfilmentPlan.Strays(state, isStraySeen) is { IsEmpty: false } strays)
        {
            commands = [new FulfilmentCommand.ReleaseStock(strays, ReleaseReasonOf(state.Undo))];
        }

        return new(state, events.ToImmutable(), commands) { IsSavedFirst = IsSavedFirst(state, inputs, events, commands), IsHeardAgain = isRepeat && !isAllElseDone };

        void Add(FulfilmentEvent @event)
        {
            events.Add(@event);
            state = FulfilmentState.Evolve(state, @event);
        }
    }

    static bool IsSavedFirst(FulfilmentState state, ReadOnlySpan<FulfilmentInput> inputs, IEnumerable<FulfilmentEvent> events, ImmutableArray<FulfilmentCommand> commands)
    {
        // What costs nothing is promised as soon as it is held: not by an attempt that was overtaken by one that was refused the units.
        var isPromised = commands.Any(c => c is FulfilmentCommand.ConfirmOrder);
        foreach (var input in inputs)
        {
            if (input is FulfilmentInput.Refused)
            {
                return true;
            }
        }

        return events.Any(e => e switch
        {
            FulfilmentEvent.ShipmentPlanned or FulfilmentEvent.ReturnPlanned => true,
            FulfilmentEvent.StockReserved reserved => isPromised || reserved.Allocations.Any(a => a.Quantity < state.Skus[a.Sku].Quantity),
            _ => false,
        });
    }

    IEnumerable<FulfilmentEvent> Note(FulfilmentState state, FulfilmentInput input) => input switch
    {
        FulfilmentInput.OrderPlaced { Order.Origin: OrderOrigin.Import } => [],
        FulfilmentInput.OrderPlaced i => Once(!state.IsStarted, Start(i.Order, i.At + policy.ReservationTime)),
        FulfilmentInput.OrderCancelled when state.OrderStatus is OrderStatus.Cancelled or OrderStatus.Rejected => [],
        FulfilmentInput.OrderCancelled { Cause: CancelCause.ReservationExpired } when !state.HasRunOut => [new FulfilmentEvent.ReservationRanOut(), new FulfilmentEvent.OrderCancelled()],
        FulfilmentInput.OrderCancelled => [new FulfilmentEvent.OrderCancelled()],
        FulfilmentInput.OrderRestCancelled { Rest: var r } => Once(state.Rest.IsEmpty, new FulfilmentEvent.RestCancelled(r.Lines)),
        FulfilmentInput.OrderShipped { Shipment: var s } => Once(state.Shipments.All(m => m.Id != s.Shipment), new FulfilmentEvent.ShipmentNoted(s.Shipment, s.Lines, s.Amount)),
        FulfilmentInput.OrderReturned { Return: var r } => Once(state.Returns.All(m => m.Id != r.Return), new FulfilmentEvent.ReturnNoted(r.Return, r.Lines, r.Amount)),
        FulfilmentInput.PaymentAuthorised => Once(IsUnanswered(state), new FulfilmentEvent.PaymentAuthorised()),
        FulfilmentInput.PaymentAuthorisedLate => Once(state.Undo is null || state.Payment is not (PaymentStatus.Voiding or PaymentStatus.Voided), new FulfilmentEvent.PaymentAuthorisedLate()),
        FulfilmentInput.PaymentDeclined i => Once(IsUnanswered(state), new FulfilmentEvent.PaymentDeclined(i.Code)),
        FulfilmentInput.PaymentExpired => Once(IsUnanswered(state), new FulfilmentEvent.PaymentExpired()),
        FulfilmentInput.PaymentVoided => Once(state.Payment != PaymentStatus.Voided, new FulfilmentEvent.PaymentVoided()),
        FulfilmentInput.PaymentCaptured i => Once(!state.Captured.Contains(i.Shipment), new FulfilmentEvent.PaymentCaptured(i.Shipment)),
        FulfilmentInput.PaymentRefunded i => Once(!state.Refunded.Contains(i.Return), new FulfilmentEvent.PaymentRefunded(i.Return)),
        FulfilmentInput.DeadlinePassed i => Once(HasReservationRunOut(state, i.At), state.Shipments.IsEmpty ? new FulfilmentEvent.ReservationRanOut() : new FulfilmentEvent.ReservationKept()),
        FulfilmentInput.StockUnaccounted => [],
        FulfilmentInput.Done i => NoteDone(state, i.Command),
        FulfilmentInput.Refused i => NoteRefused(state, i.Command, i.Rejection),
        _ => throw new ArgumentOutOfRangeException(nameof(input)),
    };

    // What was claimed in a sale is there, where the sale has it; the others are looked for.
    FulfilmentEvent Start(OrderEvent.Placed order, DateTimeOffset reservedUntil)
    {
        ImmutableArray<FulfilmentLine> lines = [.. order.Lines.Select(l => new FulfilmentLine(l.Line, l.Sku, l.Quantity))];
        return order is OrderEvent.PlacedInSale claimed
            ? new FulfilmentEvent.StartedInSale(claimed.Sale, order.Order, lines, order.Total, order.PaymentToken, [claimed.Location], reservedUntil)
            : new FulfilmentEvent.Started(order.Order, lines, order.Total, order.PaymentToken, policy.Locations, reservedUntil);
    }

    static IEnumerable<FulfilmentEvent> NoteDone(FulfilmentState state, FulfilmentCommand command) => command switch
    {
        FulfilmentCommand.ReserveStock c => [new FulfilmentEvent.StockReserved(c.Allocations)],
        FulfilmentCommand.ReleaseStock => Once(state.Undo is not null && !state.IsReleased, new FulfilmentEvent.StockReleased()),
        FulfilmentCommand.ReleaseRest => [new FulfilmentEvent.RestReleased()],
        FulfilmentCommand.ReturnClaim => [new FulfilmentEvent.ClaimReturned()],
        FulfilmentCommand.ShipStock c => [new FulfilmentEvent.StockShipped(c.Shipment)],
        FulfilmentCommand.ReturnStock c => [new FulfilmentEvent.StockReturned(c.Return)],
        FulfilmentCommand.RequestPayment => [new FulfilmentEvent.PaymentRequested()],
        FulfilmentCommand.ExpirePayment => Once(IsUnanswered(state), new FulfilmentEvent.PaymentExpired()),
        FulfilmentCommand.RequestVoid => [new FulfilmentEvent.VoidRequested()],
        FulfilmentCommand.RequestCapture c => [new FulfilmentEvent.CaptureRequested(c.Shipment)],
        FulfilmentCommand.RequestRefund c => [new FulfilmentEvent.RefundRequested(c.Return)],
        FulfilmentCommand.ConfirmOrder => [new FulfilmentEvent.OrderConfirmed()],
        FulfilmentCommand.RejectOrder c => [new FulfilmentEvent.OrderRejected(c.Reason)],
        FulfilmentCommand.CancelOrder => Once(state.OrderStatus != OrderStatus.Cancelled, new FulfilmentEvent.OrderCancelled()),
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

        // It was answered meanwhile, and word of that is on its way; or it is not due yet, and is asked for again.
        FulfilmentCommand.ExpirePayment => [],

        // It is shipped meanwhile.
        FulfilmentCommand.CancelOrder => [new FulfilmentEvent.ReservationKept()],

        // All of it came back before the last of it was paid: the order is closed as returned.
        FulfilmentCommand.CompleteOrder => [new FulfilmentEvent.Completed()],
        _ => throw new FulfilmentBrokenException(command, rejection),
    };

    ImmutableArray<FulfilmentCommand> Next(FulfilmentState state, bool mayReserve) => state switch
    {
        { IsStarted: false } => [],
        { Undo: { } cause } => [.. UndoSteps(state, cause)],
        { HasRunOut: true, IsKept: false, Shipments.IsEmpty: true, OrderStatus: OrderStatus.Placed or OrderStatus.Confirmed } =>
            [new FulfilmentCommand.CancelOrder(CancelCause.ReservationExpired, "It was not shipped before its reservation ran out.")],
        { OrderStatus: OrderStatus.Placed } => [.. PromiseSteps(state, mayReserve)],
        _ => [.. DeliverySteps(state)],
    };

    // Only the placing leads to reservations: it is heard again until an attempt of it has come to its end, and looks each
    // time for what an overtaken attempt reserved too late. No other fact needs to go on with it; and where stock says that
    // something is unaccounted for, an attempt may just be at it.
    static bool IsAboutStock(ReadOnlySpan<FulfilmentInput> inputs)
    {
        foreach (var input in inputs)
        {
            if (input is FulfilmentInput.OrderPlaced or FulfilmentInput.Done { Command: FulfilmentCommand.ReserveStock } or FulfilmentInput.Refused { Command: FulfilmentCommand.ReserveStock })
            {
                return true;
            }
        }

        return false;
    }

    // Asked for as long as no answer is known: the payment itself knows until when it waits.
    static IEnumerable<FulfilmentCommand> Due(FulfilmentState state, ReadOnlySpan<FulfilmentInput> inputs)
    {
        foreach (var input in inputs)
        {
            if (input is FulfilmentInput.DeadlinePassed due && state.IsStarted && IsUnanswered(state))
            {
                return [new FulfilmentCommand.ExpirePayment(due.At)];
            }
        }

        return [];
    }

    IEnumerable<FulfilmentCommand> PromiseSteps(FulfilmentState state, bool mayReserve)
    {
        if (state.Skus.Values.Any(s => !s.IsHeld))
        {
            if (!mayReserve)
            {
                yield break;
            }

            yield return new FulfilmentCommand.ReserveStock(FulfilmentPlan.ToReserve(state), state.ReservedUntil, state.Sale);
        }
        else if (state.Total.Amount > 0 && state.Payment == PaymentStatus.None)
        {
            yield return new FulfilmentCommand.RequestPayment(state.Total, state.PaymentToken, policy.TimeToPay);
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
            yield return new FulfilmentCommand.RequestVoid(VoidReasonOf(cause));
        }

        if (!state.IsReleased && FulfilmentPlan.ToRelease(state) is { IsEmpty: false } held)
        {
            yield return new FulfilmentCommand.ReleaseStock(held, ReleaseReasonOf(cause));
        }
        else if (state is { Sale: { } sale, IsClaimReturned: false })
        {
            // After stock has its units back: a sale never offers what stock does not hold for it.
            yield return new FulfilmentCommand.ReturnClaim(sale, FulfilmentPlan.UnitsOf(state));
        }
    }

    static IEnumerable<FulfilmentCommand> DeliverySteps(FulfilmentState state)
    {
        foreach (var shipment in state.Shipments)
        {
            if (!shipment.IsStockMoved && !FulfilmentPlan.IsUndecided(state, shipment))
            {
                yield return new FulfilmentCommand.ShipStock(shipment.Id, FulfilmentPlan.Allocations(state, shipment));
            }

            if (!shipment.IsMoneyRequested && !state.IsPaid(shipment))
            {
                yield return new FulfilmentCommand.RequestCapture(shipment.Id, shipment.Amount);
            }
        }

        // A release frees whatever is held: so not before every shipment has taken what is its own.
        if (state.IsRestHeld && state.IsAllShipped)
        {
            yield return new FulfilmentCommand.ReleaseRest(FulfilmentPlan.Rest(state));
        }

        if (state is { Sale: { } sale, IsRestReleased: true, IsClaimReturned: false })
        {
            yield return new FulfilmentCommand.ReturnClaim(sale, state.Rest.Sum(l => l.Quantity));
        }

        if (state.OrderStatus != OrderStatus.Completed && state.IsAllShipped && !state.IsRestHeld && state.Shipments.All(state.IsPaid))
        {
            yield return new FulfilmentCommand.CompleteOrder();
        }

        // Goods come back after they left, money after it was taken.
        var captured = state.CapturedBefore + state.Shipments.Where(state.IsPaid).Sum(m => m.Amount.Amount);
        var refundable = captured - state.Returns.Where(m => m.IsMoneyRequested).Sum(m => m.Amount.Amount);
        var room = state.Returns.IsEmpty ? [] : FulfilmentPlan.Returning(state);
        foreach (var back in state.Returns)
        {
            // Two returns that wait at once must not both count on the same units: what one takes is not there for the next.
            if (!back.IsStockMoved && (back.Plan.IsEmpty ? FulfilmentPlan.IsUndecided(state, back) ? null : FulfilmentPlan.Take(state, back, room) : back.Plan) is { } plan)
            {
                yield return new FulfilmentCommand.ReturnStock(back.Id, plan);
            }

            if (!back.IsMoneyRequested && !state.IsGivenBack(back) && back.Amount.Amount <= refundable)
            {
                refundable -= back.Amount.Amount;
                yield return new FulfilmentCommand.RequestRefund(back.Id, back.Amount);
            }
        }
    }

    static ReleaseReason ReleaseReasonOf(UndoCause? cause) => cause switch
    {
        null => ReleaseReason.ServedElsewhere,
        { Reason: not null } => ReleaseReason.OrderRejected,
        { Cancelled: CancelCause.ReservationExpired } => ReleaseReason.Expired,
        _ => ReleaseReason.OrderCancelled,
    };

    static VoidReason VoidReasonOf(UndoCause cause) => cause switch
    {
        { Reason: not null } => VoidReason.OrderRejected,
        { Cancelled: CancelCause.ReservationExpired } => VoidReason.ReservationExpired,
        _ => VoidReason.OrderCancelled,
    };

    // Of what is on its way the rest stays held: who has got a part was promised the other one, and only a person can break that.
    static bool HasReservationRunOut(FulfilmentState state, DateTimeOffset at) =>
        state is { IsStarted: true, Undo: null, HasRunOut: false, IsKept: false, IsAllShipped: false, Rest.IsEmpty: true, OrderStatus: OrderStatus.Placed or OrderStatus.Confirmed }
        && at >= state.ReservedUntil;

    static bool IsNothingLeft(FulfilmentState state) =>
        state.Payment is PaymentStatus.None or PaymentStatus.Declined or PaymentStatus.Expired or PaymentStatus.Voided;

    static bool IsUnanswered(FulfilmentState state) => state.Payment is PaymentStatus.None or PaymentStatus.Requested;

    static IEnumerable<FulfilmentEvent> Once(bool isNew, FulfilmentEvent @event) => isNew ? [@event] : [];
}
