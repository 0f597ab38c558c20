using MassTransit;

namespace Commerce.Commands.Sagas;

/// <summary>One event of the log on its way to whoever acts on it. The event's id is the message's id.</summary>
[ExcludeFromTopology]
public abstract record FactMessage
{
    /// <summary>The order that it is about; messages of one order are handled one after another.</summary>
    public Guid OrderId { get; init; }

    /// <summary>Name of the event in the log.</summary>
    public string Type { get; init; } = string.Empty;

    /// <summary>The event's JSON as the log holds it.</summary>
    public string Data { get; init; } = string.Empty;

    /// <summary>When it happened in the world, UTC.</summary>
    public DateTimeOffset OccurredAt { get; init; }

    /// <summary>Its place in the log.</summary>
    public long Position { get; init; }

    /// <summary>
    /// Whether it happened while the relay that sent this led already: nobody has sent it before, unless two relays led at once for
    /// a moment. What a relay that begins anew goes through once more is not new.
    /// </summary>
    public bool IsNew { get; init; }

    /// <summary>Shared by everything that one request set off; null: unknown.</summary>
    public string? Correlation { get; init; }

    /// <summary>W3C trace context of what led to it; null: unknown.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>An order was placed.</summary>
public sealed record OrderPlaced : FactMessage;

/// <summary>An order was called off.</summary>
public sealed record OrderCancelled : FactMessage;

/// <summary>What was not sent of an order was called off.</summary>
public sealed record OrderRestCancelled : FactMessage;

/// <summary>Units of an order left the house.</summary>
public sealed record OrderShipped : FactMessage;

/// <summary>Units of an order came back.</summary>
public sealed record OrderReturned : FactMessage;

/// <summary>The provider holds an order's amount.</summary>
public sealed record PaymentAuthorised : FactMessage;

/// <summary>The provider holds an amount that was given up; it is let go.</summary>
public sealed record PaymentAuthorisedLate : FactMessage;

/// <summary>The provider said no.</summary>
public sealed record PaymentDeclined : FactMessage;

/// <summary>A payment was not made in time.</summary>
public sealed record PaymentExpired : FactMessage;

/// <summary>The provider took a shipment's amount.</summary>
public sealed record PaymentCaptured : FactMessage;

/// <summary>The provider let an order's amount go.</summary>
public sealed record PaymentVoided : FactMessage;

/// <summary>The provider gave a return's amount back.</summary>
public sealed record PaymentRefunded : FactMessage;

/// <summary>The provider is to authorise an order's total.</summary>
public sealed record PaymentRequested : FactMessage;

/// <summary>The provider is to take a part of it.</summary>
public sealed record PaymentCaptureRequested : FactMessage;

/// <summary>The provider is to let it go.</summary>
public sealed record PaymentVoidRequested : FactMessage;

/// <summary>The provider is to give a part back.</summary>
public sealed record PaymentRefundRequested : FactMessage;

/// <summary>A flash sale wants its units; it stands in the order's place.</summary>
public sealed record FlashSaleAnnounced : FactMessage;

/// <summary>A shard of a flash sale gave units to another; the sale stands in the order's place.</summary>
public sealed record FlashSaleUnitsGiven : FactMessage;

/// <summary>A claim in a flash sale has its payment and becomes an order.</summary>
public sealed record ClaimPaid : FactMessage;

/// <summary>A closed flash sale gives units back; it stands in the order's place.</summary>
public sealed record FlashSaleRestReturned : FactMessage;
