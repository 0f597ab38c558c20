using System.Diagnostics;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>
/// Orders with their payment and stock, and payments. One projection for both documents: only a payment's first event names its
/// order, so the payment document is what leads the later ones to their order, in the same transaction.
/// </summary>
sealed class OrdersProjection(ReadSchemas schemas) : IProjection
{
    const string FulfilmentPrefix = "fulfilment-";

    static readonly string UndoneType = EventCatalog.NameOf(new FulfilmentEvent.Undone());

    readonly PaymentLedger _ledger = new(schemas.Facts);

    public string Name => ProjectionNames.Orders;

    public int Version => 3; // each movement of money on its own

    public StreamFilter Filter { get; } = StreamFilter.Categories("order", "payment", "stock", "fulfilment");

    public bool IsGathered => true;

    public ProjectionTables Tables => ProjectionTables.Documents(schemas.Documents, typeof(OrderView), typeof(PaymentView)).With(_ledger.Tables);

    public IProjection In(ReadSchemas others) => new OrdersProjection(others);

    public async Task Project(IReadOnlyList<ProjectedEvent> batch, RecentDocuments documents, DocumentChanges changes, CancellationToken cancellationToken)
    {
        // A payment begins with its request; an order may begin with any of its streams.
        var (paymentIds, orderIds, requested) = (new HashSet<Guid>(), new HashSet<Guid>(), new HashSet<Guid>());
        foreach (var e in batch)
        {
            if (e.Event is PaymentEvent.Requested x)
            {
                requested.Add(PaymentOf(e) ?? default);
                orderIds.Add(x.Order.Value);
            }
            else if (PaymentOf(e) is { } payment && !requested.Contains(payment))
            {
                paymentIds.Add(payment);
            }
            else if (OrderOf(e) is { } order)
            {
                orderIds.Add(order);
            }
        }

        var payments = await documents.Load<PaymentView, Guid>(paymentIds, cancellationToken);
        orderIds.UnionWith(payments.Values.Select(p => p.Order));
        var orders = await documents.Load<OrderView, Guid>(orderIds, cancellationToken);
        var (paymentsThere, ordersThere) = (payments.Keys.ToHashSet(), orders.Keys.ToHashSet());
        var entries = new List<LedgerEntry>();
        foreach (var e in batch)
        {
            if (PaymentOf(e) is { } id)
            {
                var payment = payments[id] = PaymentView.Apply(payments.GetValueOrDefault(id), e);
                if (LedgerEntry.Of(payment, e) is { } entry)
                {
                    entries.Add(entry);
                }

                orders[payment.Order] = OrderFold.Apply(Known(payment.Order), payment);
            }
            else if (OrderOf(e) is { } order)
            {
                orders[order] = e.Event switch
                {
                    OrderEvent x => OrderFold.Apply(Known(order), x, e),
                    StockEvent x => OrderFold.Apply(Known(order), x, e),
                    FulfilmentEvent x => OrderFold.Apply(Known(order), x, e),
                    _ => throw new UnreachableException($"{e.Event.GetType()} names no order."),
                };
            }
        }

        changes.Store<PaymentView, Guid>(payments.Values, paymentsThere.Contains);
        changes.Store<OrderView, Guid>(orders.Values, ordersThere.Contains);
        _ledger.Write(changes, entries);

        OrderView Known(Guid order) => orders.GetValueOrDefault(order) ?? new OrderView { Id = order };
    }

    static Guid? PaymentOf(ProjectedEvent e) => e.Event is PaymentEvent ? PaymentId.Parse(e.Recorded.Stream.IdSpan()).Value : null;

    /// <summary>Of what the fulfilment notes only its end shows.</summary>
    public bool Reads(RecordedEvent recorded) =>
        Filter.Matches(recorded.Stream) && (recorded.Type == UndoneType || !recorded.Stream.Value.StartsWith(FulfilmentPrefix, StringComparison.Ordinal));

    static Guid? OrderOf(ProjectedEvent e) => e.Event switch
    {
        OrderEvent => OrderId.Parse(e.Recorded.Stream.IdSpan()).Value,
        FulfilmentEvent.Undone => OrderId.Parse(e.Recorded.Stream.IdSpan()).Value,
        PaymentEvent.Requested x => x.Order.Value,
        StockEvent x => ServedOrder.Of(x)?.Value,
        _ => null,
    };
}
