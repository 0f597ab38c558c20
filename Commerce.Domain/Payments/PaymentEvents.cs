using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;

namespace Commerce.Domain.Payments;

/// <summary>Why an authorisation is let go.</summary>
public enum VoidReason
{
    /// <summary>The order was rejected.</summary>
    OrderRejected,

    /// <summary>The customer cancelled.</summary>
    OrderCancelled,

    /// <summary>The provider's yes came when nobody waited for it any more.</summary>
    TooLate,

    /// <summary>The order was not shipped before its reservation ran out.</summary>
    ReservationExpired,
}

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What happens to a payment. What is asked of the provider is an event before it is asked, so that no crash forgets it.</summary>
public abstract record PaymentEvent
{
    /// <summary>The provider is to authorise the amount until then; null: within the time that the house gives payments.</summary>
    [EventName("payment-requested.v2")]
    public sealed record Requested(OrderId Order, Money Amount, string? Token, DateTimeOffset? Until) : PaymentEvent;

    /// <summary>As written before payments had a time.</summary>
    [EventName("payment-requested.v1")]
    public sealed record RequestedV1(OrderId Order, Money Amount, string? Token) : PaymentEvent, IOldVersion
    {
        /// <inheritdoc/>
        public object Upcast() => new Requested(Order, Amount, Token, null);
    }

    /// <summary>The provider holds the amount for us.</summary>
    [EventName("payment-authorised.v1")]
    public sealed record Authorised(string Reference) : PaymentEvent;

    /// <summary>The provider holds the amount for us, but it was given up before: it is let go at once.</summary>
    [EventName("payment-authorised-late.v1")]
    public sealed record AuthorisedLate(string Reference) : PaymentEvent;

    /// <summary>The provider said no.</summary>
    [EventName("payment-declined.v1")]
    public sealed record Declined(string Code) : PaymentEvent;

    /// <summary>No answer came in time.</summary>
    [EventName("payment-expired.v1")]
    public sealed record Expired : PaymentEvent;

    /// <summary>The provider is to take a part of the amount.</summary>
    [EventName("payment-capture-requested.v1")]
    public sealed record CaptureRequested(Guid Capture, Money Amount) : PaymentEvent;

    /// <summary>The provider took it.</summary>
    [EventName("payment-captured.v1")]
    public sealed record Captured(Guid Capture, Money Amount, string Reference) : PaymentEvent;

    /// <summary>The provider is to let go of what it holds.</summary>
    [EventName("payment-void-requested.v1")]
    public sealed record VoidRequested(VoidReason Reason) : PaymentEvent;

    /// <summary>The provider let go.</summary>
    [EventName("payment-voided.v1")]
    public sealed record Voided(string Reference) : PaymentEvent;

    /// <summary>The provider is to give back a part of what it took.</summary>
    [EventName("payment-refund-requested.v1")]
    public sealed record RefundRequested(Guid Refund, Money Amount) : PaymentEvent;

    /// <summary>The provider gave it back.</summary>
    [EventName("payment-refunded.v1")]
    public sealed record Refunded(Guid Refund, Money Amount, string Reference) : PaymentEvent;
}

/// <summary>What can be asked of a payment.</summary>
public abstract record PaymentCommand
{
    /// <summary>Ask for an authorisation, to be given until then; null: within the time that the house gives payments. Asked again, the first moment stands.</summary>
    public sealed record Request(OrderId Order, Money Amount, string? Token, DateTimeOffset? Until) : PaymentCommand;

    /// <summary>The provider authorised.</summary>
    public sealed record Authorise(string Reference) : PaymentCommand;

    /// <summary>The provider declined.</summary>
    public sealed record Decline(string Code) : PaymentCommand;

    /// <summary>Wait no longer for the provider's answer, if its time is over at this moment.</summary>
    public sealed record Expire(DateTimeOffset At) : PaymentCommand;

    /// <summary>Ask for a part of the amount; the id makes it happen once.</summary>
    public sealed record RequestCapture(Guid Id, Money Amount) : PaymentCommand;

    /// <summary>The provider took it.</summary>
    public sealed record Capture(Guid Id, string Reference) : PaymentCommand;

    /// <summary>Ask the provider to let go.</summary>
    public sealed record RequestVoid(VoidReason Reason) : PaymentCommand;

    /// <summary>The provider let go.</summary>
    public sealed record Void(string Reference) : PaymentCommand;

    /// <summary>Ask for money back to the customer; the id makes it happen once.</summary>
    public sealed record RequestRefund(Guid Id, Money Amount) : PaymentCommand;

    /// <summary>The provider gave it back.</summary>
    public sealed record Refund(Guid Id, string Reference) : PaymentCommand;
}

/// <summary>Why a command to a payment is refused.</summary>
public static class PaymentRejections
{
    /// <summary>No such payment.</summary>
    public static readonly Rejection Unknown = new("payment-unknown", "There is no such payment.", RejectionKind.NotFound);

    /// <summary>Not an amount.</summary>
    public static readonly Rejection AmountInvalid = new("amount-invalid", $"An amount is above zero, at most {Money.AmountMax}, and has no more decimals than its currency.");

    /// <summary>Not a token.</summary>
    public static readonly Rejection TokenInvalid = new("payment-token-invalid", $"A payment token, where there is one, has 1 to {Payment.TextLengthMax} characters, none of them a control character.");

    /// <summary>The provider gave no reference or code that can be kept.</summary>
    public static readonly Rejection ReferenceInvalid = new("reference-invalid", $"A provider's reference or code has 1 to {Payment.TextLengthMax} characters, none of them a control character.");

    /// <summary>Another currency.</summary>
    public static readonly Rejection CurrencyMismatch = new("currency-mismatch", "The payment is in another currency.");

    /// <summary>Captures would pass what is authorised.</summary>
    public static readonly Rejection OverAuthorised = new("over-authorised", "Captures cannot pass what is authorised.");

    /// <summary>Refunds would pass what is captured.</summary>
    public static readonly Rejection OverCaptured = new("over-captured", "Refunds cannot pass what is captured.");

    /// <summary>Nobody asked for that capture or refund.</summary>
    public static readonly Rejection NotRequested = new("not-requested", "Nobody asked for that.", RejectionKind.Conflict);

    /// <summary>The id was used for another amount.</summary>
    public static readonly Rejection IdReused = new("id-reused", "The id stands for another amount already.", RejectionKind.Conflict);

    /// <summary>There is time left.</summary>
    public static readonly Rejection NotDue = new("payment-not-due", "The time to pay is not over.", RejectionKind.Conflict);

    /// <summary>Not in this state.</summary>
    public static Rejection WrongStatus(PaymentStatus status) =>
        new("payment-status", $"A payment that is {status.ToString().ToLowerInvariant()} does not allow that.", RejectionKind.Conflict);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PaymentEvent.Requested))]
[JsonSerializable(typeof(PaymentEvent.RequestedV1))]
[JsonSerializable(typeof(PaymentEvent.Authorised))]
[JsonSerializable(typeof(PaymentEvent.AuthorisedLate))]
[JsonSerializable(typeof(PaymentEvent.Declined))]
[JsonSerializable(typeof(PaymentEvent.Expired))]
[JsonSerializable(typeof(PaymentEvent.CaptureRequested))]
[JsonSerializable(typeof(PaymentEvent.Captured))]
[JsonSerializable(typeof(PaymentEvent.VoidRequested))]
[JsonSerializable(typeof(PaymentEvent.Voided))]
[JsonSerializable(typeof(PaymentEvent.RefundRequested))]
[JsonSerializable(typeof(PaymentEvent.Refunded))]
[JsonSerializable(typeof(CreditNoteEvent.Issued))]
sealed partial class PaymentsJson : JsonSerializerContext;
