using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Testing.Logs;
using Commerce.Testing.Servers;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>A broker that is away when it is wanted: orders are taken, and fulfilled once it is there.</summary>
[TestFixture]
public sealed class BrokerRestartTests
{
    RabbitMqServer? _started;

    RabbitMqServer Broker => _started ?? throw new InvalidOperationException("Not started.");

    [OneTimeSetUp]
    public async Task StartBroker() => _started = await RabbitMqForTests.StartAnother();

    [SetUp]
    public Task BrokerRuns() => Broker.Start();

    [OneTimeTearDown]
    public async Task StopBroker()
    {
        if (_started is not null)
        {
            await _started.DisposeAsync();
        }
    }

    [Test]
    public async Task Orders_taken_while_the_broker_is_away_are_fulfilled_when_it_is_back()
    {
        await using var shop = await Shop.On(LogEngine.InMemory, ShortPauses.Options(Broker.Uri));
        await shop.Receive("mug", 100);
        await shop.Start();
        var ids = new List<OrderId>();
        for (var n = 0; n < 30; n++)
        {
            ids.Add(await shop.Place(null, ("mug", 1)));
            if (n == 10)
            {
                await shop.Settles(ids[0], FulfilmentPhase.Confirmed);
                await Broker.Kill();
            }
        }

        await Broker.Start();
        foreach (var id in ids)
        {
            await shop.Settles(id, FulfilmentPhase.Confirmed);
        }

        Assert.That(((await shop.StockOf("mug")).Available, shop.Provider.Books.Count, shop.Letters.Letters.Count), Is.EqualTo((70, 30, 0)));
    }

    [Test]
    public async Task A_process_that_starts_before_its_broker_waits_for_it()
    {
        await Broker.Stop();
        await using var shop = await Shop.On(LogEngine.InMemory, ShortPauses.Options(Broker.Uri));
        await shop.Receive("mug", 10);
        await shop.Start();
        var id = await shop.Place(null, ("mug", 1));
        await Broker.Start();
        await shop.Settles(id, FulfilmentPhase.Confirmed);
    }

    [Test]
    public async Task Messages_that_two_processes_hold_when_their_broker_dies_are_handled_all_the_same()
    {
        await using var shop = await Shop.On(LogEngine.InMemory, ShortPauses.Options(Broker.Uri));
        await shop.Receive("mug", 10_000);
        const int Orders = 300;
        const int TakenBeforeDeath = 200;
        shop.Provider.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await shop.Start();
        await shop.Start();
        var ids = new List<OrderId>();
        for (var n = 0; n < Orders; n++)
        {
            ids.Add(await shop.Place(null, ("mug", 1)));
            if (n == TakenBeforeDeath)
            {
                await Broker.Kill();
                shop.Provider.Gate.SetResult();
            }
        }

        await Broker.Start();
        foreach (var id in ids)
        {
            await shop.Settles(id, FulfilmentPhase.Confirmed);
        }

        Assert.That((shop.Provider.Books.Count, shop.Letters.Letters.Count), Is.EqualTo((Orders, 0)));
    }
}
