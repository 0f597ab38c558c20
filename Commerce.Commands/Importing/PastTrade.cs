using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Importing;

/// <summary>Past trade in the words of live trade: the commands that would have been given, had Commerce been there.</summary>
static class PastTrade
{
    /// <summary>Where past trade was kept: the location that live trade serves first.</summary>
    public static readonly LocationId Location = FulfilmentPolicy.Default.Locations[0];

    /// <summary>Registered at first sight. A product that is in the catalogue stays as it is: what it cost in the past is no reason to change what it costs now.</summary>
    public static IEnumerable<ProductCommand> Offer(Sku sku, PlannedProduct planned, Product product) =>
        product.IsRegistered ? [] : [new ProductCommand.Register(sku, planned.Name, planned.Price)];

    /// <summary>Placed, confirmed, shipped whole and completed.</summary>
    public static OrderCommand[] Sell(PlannedOrder o) =>
    [
        o.Place, new OrderCommand.Confirm(), new OrderCommand.Ship(ImportIds.Shipment(o.Place.Order), []), new OrderCommand.Complete(),
    ];

    /// <summary>Goods come back.</summary>
    public static OrderCommand[] TakeBack(PlannedReturn r) => [new OrderCommand.Return(IdOf(r), r.Lines, $"cancellation {r.Occasion.Invoice}")];

    /// <summary>Authorised and captured whole. What costs nothing is not paid.</summary>
    public static PaymentCommand[] Pay(PlannedOrder o)
    {
        var (order, capture, reference) = (o.Place.Order, ImportIds.Capture(o.Place.Order), ReferenceOf(o.Occasion));
        return o.Total.Amount == 0 ? [] :
        [
            new PaymentCommand.Request(order, o.Total, Token: null, Until: null),
            new PaymentCommand.Authorise(reference),
            new PaymentCommand.RequestCapture(capture, o.Total),
            new PaymentCommand.Capture(capture, reference),
        ];
    }

    /// <summary>Money goes back.</summary>
    public static PaymentCommand[] Refund(PlannedReturn r) => r.Amount.Amount == 0 ? [] :
        [new PaymentCommand.RequestRefund(IdOf(r), r.Amount), new PaymentCommand.Refund(IdOf(r), ReferenceOf(r.Occasion))];

    /// <summary>What the order's fulfilment has to know, so that a later return through the API finds its way.</summary>
    public static FulfilmentEvent[] Fulfil(PlannedOrder o) =>
        [new FulfilmentEvent.Imported(o.Place.Order, [.. o.Place.Lines.Select((l, n) => new FulfilmentLine(n + 1, l.Sku, l.Quantity))], o.Total, Location)];

    /// <summary>What the order's fulfilment has to know of a return: all is done already.</summary>
    public static FulfilmentEvent[] Settle(PlannedReturn r)
    {
        var id = IdOf(r);
        FulfilmentEvent[] goods = [new FulfilmentEvent.ReturnNoted(id, r.Lines, r.Amount), new FulfilmentEvent.StockReturned(id)];
        return r.Amount.Amount == 0 ? goods : [.. goods, new FulfilmentEvent.RefundRequested(id), new FulfilmentEvent.PaymentRefunded(id)];
    }

    /// <summary>Units that must be there before, so that none of these movements fails.</summary>
    public static int Missing(Stock stock, IEnumerable<StockCommand> moves)
    {
        var (available, lowest) = (stock.Available, 0);
        foreach (var move in moves)
        {
            available += move switch
            {
                StockCommand.Reserve c => -c.Quantity,
                StockCommand.WriteOff c => -c.Quantity,
                StockCommand.Return c => c.Quantity,
                StockCommand.Receive c => c.Quantity,
                _ => 0,
            };
            lowest = Math.Min(lowest, available);
        }

        return -lowest;
    }

    static Guid IdOf(PlannedReturn r) => ImportIds.Return(r.Occasion.Invoice, r.Order);

    static string ReferenceOf(Occasion occasion) => $"import/{occasion.Invoice}";
}
