using System.Collections.Immutable;
using Commerce.Domain.Payments;

namespace Commerce.Domain.Reconciliation;

/// <summary>The movements of one payment as its stream tells them, each with the moment at which it came to what it is.</summary>
/// <param name="Payment">Which payment.</param>
/// <param name="Movements">All that was ever asked for.</param>
public sealed record PaymentLedger(PaymentId Payment, ImmutableDictionary<MovementId, OwnMovement> Movements)
{
    /// <summary>Before the payment's first event.</summary>
    public static PaymentLedger Of(PaymentId payment) => new(payment, ImmutableDictionary<MovementId, OwnMovement>.Empty);

    /// <summary>Whether an event says that money moved: those make up a day.</summary>
    public static bool IsMovement(PaymentEvent @event) =>
        @event is PaymentEvent.Authorised or PaymentEvent.AuthorisedLate or PaymentEvent.Captured or PaymentEvent.Voided or PaymentEvent.Refunded;

    /// <summary>The ledger after an event of the payment.</summary>
    /// <param name="event">What happened.</param>
    /// <param name="at">When, UTC.</param>
    public PaymentLedger After(PaymentEvent @event, DateTimeOffset at) => @event switch
    {
        PaymentEvent.Requested e => Set(new(Authorisation, e.Order, e.Amount, MovementState.Awaited, at)),
        PaymentEvent.Authorised or PaymentEvent.AuthorisedLate => Became(Authorisation, MovementState.Done, at),
        PaymentEvent.Declined => Became(Authorisation, MovementState.Declined, at),
        PaymentEvent.Expired => Became(Authorisation, MovementState.GivenUp, at),
        PaymentEvent.CaptureRequested e => Asked(new(Payment, PaymentMovement.Capture, e.Capture), e.Amount, at),
        PaymentEvent.Captured e => Became(new(Payment, PaymentMovement.Capture, e.Capture), MovementState.Done, at),
        PaymentEvent.VoidRequested when Movements.TryGetValue(Authorisation, out var held) => Asked(new(Payment, PaymentMovement.Void, null), held.Amount, at),
        PaymentEvent.Voided => Became(new(Payment, PaymentMovement.Void, null), MovementState.Done, at),
        PaymentEvent.RefundRequested e => Asked(new(Payment, PaymentMovement.Refund, e.Refund), e.Amount, at),
        PaymentEvent.Refunded e => Became(new(Payment, PaymentMovement.Refund, e.Refund), MovementState.Done, at),
        _ => this,
    };

    MovementId Authorisation => new(Payment, PaymentMovement.Authorisation, null);

    PaymentLedger Asked(MovementId id, Money amount, DateTimeOffset at) =>
        Movements.TryGetValue(Authorisation, out var first) ? Set(new(id, first.Order, amount, MovementState.Awaited, at)) : this;

    PaymentLedger Became(MovementId id, MovementState state, DateTimeOffset at) =>
        Movements.TryGetValue(id, out var before) ? Set(before with { State = state, At = at }) : this;

    PaymentLedger Set(OwnMovement movement) => this with { Movements = Movements.SetItem(movement.Id, movement) };
}
