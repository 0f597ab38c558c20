using System.Text.Json;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;

namespace Commerce.Commands.Payments.Scanning;

/// <summary>A movement that was asked for and has no answer.</summary>
/// <param name="Id">Which.</param>
/// <param name="Revision">Revision of the event that asked for it, in the payment's stream.</param>
/// <param name="RequestedAt">When that was.</param>
public sealed record OpenMovement(MovementId Id, long Revision, DateTimeOffset RequestedAt)
{
    /// <summary>Times that the provider was asked what it knows of it.</summary>
    public int Asks { get; init; }
}

/// <summary>What an event means for movements without an answer.</summary>
public abstract record OpenMovementChange(MovementId Id)
{
    /// <summary>Streams that tell of movements.</summary>
    public static readonly StreamFilter Streams = StreamFilter.Categories("payment");

    /// <summary>It was asked for.</summary>
    public sealed record Opened(OpenMovement Movement) : OpenMovementChange(Movement.Id);

    /// <summary>It has its answer.</summary>
    public sealed record Answered(MovementId Id) : OpenMovementChange(Id);

    /// <summary>What this event means; null: nothing. A payment that expired has no answer: the provider may have approved it unheard.</summary>
    /// <exception cref="JsonException">The bytes are not the event that they are called.</exception>
    public static OpenMovementChange? Of(RecordedEvent recorded) => EventCatalog.Read(recorded) switch
    {
        PaymentEvent.Requested => Opens(recorded, PaymentMovement.Authorisation, null),
        PaymentEvent.Authorised or PaymentEvent.AuthorisedLate or PaymentEvent.Declined => new Answered(Of(recorded, PaymentMovement.Authorisation, null)),
        PaymentEvent.CaptureRequested e => Opens(recorded, PaymentMovement.Capture, e.Capture),
        PaymentEvent.Captured e => new Answered(Of(recorded, PaymentMovement.Capture, e.Capture)),
        PaymentEvent.VoidRequested => Opens(recorded, PaymentMovement.Void, null),
        PaymentEvent.Voided => new Answered(Of(recorded, PaymentMovement.Void, null)),
        PaymentEvent.RefundRequested e => Opens(recorded, PaymentMovement.Refund, e.Refund),
        PaymentEvent.Refunded e => new Answered(Of(recorded, PaymentMovement.Refund, e.Refund)),
        _ => null,
    };

    static Opened Opens(RecordedEvent recorded, PaymentMovement kind, Guid? transfer) => new(new OpenMovement(
        Of(recorded, kind, transfer), recorded.Revision, EventMetadata.TryRead(recorded.Metadata)?.OccurredAt ?? recorded.RecordedAt));

    static MovementId Of(RecordedEvent recorded, PaymentMovement kind, Guid? transfer) => new(PaymentId.Parse(recorded.Stream.Id, null), kind, transfer);
}
