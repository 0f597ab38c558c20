using System.Collections.Immutable;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Domain.Fulfilment;

/// <summary>What the process hears: facts from the log, and what became of its own commands. Each may come twice or late.</summary>
public abstract record FulfilmentInput
{
    /// <summary>An order was placed.</summary>
    public sealed record OrderPlaced(OrderEvent.Placed Order, DateTimeOffset At) : FulfilmentInput;

    /// <summary>The order was called off.</summary>
    public sealed record OrderCancelled(CancelCause Cause = CancelCause.Customer) : FulfilmentInput;

    /// <summary>What was not sent of the order was called off.</summary>
    public sealed record OrderRestCancelled(OrderEvent.RestCancelled Rest) : FulfilmentInput;

    /// <summary>Units left the house.</summary>
    public sealed record OrderShipped(OrderEvent.Shipped Shipment) : FulfilmentInput;

    /// <summary>Units came back.</summary>
    public sealed record OrderReturned(OrderEvent.Returned Return) : FulfilmentInput;

    /// <summary>The provider holds the amount.</summary>
    public sealed record PaymentAuthorised : FulfilmentInput;

    /// <summary>The provider holds an amount that was given up.</summary>
    public sealed record PaymentAuthorisedLate : FulfilmentInput;

    /// <summary>The provider said no.</summary>
    public sealed record PaymentDeclined(string Code) : FulfilmentInput;

    /// <summary>The payment was not made in time.</summary>
    public sealed record PaymentExpired : FulfilmentInput;

    /// <summary>The provider took a shipment's amount.</summary>
    public sealed record PaymentCaptured(Guid Shipment) : FulfilmentInput;

    /// <summary>The provider let go.</summary>
    public sealed record PaymentVoided : FulfilmentInput;

    /// <summary>The provider gave a return's amount back.</summary>
    public sealed record PaymentRefunded(Guid Return) : FulfilmentInput;

    /// <summary>It is this time, and something of the order may be due: its payment, or the end of its reservation.</summary>
    public sealed record DeadlinePassed(DateTimeOffset At) : FulfilmentInput;

    /// <summary>
    /// Stock holds units for the order of which its saga has not said so for long: who reserved them may have been overtaken, and
    /// have ended before it learned of it.
    /// </summary>
    public sealed record StockUnaccounted : FulfilmentInput;

    /// <summary>A command was accepted, now or before. Of a reservation: these units, the others are answered apart.</summary>
    public sealed record Done(FulfilmentCommand Command) : FulfilmentInput;

    /// <summary>A command was refused by a rule. Of a reservation: this one allocation.</summary>
    public sealed record Refused(FulfilmentCommand Command, Rejection Rejection) : FulfilmentInput;
}

/// <summary>What the process wants done. Every command may be given twice and has its effect once.</summary>
public abstract record FulfilmentCommand
{
    /// <summary>Hold these units, each at its location; out of what a sale has there where one is named.</summary>
    public sealed record ReserveStock(ImmutableArray<Allocation> Allocations, DateTimeOffset Until, FlashSaleId? Sale = null) : FulfilmentCommand;

    /// <summary>Have the sale offer so many units of the order's claim again.</summary>
    public sealed record ReturnClaim(FlashSaleId Sale, int Quantity) : FulfilmentCommand;

    /// <summary>Free whatever is held for the order there.</summary>
    public sealed record ReleaseStock(ImmutableArray<Allocation> Allocations, ReleaseReason Reason) : FulfilmentCommand;

    /// <summary>Free whatever is still held for the order there, every shipment having left.</summary>
    public sealed record ReleaseRest(ImmutableArray<Allocation> Allocations) : FulfilmentCommand;

    /// <summary>Take a shipment's units off the books.</summary>
    public sealed record ShipStock(Guid Shipment, ImmutableArray<Allocation> Allocations) : FulfilmentCommand;

    /// <summary>Put a return's units on the books.</summary>
    public sealed record ReturnStock(Guid Return, ImmutableArray<Allocation> Allocations) : FulfilmentCommand;

    /// <summary>Ask for the total to be authorised, within this time from now.</summary>
    public sealed record RequestPayment(Money Amount, string? Token, TimeSpan TimeToPay) : FulfilmentCommand;

    /// <summary>Give the payment up, if it is due at this moment.</summary>
    public sealed record ExpirePayment(DateTimeOffset At) : FulfilmentCommand;

    /// <summary>Ask for the authorisation to be let go.</summary>
    public sealed record RequestVoid(VoidReason Reason) : FulfilmentCommand;

    /// <summary>Ask for a shipment's amount.</summary>
    public sealed record RequestCapture(Guid Shipment, Money Amount) : FulfilmentCommand;

    /// <summary>Ask for a return's amount to be given back.</summary>
    public sealed record RequestRefund(Guid Return, Money Amount) : FulfilmentCommand;

    /// <summary>Promise the order.</summary>
    public sealed record ConfirmOrder : FulfilmentCommand;

    /// <summary>Refuse the order.</summary>
    public sealed record RejectOrder(RejectReason Reason, string Detail) : FulfilmentCommand;

    /// <summary>Call the order off for the house.</summary>
    public sealed record CancelOrder(CancelCause Cause, string Reason) : FulfilmentCommand;

    /// <summary>Close the order.</summary>
    public sealed record CompleteOrder : FulfilmentCommand;
}

/// <summary>What the process makes of what it heard.</summary>
/// <param name="State">Its state with the events in it.</param>
/// <param name="Events">What to append to its stream.</param>
/// <param name="Commands">What to do now, in this order; the answers are its next inputs.</param>
public sealed record Reaction(FulfilmentState State, ImmutableArray<FulfilmentEvent> Events, ImmutableArray<FulfilmentCommand> Commands)
{
    /// <summary>
    /// Whether the events have to be in the log before the commands are done: another attempt would not find them again, and
    /// decide otherwise. What was refused once may be accepted the next time; what comes from which location is decided once; and
    /// what is promised cannot be taken back.
    /// </summary>
    public bool IsSavedFirst { get; init; }

    /// <summary>
    /// Whether the same input is to be heard once more when these commands are done and what follows is saved: it is a repeat, and what an
    /// attempt that was overtaken left behind is known only then.
    /// </summary>
    public bool IsHeardAgain { get; init; }
}

/// <summary>Choices of the house that a fulfilment starts with.</summary>
/// <param name="Locations">Where stock is looked for, in this order; the first that has all units of a SKU serves it, else several together.</param>
/// <param name="ReservationTime">How long stock is held for an order.</param>
public sealed record FulfilmentPolicy(ImmutableArray<LocationId> Locations, TimeSpan ReservationTime)
{
    /// <summary>One location, <c>main</c>; thirty days, in which every order is shipped or called off.</summary>
    public static readonly FulfilmentPolicy Default = new([LocationId.Of("main")], TimeSpan.FromDays(30));

    /// <summary>
    /// How long the provider's answer is waited for, from the request on. As long as a person takes to approve a payment in
    /// a bank's app; meanwhile nobody else can buy the units.
    /// </summary>
    public TimeSpan TimeToPay { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>A command that cannot be refused was: the log says what no run of the process leads to.</summary>
public sealed class FulfilmentBrokenException(FulfilmentCommand command, Rejection rejection)
    : Exception($"{command.GetType().Name} was refused ({rejection.Code}: {rejection.Detail}), which no order's story explains.");
