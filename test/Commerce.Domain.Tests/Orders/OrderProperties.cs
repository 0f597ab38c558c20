using Commerce.Domain.Orders;
using Commerce.Domain.Tests.Spec;
using FsCheck;
using FsCheck.Fluent;

namespace Commerce.Domain.Tests.Orders;

/// <summary>Whatever is asked of an order, in whatever order.</summary>
[FsCheck.NUnit.Properties(Arbitrary = [typeof(OrderProperties)], MaxTest = 500, Replay = "20101201,7")]
public sealed class OrderProperties
{
    static readonly Currency[] Currencies = [Currency.Of("GBP"), Currency.Of("JPY"), Currency.Of("BHD")];
    static readonly Guid[] Ids = [.. Enumerable.Range(1, 12).Select(n => new Guid(n, 0, 0, new byte[8]))];

    [FsCheck.NUnit.Property]
    public void Lines_keep_their_bounds_and_prices_add_up_however_the_order_is_split(OrderCommand.Place place, OrderCommand[] commands)
    {
        var order = Order.None;
        var (due, owed) = (0m, 0m);
        foreach (var command in commands.Prepend(new OrderCommand.Confirm()).Prepend(place))
        {
            if (Order.Decide(command, order).Events is not [var @event])
            {
                continue;
            }

            order = Order.Evolve(order, @event);
            due += @event is OrderEvent.Shipped s ? s.Amount.Amount : 0;
            owed += @event is OrderEvent.Returned r ? r.Amount.Amount : 0;

            Assert.That(order.Lines.Values.All(l => 0 <= l.Returned && l.Returned <= l.Shipped && l.Shipped <= l.Line.Quantity - l.Cancelled));
            Assert.That(due, Is.EqualTo(order.Lines.Values.Sum(l => Rounded(l.Line.UnitPrice, l.Shipped))));
            Assert.That(owed, Is.EqualTo(order.Lines.Values.Sum(l => Rounded(l.Line.UnitPrice, l.Returned))));
            Assert.That(owed, Is.LessThanOrEqualTo(due));
            Assert.That(order.Lines.Values.Any(l => l.ToShip > 0) || order.IsRestCancelled || due == order.Total.Amount);
            Assert.That(order.Status, Is.AnyOf(Expected(order)));
        }
    }

    [FsCheck.NUnit.Property]
    public void Replaying_the_log_gives_the_state_that_deciding_gave(OrderCommand.Place place, OrderCommand[] commands) =>
        Replaying.GivesTheSame(Order.Decider, commands.Prepend(new OrderCommand.Confirm()).Prepend(place));

    public static Arbitrary<OrderCommand.Place> Places() => (
        from currency in Gen.Elements(Currencies)
        from lines in Lines(currency).ListOf().Where(l => l.Count > 0)
        select new OrderCommand.Place(OrderWords.Id, 7, currency, null, "EIRE", null, OrderOrigin.Client, [.. lines])).ToArbitrary();

    public static Arbitrary<OrderCommand> Commands()
    {
        var id = Gen.Elements(Ids);
        var lines = Gen.Frequency(
            (1, Gen.Constant<List<LineQuantity>>([])),
            (6, Gen.Choose(1, 4).SelectMany(_ => Gen.Choose(0, 3), (line, quantity) => new LineQuantity(line, quantity)).ListOf().Select(l => l.Take(3).ToList())));
        return Gen.Frequency(
            (9, id.SelectMany(_ => lines, OrderCommand (i, l) => new OrderCommand.Ship(i, [.. l]))),
            (6, id.SelectMany(_ => lines, OrderCommand (i, l) => new OrderCommand.Return(i, [.. l], "broken"))),
            (2, Gen.Constant<OrderCommand>(new OrderCommand.Complete())),
            (1, Gen.Elements(OrderWords.Cancel, OrderWords.CancelRest, OrderWords.Confirm, OrderWords.Reject))).ToArbitrary();
    }

    static Gen<OrderLine> Lines(Currency currency) =>
        from quantity in Gen.Choose(1, 7)
        from tenThousandths in Gen.Choose(0, 29_999)
        select new OrderLine(1, Sku.Of("mug"), "Mug", quantity, new(tenThousandths / 10_000m, currency));

    static decimal Rounded(Money price, int quantity) => Math.Round(price.Amount * quantity, price.Currency.Decimals, MidpointRounding.AwayFromZero);

    // What the lines say must be what the status says.
    static OrderStatus[] Expected(Order order) => order.Lines.Values switch
    {
        var lines when lines.All(l => l.Returned == l.Line.Quantity - l.Cancelled) => [OrderStatus.Returned],
        var lines when lines.All(l => l.ToShip == 0) => [OrderStatus.Shipped, OrderStatus.Completed],
        var lines when lines.Any(l => l.Shipped > 0) => [OrderStatus.PartiallyShipped],
        _ => [OrderStatus.Placed, OrderStatus.Confirmed, OrderStatus.Cancelled, OrderStatus.Rejected],
    };
}
