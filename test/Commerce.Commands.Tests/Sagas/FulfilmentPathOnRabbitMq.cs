using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Orders;
using Commerce.Testing.Logs;
using Commerce.Testing.Servers;

namespace Commerce.Commands.Tests.Sagas;

[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class FulfilmentPathOnRabbitMq(LogEngine engine) : FulfilmentPath(engine)
{
    private protected override async Task<SagaOptions> Options() => ShortPauses.Options((await RabbitMqForTests.Server()).Uri);

    [Test]
    public async Task Two_nodes_that_both_relay_everything_fulfil_every_order_once()
    {
        await Store.Receive("bowl", 40);
        await Store.Start();
        var ids = new List<OrderId>();
        for (var n = 0; n < 40; n++)
        {
            ids.Add(await Store.Place(null, ("bowl", 1)));
        }

        foreach (var id in ids.Take(10))
        {
            await Store.Ask(id, new OrderCommand.Cancel("changed my mind"));
        }

        foreach (var (n, id) in ids.Index())
        {
            await Store.Settles(id, n < 10 ? FulfilmentPhase.Undone : FulfilmentPhase.Confirmed);
        }

        Assert.That(((await Store.StockOf("bowl")).Available, Store.Letters.Letters.Count), Is.EqualTo((10, 0)));
        Assert.That(Store.Provider.Books.Count(b => b.Kind == "authorise") - Store.Provider.Books.Count(b => b.Kind == "void"), Is.EqualTo(30));
    }
}
