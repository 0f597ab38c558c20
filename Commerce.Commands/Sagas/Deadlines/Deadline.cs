using System.Text.Json;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Sagas.Deadlines;

/// <summary>A moment at which something of an order is due.</summary>
/// <param name="Stream">
/// Stream that sets it: the payment's until it is answered, the fulfilment's until the order is on its way or ended. Of reserved units a
/// name of their own, see <see cref="StockWatch"/>.
/// </param>
/// <param name="Order">Which order.</param>
/// <param name="DueAt">When.</param>
/// <param name="Cause">The event that set it.</param>
/// <param name="Correlation">Shared by everything that one request set off; null: unknown.</param>
/// <param name="TraceParent">W3C trace context of what set it; null: unknown.</param>
public sealed record Deadline(StreamName Stream, OrderId Order, DateTimeOffset DueAt, Guid Cause, string? Correlation, string? TraceParent)
{
    /// <summary>Times that the order was woken for it.</summary>
    public int Wakings { get; init; }
}

/// <summary>What an event means for deadlines. Each stream has one at most at a time.</summary>
public abstract record DeadlineChange(StreamName Stream)
{
    /// <summary>Streams that set deadlines.</summary>
    public static readonly StreamFilter Streams = StreamFilter.Categories("fulfilment", "payment", Stock.Decider.Category);

    /// <summary>There is one.</summary>
    public sealed record Set(Deadline Deadline) : DeadlineChange(Deadline.Stream);

    /// <summary>It is met, or nothing is to be met any more.</summary>
    public sealed record Ended(StreamName Stream) : DeadlineChange(Stream);

    /// <summary>What this event means: often nothing, and of several SKUs something of each.</summary>
    /// <param name="recorded">The event.</param>
    /// <param name="timeToPay">How long a payment is waited for that names no moment: its request is older than such moments.</param>
    /// <exception cref="JsonException">The bytes are not the event that they are called.</exception>
    public static IReadOnlyList<DeadlineChange> Of(RecordedEvent recorded, TimeSpan timeToPay) => EventCatalog.Read(recorded) switch
    {
        FulfilmentEvent.Started e => [Of(recorded, recorded.Stream, e.Order, e.ReservedUntil)],
        FulfilmentEvent.OrderCancelled or FulfilmentEvent.OrderRejected or FulfilmentEvent.ReservationKept or FulfilmentEvent.RestCancelled or FulfilmentEvent.Completed or FulfilmentEvent.Undone =>
            [new Ended(recorded.Stream)],
        FulfilmentEvent.StockReserved e => [.. StockWatch.Named(recorded.Stream, e).Select(units => new Ended(units))],
        PaymentEvent.Requested e => [Of(recorded, recorded.Stream, e.Order, e.Until ?? OccurredAt(recorded) + timeToPay)],
        PaymentEvent.Authorised or PaymentEvent.AuthorisedLate or PaymentEvent.Declined or PaymentEvent.Expired => [new Ended(recorded.Stream)],
        StockEvent.Reserved e => [Of(recorded, StockWatch.Name(e.Order, recorded.Stream), e.Order, OccurredAt(recorded) + StockWatch.SaidWithin)],
        StockEvent.Released e => [new Ended(StockWatch.Name(e.Order, recorded.Stream))],
        StockEvent.Shipped e => [new Ended(StockWatch.Name(e.Order, recorded.Stream))],
        _ => [],
    };

    static DateTimeOffset OccurredAt(RecordedEvent recorded) => EventMetadata.TryRead(recorded.Metadata)?.OccurredAt ?? recorded.RecordedAt;

    static Set Of(RecordedEvent recorded, StreamName stream, OrderId order, DateTimeOffset due)
    {
        var metadata = EventMetadata.TryRead(recorded.Metadata);
        return new(new Deadline(stream, order, due, recorded.Id, metadata?.CorrelationId, metadata?.TraceParent));
    }
}
