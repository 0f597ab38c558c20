using System.Collections.Immutable;
using Commerce.Domain;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>One order with its lines, its payment and its stock, as people read it.</summary>
/// <remarks>
/// Streams do not wait for each other: stock may be held before the order is placed. Until then the document has status
/// <see cref="OrderStatus.None"/> and no time of placement, and queries do not show it.
/// </remarks>
public sealed record OrderView : IDocument<Guid>
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its number, which grows with time.</summary>
    public long Number { get; init; }

    /// <summary>Where it stands.</summary>
    public OrderStatus Status { get; init; }

    /// <summary>Where it came from.</summary>
    public OrderOrigin Origin { get; init; }

    /// <summary>Who ordered.</summary>
    public string? Customer { get; init; }

    /// <summary>Where to.</summary>
    public string? Country { get; init; }

    /// <summary>ISO 4217 code of every amount in it.</summary>
    public string? Currency { get; init; }

    /// <summary>What was ordered.</summary>
    public ImmutableArray<OrderLineView> Lines { get; init; } = [];

    /// <summary>What all lines cost.</summary>
    public Money? Total { get; init; }

    /// <summary>What is owed to the customer for units that came back.</summary>
    public Money? ReturnedAmount { get; init; }

    /// <summary>When it was placed, in the world.</summary>
    public DateTimeOffset? PlacedAt { get; init; }

    /// <summary>When stock and payment were sure.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>When the last units left.</summary>
    public DateTimeOffset? ShippedAt { get; init; }

    /// <summary>When it was closed.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>When it was refused.</summary>
    public DateTimeOffset? RejectedAt { get; init; }

    /// <summary>When the customer called it off.</summary>
    public DateTimeOffset? CancelledAt { get; init; }

    /// <summary>When what was not sent of it was called off.</summary>
    public DateTimeOffset? RestCancelledAt { get; init; }

    /// <summary>When the last units came back.</summary>
    public DateTimeOffset? ReturnedAt { get; init; }

    /// <summary>Why it was refused.</summary>
    public RejectReason? RejectReason { get; init; }

    /// <summary>Why it was refused, called off or sent back, for a person.</summary>
    public string? Reason { get; init; }

    /// <summary>Its payment, once asked for.</summary>
    public OrderPaymentView? Payment { get; init; }

    /// <summary>What stock does for it, by <c>sku@location</c>.</summary>
    public ImmutableSortedDictionary<string, OrderStockView> Stock { get; init; } = ImmutableSortedDictionary<string, OrderStockView>.Empty;

    /// <summary>Whether the saga has undone it: no stock is held and no money is.</summary>
    public bool IsUndone { get; init; }

    /// <summary>
    /// Since when it is compensating: it was refused or called off, in whole or for the rest, or units of it came back, and stock
    /// that it held or money that it owes is not yet where it belongs. Null: nothing of it is to be undone.
    /// </summary>
    public DateTimeOffset? CompensatingSince { get; init; }

    /// <summary>Whether nothing is left to do for it until somebody ships it or sends it back: paid and confirmed, or fully undone.</summary>
    public bool IsSettled => Status switch
    {
        OrderStatus.Confirmed => true,
        OrderStatus.PartiallyShipped => IsCaptured && IsRefunded,
        OrderStatus.Completed or OrderStatus.Returned => IsCaptured && IsRefunded,
        OrderStatus.Rejected or OrderStatus.Cancelled => IsUndone
            && Payment?.Status is not (PaymentStatus.Requested or PaymentStatus.Authorised or PaymentStatus.Voiding)
            && Stock.Values.All(s => s.Reserved == 0),
        _ => false,
    };

    /// <summary>Revision of the order's own stream, its ETag; -1 before it is placed.</summary>
    public long Revision { get; init; } = -1;

    /// <summary>Place in the log of the last event in it, of whichever stream.</summary>
    public long Position { get; init; }

    /// <summary>Whether something of it is to be undone and is not. Past trade was undone, where it was, elsewhere.</summary>
    internal bool IsCompensating => Origin == OrderOrigin.Client && Status switch
    {
        OrderStatus.None => false,
        OrderStatus.Placed => Payment?.Status is PaymentStatus.Declined or PaymentStatus.Expired or PaymentStatus.Voiding or PaymentStatus.Voided,
        OrderStatus.Rejected or OrderStatus.Cancelled => !IsSettled,
        _ => !IsRefunded || !IsBack || IsRestHeld,
    };

    bool IsBack => ReturnedToStock == ReturnedOfLines;

    bool IsRestHeld => RestCancelledAt is not null && Stock.Values.Any(s => s.Reserved > 0);

    bool IsCaptured => (Payment?.Captured.Amount ?? 0) == Lines.Sum(l => l.UnitPrice.Charge(l.Shipped).Amount);

    // Loops: every event of an order asks for them.
    long ReturnedToStock
    {
        get
        {
            var units = 0L;
            foreach (var (_, stock) in Stock)
            {
                units += stock.Returned;
            }

            return units;
        }
    }

    long ReturnedOfLines
    {
        get
        {
            var units = 0L;
            foreach (var line in Lines)
            {
                units += line.Returned;
            }

            return units;
        }
    }

    bool IsRefunded => (Payment?.Refunded.Amount ?? 0) == (ReturnedAmount?.Amount ?? 0);
}

/// <summary>One line of an order. 0 &lt;= Returned &lt;= Shipped &lt;= Quantity - Cancelled.</summary>
/// <param name="Line">Number of the line in its order, from 1.</param>
/// <param name="Sku">What is sold.</param>
/// <param name="Name">Its name then.</param>
/// <param name="Quantity">Units ordered.</param>
/// <param name="UnitPrice">Price of one then.</param>
/// <param name="Amount">What the line costs, rounded to the currency's minor unit.</param>
/// <param name="Shipped">Units that left.</param>
/// <param name="Returned">Units that came back.</param>
/// <param name="Cancelled">Units that never will be sent: the rest of an order of which a part was.</param>
public sealed record OrderLineView(int Line, string Sku, string Name, int Quantity, Money UnitPrice, Money Amount, int Shipped, int Returned, int Cancelled);

/// <summary>What an order shows of its payment; the whole is <see cref="PaymentView"/>.</summary>
/// <param name="Id">Id of the payment.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Authorised">What the provider holds or held.</param>
/// <param name="Captured">What it took.</param>
/// <param name="Refunded">What it gave back.</param>
public sealed record OrderPaymentView(Guid Id, PaymentStatus Status, Money Authorised, Money Captured, Money Refunded);

/// <summary>Units of one SKU at one location that stock moved for an order.</summary>
/// <param name="Sku">Which SKU.</param>
/// <param name="Location">Where.</param>
/// <param name="Reserved">Units held now.</param>
/// <param name="Shipped">Units sent out.</param>
/// <param name="Returned">Units taken back.</param>
public sealed record OrderStockView(string Sku, string Location, int Reserved, int Shipped, int Returned);
