using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain;

namespace Commerce.Projections.Auditing;

/// <summary>What an audit of the whole log found.</summary>
public sealed record AuditReport
{
    /// <summary>Whether nothing offends.</summary>
    public bool IsClean => OffencesTotal == 0;

    /// <summary>Whether orders that have not ended count as offences.</summary>
    public bool RequireSettled { get; init; }

    /// <summary>Events looked at.</summary>
    public long Events { get; init; }

    /// <summary>Streams looked at.</summary>
    public long Streams { get; init; }

    /// <summary>Position of the last event looked at; 0 for an empty log.</summary>
    public long Position { get; init; }

    /// <summary>Events by the category of their stream.</summary>
    public SortedDictionary<string, long> EventsByCategory { get; init; } = [];

    /// <summary>Events of types that this version does not know: counted, not judged.</summary>
    public long UnknownEvents { get; init; }

    /// <summary>The first such types, with how often each came.</summary>
    public SortedDictionary<string, long> UnknownTypes { get; init; } = [];

    /// <summary>Whether every event id and command id was compared, not only as many as may be remembered.</summary>
    public bool ComparedAllIds { get; init; } = true;

    /// <summary>The orders.</summary>
    public OrderFigures Orders { get; init; } = new();

    /// <summary>Units of all SKUs at all locations.</summary>
    public StockFigures Stock { get; init; } = new();

    /// <summary>Payments by status.</summary>
    public SortedDictionary<string, long> PaymentsByStatus { get; init; } = [];

    /// <summary>Money, one entry a currency, by code.</summary>
    public IReadOnlyList<MoneyFigures> Money { get; init; } = [];

    /// <summary>Processes that fulfil an order.</summary>
    public FulfilmentFigures Fulfilments { get; init; } = new();

    /// <summary>Flash sales.</summary>
    public FlashSaleFigures FlashSales { get; init; } = new();

    /// <summary>Offences found, listed or not.</summary>
    public long OffencesTotal { get; init; }

    /// <summary>Offences by their code.</summary>
    public SortedDictionary<string, long> OffencesByCode { get; init; } = [];

    /// <summary>The first offences, in the order of the log; those that only the end shows come last.</summary>
    public IReadOnlyList<Offence> Offences { get; init; } = [];

    /// <summary>The report as JSON (UTF-8, indented, camelCase).</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, AuditJson.Default.AuditReport);

    /// <summary>The report as lines for a person, without the offences.</summary>
    public IEnumerable<string> Summary() => AuditText.Of(this);
}

/// <summary>Flash sales. <c>Units = Unclaimed + Waiting + Ordered + GivenBack</c>.</summary>
public sealed record FlashSaleFigures
{
    /// <summary>Sales announced.</summary>
    public long Sales { get; init; }

    /// <summary>Units that stock gave to them.</summary>
    public long Units { get; init; }

    /// <summary>Units that nobody has claimed.</summary>
    public long Unclaimed { get; init; }

    /// <summary>Units that are claimed and not paid yet.</summary>
    public long Waiting { get; init; }

    /// <summary>Units of claims that became orders, less those that are offered again.</summary>
    public long Ordered { get; init; }

    /// <summary>Units that closed sales gave back to stock.</summary>
    public long GivenBack { get; init; }

    /// <summary>Claims made.</summary>
    public long Claims { get; init; }
}

/// <summary>The orders of the log.</summary>
public sealed record OrderFigures
{
    /// <summary>Orders placed.</summary>
    public long Placed { get; init; }

    /// <summary>Orders by their last status.</summary>
    public SortedDictionary<string, long> ByStatus { get; init; } = [];

    /// <summary>Orders that ended: paid and confirmed, or fully undone, with stock and money where they belong.</summary>
    public long Settled { get; init; }

    /// <summary>Orders that have not ended yet.</summary>
    public long Open { get; init; }

    /// <summary>Of those, orders that are compensating: stock or money of what was undone or came back is not where it belongs yet.</summary>
    public long Compensating { get; init; }

    /// <summary>Orders that stock or payments name but that were never placed.</summary>
    public long NeverPlaced { get; init; }
}

/// <summary>Units. <c>Received = Available + Reserved + Allocated + Shipped + WrittenOff</c>, where shipped are those that did not come back.</summary>
public sealed record StockFigures
{
    /// <summary>Pairs of SKU and location.</summary>
    public long Places { get; init; }

    /// <summary>Units that came in.</summary>
    public long Received { get; init; }

    /// <summary>Units that can be promised.</summary>
    public long Available { get; init; }

    /// <summary>Units held for orders.</summary>
    public long Reserved { get; init; }

    /// <summary>Kept for flash sales and held for no order.</summary>
    public long Allocated { get; init; }

    /// <summary>Units sent out that did not come back.</summary>
    public long Shipped { get; init; }

    /// <summary>Units struck off.</summary>
    public long WrittenOff { get; init; }

    /// <summary>Units that came back; they are available again and no longer among the shipped.</summary>
    public long Returned { get; init; }
}

/// <summary>Money in one currency.</summary>
public sealed record MoneyFigures
{
    /// <summary>The currency.</summary>
    public required Currency Currency { get; init; }

    /// <summary>Totals of all orders placed.</summary>
    public Money Ordered { get; init; }

    /// <summary>Price of what was sent out.</summary>
    public Money Shipped { get; init; }

    /// <summary>Price of what came back.</summary>
    public Money Returned { get; init; }

    /// <summary>What providers took.</summary>
    public Money Captured { get; init; }

    /// <summary>What providers gave back.</summary>
    public Money Refunded { get; init; }

    /// <summary>Credit notes: owed outside any order.</summary>
    public Money Credited { get; init; }
}

/// <summary>Processes that fulfil an order; those of past trade ended elsewhere.</summary>
public sealed record FulfilmentFigures
{
    /// <summary>Processes begun.</summary>
    public long Begun { get; init; }

    /// <summary>Processes that ended, or rest until units are shipped or come back.</summary>
    public long Ended { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(AuditReport))]
sealed partial class AuditJson : JsonSerializerContext;
