using System.Collections.Immutable;
using System.Diagnostics;
using Commerce.Domain.Log;
using static Commerce.Domain.Decision;

namespace Commerce.Domain.Payments;

/// <summary>Where a payment stands.</summary>
public enum PaymentStatus
{
    /// <summary>Not asked for.</summary>
    None,

    /// <summary>The provider has not answered.</summary>
    Requested,

    /// <summary>The provider holds the amount; captures and refunds are counted in amounts.</summary>
    Authorised,

    /// <summary>The provider said no.</summary>
    Declined,

    /// <summary>No answer came in time.</summary>
    Expired,

    /// <summary>The provider is asked to let go.</summary>
    Voiding,

    /// <summary>The provider let go.</summary>
    Voided,
}

/// <summary>A capture or refund by its id.</summary>
public sealed record Transfer(Money Amount, bool IsDone);

/// <summary>The payment of one order. Invariant: 0 &lt;= Refunded &lt;= Captured &lt;= Authorised amount, requests counted in.</summary>
public sealed record Payment(
    PaymentStatus Status,
    OrderId Order,
    Money Amount,
    ImmutableDictionary<Guid, Transfer> Captures,
    ImmutableDictionary<Guid, Transfer> Refunds)
{
    /// <summary>Characters of a token, a reference or a code at most.</summary>
    public const int TextLengthMax = TradeLimits.PaymentTokenLengthMax;

    /// <summary>Before it is asked for.</summary>
    public static readonly Payment None = new(
        PaymentStatus.None, default, default, ImmutableDictionary<Guid, Transfer>.Empty, ImmutableDictionary<Guid, Transfer>.Empty);

    /// <summary>The aggregate.</summary>
    public static readonly Decider<PaymentCommand, PaymentEvent, Payment> Decider = new("payment", None, Decide, Evolve);

    /// <summary>Until when the provider's answer is waited for; null: who waits knows, it was requested before payments said so.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What the provider took.</summary>
    public Money Captured => Sum(Captures, doneOnly: true);

    /// <summary>What the provider gave back.</summary>
    public Money Refunded => Sum(Refunds, doneOnly: true);

    /// <summary>Its stream.</summary>
    public static StreamName StreamOf(PaymentId id) => StreamName.For("payment", id.ToString());

    /// <summary>The payment after an event.</summary>
    public static Payment Evolve(Payment payment, PaymentEvent @event) => @event switch
    {
        PaymentEvent.Requested e => None with { Status = PaymentStatus.Requested, Order = e.Order, Amount = e.Amount, Until = e.Until },
        PaymentEvent.Authorised or PaymentEvent.AuthorisedLate => payment with { Status = PaymentStatus.Authorised },
        PaymentEvent.Declined => payment with { Status = PaymentStatus.Declined },
        PaymentEvent.Expired => payment with { Status = PaymentStatus.Expired },
        PaymentEvent.CaptureRequested e => payment with { Captures = payment.Captures.Add(e.Capture, new(e.Amount, IsDone: false)) },
        PaymentEvent.Captured e => payment with { Captures = payment.Captures.SetItem(e.Capture, new(e.Amount, IsDone: true)) },
        PaymentEvent.VoidRequested => payment with { Status = PaymentStatus.Voiding },
        PaymentEvent.Voided => payment with { Status = PaymentStatus.Voided },
        PaymentEvent.RefundRequested e => payment with { Refunds = payment.Refunds.Add(e.Refund, new(e.Amount, IsDone: false)) },
        PaymentEvent.Refunded e => payment with { Refunds = payment.Refunds.SetItem(e.Refund, new(e.Amount, IsDone: true)) },
        _ => throw new UnreachableException(),
    };

    /// <summary>What a command leads to.</summary>
    public static Decision<PaymentEvent> Decide(PaymentCommand command, Payment payment) => command switch
    {
        // One order has one payment: asking again for the same changes nothing.
        PaymentCommand.Request c when payment.Status != PaymentStatus.None => c.Order == payment.Order && c.Amount == payment.Amount ? Nothing : PaymentRejections.IdReused,
        PaymentCommand.Request c when !IsCharge(c.Amount) => PaymentRejections.AmountInvalid,
        PaymentCommand.Request c when !FreeText.IsNullOrValid(c.Token, TextLengthMax) => PaymentRejections.TokenInvalid,
        PaymentCommand.Request c => new PaymentEvent.Requested(c.Order, c.Amount, c.Token, c.Until),

        _ when payment.Status == PaymentStatus.None => PaymentRejections.Unknown,

        _ when !IsReferenced(command) => PaymentRejections.ReferenceInvalid,

        PaymentCommand.Authorise when payment.Status is PaymentStatus.Authorised or PaymentStatus.Voiding or PaymentStatus.Voided => Nothing,
        PaymentCommand.Authorise c when payment.Status == PaymentStatus.Requested => new PaymentEvent.Authorised(c.Reference),

        // Nobody waits for this money any more: it goes back, and the log says so.
        PaymentCommand.Authorise c when payment.Status is PaymentStatus.Expired or PaymentStatus.Declined =>
            Decision<PaymentEvent>.Of(new PaymentEvent.AuthorisedLate(c.Reference), new PaymentEvent.VoidRequested(VoidReason.TooLate)),
        PaymentCommand.Decline when payment.Status is PaymentStatus.Declined or PaymentStatus.Expired => Nothing,
        PaymentCommand.Decline c when payment.Status == PaymentStatus.Requested => new PaymentEvent.Declined(c.Code),
        PaymentCommand.Expire when payment.Status == PaymentStatus.Expired => Nothing,
        PaymentCommand.Expire c when payment.Status == PaymentStatus.Requested && c.At < payment.Until => PaymentRejections.NotDue,
        PaymentCommand.Expire when payment.Status == PaymentStatus.Requested => new PaymentEvent.Expired(),

        PaymentCommand.RequestVoid when payment.Status is PaymentStatus.Voiding or PaymentStatus.Voided => Nothing,
        PaymentCommand.RequestVoid c when payment.Status == PaymentStatus.Authorised && payment.Captures.IsEmpty => new PaymentEvent.VoidRequested(c.Reason),
        PaymentCommand.Void when payment.Status == PaymentStatus.Voided => Nothing,
        PaymentCommand.Void c when payment.Status == PaymentStatus.Voiding => new PaymentEvent.Voided(c.Reference),

        PaymentCommand.RequestCapture c => payment.DecideCaptureRequest(c),
        PaymentCommand.Capture c => Settle(payment.Captures, c.Id, amount => new PaymentEvent.Captured(c.Id, amount, c.Reference)),
        PaymentCommand.RequestRefund c => payment.DecideRefundRequest(c),
        PaymentCommand.Refund c => Settle(payment.Refunds, c.Id, amount => new PaymentEvent.Refunded(c.Id, amount, c.Reference)),
        _ => PaymentRejections.WrongStatus(payment.Status),
    };

    Decision<PaymentEvent> DecideCaptureRequest(PaymentCommand.RequestCapture c)
    {
        if (Captures.TryGetValue(c.Id, out var known))
        {
            return known.Amount == c.Amount ? Nothing : PaymentRejections.IdReused;
        }

        return Status != PaymentStatus.Authorised ? PaymentRejections.WrongStatus(Status)
            : c.Amount.Currency != Amount.Currency ? PaymentRejections.CurrencyMismatch
            : !IsCharge(c.Amount) ? PaymentRejections.AmountInvalid
            : Sum(Captures).Amount + c.Amount.Amount > Amount.Amount ? PaymentRejections.OverAuthorised
            : new PaymentEvent.CaptureRequested(c.Id, c.Amount);
    }

    Decision<PaymentEvent> DecideRefundRequest(PaymentCommand.RequestRefund c)
    {
        if (Refunds.TryGetValue(c.Id, out var known))
        {
            return known.Amount == c.Amount ? Nothing : PaymentRejections.IdReused;
        }

        return c.Amount.Currency != Amount.Currency ? PaymentRejections.CurrencyMismatch
            : !IsCharge(c.Amount) ? PaymentRejections.AmountInvalid
            : Sum(Refunds).Amount + c.Amount.Amount > Captured.Amount ? PaymentRejections.OverCaptured
            : new PaymentEvent.RefundRequested(c.Id, c.Amount);
    }

    static Decision<PaymentEvent> Settle(ImmutableDictionary<Guid, Transfer> transfers, Guid id, Func<Money, PaymentEvent> done) =>
        !transfers.TryGetValue(id, out var transfer) ? PaymentRejections.NotRequested
        : transfer.IsDone ? Nothing
        : done(transfer.Amount);

    static bool IsReferenced(PaymentCommand command) => command switch
    {
        PaymentCommand.Authorise c => FreeText.IsValid(c.Reference, TextLengthMax),
        PaymentCommand.Decline c => FreeText.IsValid(c.Code, TextLengthMax),
        PaymentCommand.Capture c => FreeText.IsValid(c.Reference, TextLengthMax),
        PaymentCommand.Void c => FreeText.IsValid(c.Reference, TextLengthMax),
        PaymentCommand.Refund c => FreeText.IsValid(c.Reference, TextLengthMax),
        _ => true,
    };

    static bool IsCharge(Money amount) => amount.Amount is > 0 and <= Money.AmountMax && amount.Charge(1) == amount;

    Money Sum(ImmutableDictionary<Guid, Transfer> transfers, bool doneOnly = false) =>
        transfers.Values.Where(t => t.IsDone || !doneOnly).Aggregate(Money.Zero(Amount.Currency), (sum, t) => sum + t.Amount);
}
