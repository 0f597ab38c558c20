using Commerce.Domain.Inventory;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests;

public sealed class StockViewTests
{
    [Test]
    public async Task Stock_shows_where_every_unit_is()
    {
        await using var world = await ReadModelWorld.Create();
        await world.Append(
            StockStream("CUP"),
            new StockEvent.Received(10, "delivery"),
            Reserved(1, 4),
            Reserved(2, 3),
            new StockEvent.Shipped(OrderNumber(1), 4, null),
            new StockEvent.Returned(OrderNumber(1), 1, null),
            new StockEvent.Released(OrderNumber(2), 1, ReleaseReason.Expired),
            new StockEvent.WrittenOff(2, "broken"));
        await world.Project();

        var stock = (await world.Store.Load<StockView, string>(["CUP@main"], CancellationToken.None)).Single();

        Assert.That(stock, Is.EqualTo(new StockView
        {
            Id = "CUP@main", Sku = "CUP", Location = "main",
            OnHand = 5, Reserved = 2, Available = 3, Received = 10, Shipped = 4, Returned = 1, WrittenOff = 2, Revision = 6, Position = 7,
        }));
    }
}
