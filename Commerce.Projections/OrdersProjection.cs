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
sealed class OrdersProjection(IDocumentStore store, string schema) : IProjection
{
    public string Name => ProjectionNames.Orders;

    public int Version => 1;

    public StreamFilter Filter { get; } = StreamFilter.Categories("order", "payment", "stock", "fulfilment");

    public ProjectionTables Tables { get; } = ProjectionTables.Documents(schema, typeof(OrderView), typeof(PaymentView));

    public async Task Project(IReadOnlyList<ProjectedEvent> batch, DocumentChanges changes, CancellationToken cancellationToken)
    {
        var payments = await ProjectPayments(batch, cancellationToken);
        var orders = await DocumentFold.Load<OrderView, Guid>(
            store, [.. batch.Select(OrderOf).OfType<Guid>().Concat(payments.Values.Select(p => p.Order)).Distinct()], cancellationToken);
        var touched = new HashSet<Guid>();
        foreach (var e in batch)
        {
            if (OrderOf(e) is { } id)
            {
                var order = orders.GetValueOrDefault(id) ?? new OrderView { Id = id };
                orders[id] = e.Event switch
                {
                    OrderEvent x => OrderFold.Apply(order, x, e),
                    StockEvent x => OrderFold.Apply(order, x, e),
                    FulfilmentEvent.Undone => order with { IsUndone = true, Position = e.Position },
                    _ => order,
                };
                touched.Add(id);
            }
        }

        foreach (var payment in payments.Values)
        {
            orders[payment.Order] = OrderFold.Apply(orders.GetValueOrDefault(payment.Order) ?? new OrderView { Id = payment.Order }, payment);
            touched.Add(payment.Order);
        }

        changes.Store<PaymentView, Guid>([.. payments.Values]);
        changes.Store<OrderView, Guid>([.. touched.Select(id => orders[id])]);
    }

    async Task<Dictionary<Guid, PaymentView>> ProjectPayments(IReadOnlyList<ProjectedEvent> batch, CancellationToken cancellationToken)
    {
        var events = batch.Where(e => e.Event is PaymentEvent).ToLookup(e => PaymentId.Parse(e.Recorded.Stream.Id, null).Value);
        var payments = await DocumentFold.Load<PaymentView, Guid>(store, [.. events.Select(e => e.Key)], cancellationToken);
        foreach (var stream in events)
        {
            payments[stream.Key] = stream.Aggregate(payments.GetValueOrDefault(stream.Key), PaymentView.Apply)
                ?? throw new InvalidOperationException("A group has an element.");
        }

        return payments;
    }

    // Of the saga's story only its undoing shows.
    static Guid? OrderOf(ProjectedEvent e) => e.Event switch
    {
        OrderEvent => OrderId.Parse(e.Recorded.Stream.Id, null).Value,
        FulfilmentEvent.Undone => OrderId.Parse(e.Recorded.Stream.Id, null).Value,
        StockEvent x => ServedOrder.Of(x)?.Value,
        _ => null,
    };
}
