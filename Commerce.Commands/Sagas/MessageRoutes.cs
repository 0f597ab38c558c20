using System.Collections.Frozen;
using System.Text;
using Commerce.Domain;
using Commerce.Domain.Log;
using MassTransit;

namespace Commerce.Commands.Sagas;

/// <summary>Who acts on an event.</summary>
enum Consumers
{
    /// <summary>The saga.</summary>
    Fulfilment,

    /// <summary>What asks the payment provider.</summary>
    Payments,

    /// <summary>What follows from flash sales.</summary>
    FlashSales,
}

/// <summary>An event of the log with what a message of it needs.</summary>
/// <param name="Event">The event.</param>
/// <param name="Metadata">Its metadata.</param>
/// <param name="Order">Whose order it is about.</param>
/// <param name="IsNew">See <see cref="FactMessage.IsNew"/>.</param>
sealed record Fact(RecordedEvent Event, EventMetadata Metadata, OrderId Order, bool IsNew);

/// <summary>How an event of the log becomes a message.</summary>
/// <param name="Consumer">Who acts on it.</param>
/// <param name="MessageType">Its message's type.</param>
/// <param name="Message">The fact as its message.</param>
/// <param name="Alone">A fact of a batch as the message that it would be alone.</param>
/// <param name="Read">The message, if it is this one.</param>
/// <param name="Send">Sends it alone; the transport has it when the task ends.</param>
sealed record MessageRoute(Consumers Consumer, Type MessageType, Func<Fact, FactMessage> Message, Func<FactMessage, FactMessage> Alone, Func<ConsumeContext, FactMessage?> Read, Func<ISendEndpoint, Fact, CancellationToken, Task> Send);

/// <summary>Which events are sent to whom; the others interest nobody on the bus.</summary>
static class MessageRoutes
{
    /// <summary>Streams that hold such events.</summary>
    public static readonly StreamFilter Streams = StreamFilter.Categories("order", "payment", "flashsale");

    static readonly FrozenDictionary<string, MessageRoute> ByEvent = new Dictionary<string, MessageRoute>
    {
        ["order-placed.v1"] = To<OrderPlaced>(Consumers.Fulfilment),
        ["order-placed-in-sale.v1"] = To<OrderPlaced>(Consumers.Fulfilment),
        ["order-cancelled.v1"] = To<OrderCancelled>(Consumers.Fulfilment),
        ["order-cancelled.v2"] = To<OrderCancelled>(Consumers.Fulfilment),
        ["order-rest-cancelled.v1"] = To<OrderRestCancelled>(Consumers.Fulfilment),
        ["order-shipped.v1"] = To<OrderShipped>(Consumers.Fulfilment),
        ["order-returned.v1"] = To<OrderReturned>(Consumers.Fulfilment),
        ["payment-authorised.v1"] = To<PaymentAuthorised>(Consumers.Fulfilment),
        ["payment-authorised-late.v1"] = To<PaymentAuthorisedLate>(Consumers.Fulfilment),
        ["payment-declined.v1"] = To<PaymentDeclined>(Consumers.Fulfilment),
        ["payment-expired.v1"] = To<PaymentExpired>(Consumers.Fulfilment),
        ["payment-captured.v1"] = To<PaymentCaptured>(Consumers.Fulfilment),
        ["payment-voided.v1"] = To<PaymentVoided>(Consumers.Fulfilment),
        ["payment-refunded.v1"] = To<PaymentRefunded>(Consumers.Fulfilment),
        ["payment-requested.v1"] = To<PaymentRequested>(Consumers.Payments),
        ["payment-requested.v2"] = To<PaymentRequested>(Consumers.Payments),
        ["payment-capture-requested.v1"] = To<PaymentCaptureRequested>(Consumers.Payments),
        ["payment-void-requested.v1"] = To<PaymentVoidRequested>(Consumers.Payments),
        ["payment-refund-requested.v1"] = To<PaymentRefundRequested>(Consumers.Payments),
        ["flash-sale-announced.v1"] = To<FlashSaleAnnounced>(Consumers.FlashSales),
        ["flash-sale-payment-given.v1"] = To<ClaimPaid>(Consumers.FlashSales),
        ["flash-sale-units-given.v1"] = To<FlashSaleUnitsGiven>(Consumers.FlashSales),
        ["flash-sale-rest-returned.v1"] = To<FlashSaleRestReturned>(Consumers.FlashSales),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    static readonly FrozenDictionary<string, MessageRoute> ByMessage = ByEvent.Values.DistinctBy(r => r.MessageType).ToFrozenDictionary(r => MessageUrn.ForTypeString(r.MessageType), StringComparer.Ordinal);

    /// <summary>Events that somebody acts on.</summary>
    public static IReadOnlyCollection<string> EventTypes => ByEvent.Keys;

    /// <summary>Where this event goes; null: nobody acts on it.</summary>
    public static MessageRoute? Of(string eventType) => ByEvent.GetValueOrDefault(eventType);

    /// <summary>The fact that came alone; null: these consumers know no such message.</summary>
    public static FactMessage? Read(ConsumeContext context, Consumers consumer) =>
        ByMessage.GetValueOrDefault(context.SupportedMessageTypes.FirstOrDefault(string.Empty)) is { } route && route.Consumer == consumer ? route.Read(context) : null;

    /// <summary>Sends facts to the same consumers together; the transport has all of them, or none, when the task ends.</summary>
    public static Task Send(ISendEndpoint endpoint, IReadOnlyList<Fact> facts, CancellationToken cancellationToken) =>
        facts is [var alone] && Of(alone.Event.Type) is { } route ? route.Send(endpoint, alone, cancellationToken)
        : endpoint.Send(new FactBatch { Facts = [.. facts.Select(f => Message<BatchedFact>(f) with { EventId = f.Event.Id })] }, c => c.Durable = true, cancellationToken);

    static MessageRoute To<T>(Consumers consumer)
        where T : FactMessage, new() => new(consumer, typeof(T), Message<T>, Alone<T>, Read<T>, (endpoint, fact, cancellationToken) => endpoint.Send(Message<T>(fact), c => Label(c, fact), cancellationToken));

    static T? Read<T>(ConsumeContext context)
        where T : FactMessage => context.TryGetMessage<T>(out var typed) ? typed.Message : null;

    static T Message<T>(Fact fact)
        where T : FactMessage, new() => new()
        {
            OrderId = fact.Order.Value,
            Type = fact.Event.Type,
            Data = Encoding.UTF8.GetString(fact.Event.Data.Span),
            OccurredAt = fact.Metadata.OccurredAt,
            Position = fact.Event.Position.Value,
            IsNew = fact.IsNew,
            Correlation = fact.Metadata.CorrelationId,
            TraceParent = fact.Metadata.TraceParent,
        };

    static T Alone<T>(FactMessage fact)
        where T : FactMessage, new() => new()
        {
            OrderId = fact.OrderId,
            Type = fact.Type,
            Data = fact.Data,
            OccurredAt = fact.OccurredAt,
            Position = fact.Position,
            IsNew = fact.IsNew,
            Correlation = fact.Correlation,
            TraceParent = fact.TraceParent,
        };

    // The headers repeat what the message says, for whoever looks at the broker without knowing our messages.
    static void Label(SendContext context, Fact fact)
    {
        context.MessageId = fact.Event.Id;
        context.CorrelationId = fact.Order.Value;
        context.Durable = true;
        if (fact.Metadata.TraceParent is { } trace)
        {
            context.Headers.Set("traceparent", trace);
        }

        if (fact.Metadata.CorrelationId is { } correlation)
        {
            context.Headers.Set("Commerce-Correlation-Id", correlation);
        }
    }
}
