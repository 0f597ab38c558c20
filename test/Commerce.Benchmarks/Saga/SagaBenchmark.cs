using Commerce.Api.Sandbox;
using Commerce.Testing.Servers;

namespace Commerce.Benchmarks.Saga;

/// <summary>
/// Orders from placed to confirmed without HTTP: the product's durable path beside a MassTransit state machine that keeps its instances in
/// memory and has no log, each over RabbitMQ and over MassTransit's transport in memory. Clients place an order and wait for its confirmation.
/// </summary>
static class SagaBenchmark
{
    /// <summary>Times what it takes: later than that it never comes.</summary>
    static readonly TimeSpan ConfirmedWithinMax = TimeSpan.FromSeconds(120);

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await using var broker = await Broker(cancellationToken);
        await using var sandbox = await SandboxProvider.Start(new(), TimeProvider.System, cancellationToken);
        bench.Report.Setting($"{bench.Sizes.SagaClients} clients in this process where no other number is given; two lines an order of {SagaWish.Products} products, or one line of one product; rounds of {bench.Sizes.SagaRound.TotalSeconds} s");
        bench.Report.Setting($"the bare machine: four messages an order, instances in memory, no log; durable: every event on disk in PostgreSQL before it is acted on");

        var shops = new List<ISagaShop>();
        try
        {
            async Task<ISagaShop> Bare(Uri? bus) => Opened(await BareSaga.Start(bus, cancellationToken));
            async Task<ISagaShop> Durable(Uri? bus, Uri? provider = null) =>
                Opened(await DurableSaga.Start(await bench.Server.CreateDatabase(cancellationToken), bus, provider, cancellationToken));
            ISagaShop Opened(ISagaShop shop)
            {
                shops.Add(shop);
                return shop;
            }

            Func<Task<Round>> Ordering(ISagaShop shop, bool isHot = false, int? clients = null) =>
                () => Place(shop, isHot, clients ?? bench.Sizes.SagaClients, bench, broker.ProcessId, cancellationToken);

            var (bare, durable) = (await Bare(broker.NewVirtualHost()), await Durable(broker.NewVirtualHost()));
            var rounds = await Round.InTurn(
                bench.Sizes.Rounds,
                bench.Sizes.WarmUps,
                Ordering(bare),
                Ordering(durable),
                Ordering(await Durable(broker.NewVirtualHost()), isHot: true),
                Ordering(await Durable(broker.NewVirtualHost(), sandbox.Address)),
                Ordering(bare, clients: bench.Sizes.SagaClientsMany),
                Ordering(durable, clients: bench.Sizes.SagaClientsMany),
                Ordering(await Bare(null)),
                Ordering(await Durable(null)),
                Ordering(await Durable(null, sandbox.Address)));
            bench.Report.Add("RabbitMQ: bare state machine, in memory, not durable", "order", rounds[0]);
            bench.Report.Add("RabbitMQ: durable, payment at once", "order", rounds[1], rounds[0]);
            bench.Report.Add("RabbitMQ: durable, one hot product, payment at once", "order", rounds[2], rounds[0]);
            bench.Report.Add("RabbitMQ: durable, payment over HTTP", "order", rounds[3], rounds[0]);
            bench.Report.Add($"RabbitMQ: bare, {bench.Sizes.SagaClientsMany} clients", "order", rounds[4]);
            bench.Report.Add($"RabbitMQ: durable, {bench.Sizes.SagaClientsMany} clients, payment at once", "order", rounds[5], rounds[4]);
            bench.Report.Add("in memory: bare state machine, not durable", "order", rounds[6]);
            bench.Report.Add("in memory: durable, payment at once", "order", rounds[7], rounds[6]);
            bench.Report.Add("in memory: durable, payment over HTTP", "order", rounds[8], rounds[6]);
            foreach (var shop in shops)
            {
                await shop.Check(cancellationToken);
            }
        }
        finally
        {
            foreach (var shop in shops)
            {
                await shop.DisposeAsync();
            }
        }
    }

    static async Task<RabbitMqServer> Broker(CancellationToken cancellationToken)
    {
        try
        {
            return await RabbitMqForTests.StartAnother(cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            throw new BenchmarkFailedException(e.Message);
        }
    }

    static async Task<Round> Place(ISagaShop shop, bool isHot, int clients, Bench bench, int? broker, CancellationToken cancellationToken)
    {
        var wishes = Enumerable.Range(0, clients).Select(client => SagaWish.Drawn(bench.Sizes.Seed, client, isHot)).ToArray();
        var before = ProcessorTime.Now(bench.Server.ProcessId, broker);
        var round = await Round.Run(clients, bench.Sizes.SagaRound, long.MaxValue, 1, client =>
            shop.Order(wishes[client](), cancellationToken).WaitAsync(ConfirmedWithinMax, cancellationToken));
        return round with { Processor = ProcessorTime.Now(bench.Server.ProcessId, broker) - before };
    }
}
