using System.Collections.Concurrent;
using System.Collections.Immutable;
using Commerce.Commands.FlashSales;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Testing.Logs;

namespace Commerce.Commands.Tests.FlashSales;

/// <summary>A sale that is spread over streams, at two nodes: it sells each unit once, wherever its customers come, and nothing is lost between two shards.</summary>
[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class SaleShardsTests(LogEngine engine)
{
    const int Shards = 4;
    const int PerCustomer = 2;

    static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    static readonly CommandContext Context = new("test");
    static readonly Sku Mug = Sku.Of("MUG");
    static readonly LocationId Main = LocationId.Of("main");

    FlashSaleId _sale;
    LogForTests _log;
    CommandProcessor _left;
    CommandProcessor _right;

    [SetUp]
    public async Task Open()
    {
        (_sale, _log) = (new(Guid.CreateVersion7()), await LogForTests.Open(engine));
        (_left, _right) = (new(_log.Log, TimeProvider.System), new(_log.Log, TimeProvider.System));
    }

    [TearDown]
    public async Task Close()
    {
        await _left.DisposeAsync();
        await _right.DisposeAsync();
        await _log.DisposeAsync();
    }

    [Test]
    public async Task Every_unit_is_sold_once_and_nobody_is_told_that_all_is_sold_before_it_is()
    {
        const int units = 90;
        await Announce(units);
        FlashSaleShards[] nodes = [new(_left, _log.Log), new(_right, _log.Log)];

        // All of one shard's customers: three quarters of what they buy has to come from the others.
        var customers = Enumerable.Range(0, 10_000).Select(n => $"c-{n}").Where(c => SaleShard.For(CustomerId.Of(c), Shards).Number == 1).Take(units + 20).ToList();
        var sold = new ConcurrentDictionary<OrderId, byte>();
        await Task.WhenAll(customers.Select((c, n) => Task.Run(async () =>
        {
            if (await Claim(nodes[n % 2], c, 1) is CommandOutcome.Accepted { Events: [FlashSaleEvent.Claimed made] })
            {
                sold.TryAdd(made.Claim, 0);
            }
        })));

        // Two nodes may take what the other fetched: who was sent away comes again.
        foreach (var c in customers)
        {
            if (await Claim(nodes[0], c, 1) is CommandOutcome.Accepted { Events: [FlashSaleEvent.Claimed made] })
            {
                sold.TryAdd(made.Claim, 0);
            }
        }

        var states = await States();
        Assert.That(sold, Has.Count.EqualTo(units));
        Assert.That((states.Sum(s => s.Claimed), states.Sum(s => s.Remaining), states[1].Claimed), Is.EqualTo((units, 0, units)));
    }

    [Test]
    public async Task The_limit_of_a_customer_holds_over_all_shards()
    {
        await Announce(40);
        var node = new FlashSaleShards(_left, _log.Log);
        foreach (var n in Enumerable.Range(0, 10))
        {
            Assert.That(new[] { await Claim(node, $"c-{n}", 1), await Claim(node, $"c-{n}", 2) }, Has.All.InstanceOf<CommandOutcome.Accepted>());
            Assert.That((await Claim(node, $"c-{n}", 3) as CommandOutcome.Rejected)?.Rejection.Code, Is.EqualTo("limit-reached"));
        }
    }

    [Test]
    public async Task What_was_given_when_a_process_died_arrives_by_its_message_once_however_often_that_comes()
    {
        await Announce(8);
        var given = (await _left.Handle(FlashSale.Decider, SaleShard.StreamOf(_sale, 0), new FlashSaleCommand.GiveUnits(3, 1), Context, default) as CommandOutcome.Accepted)?.Events[0] as FlashSaleEvent.UnitsGiven
            ?? throw new AssertionException("Nothing was given.");
        Assert.That((await States()).Sum(s => s.Remaining), Is.EqualTo(8 - given.Quantity), "They are on their way.");

        foreach (var node in new[] { _left, _right, _left })
        {
            Assert.That(await new FlashSaleShards(node, _log.Log).Take(given, Context, TimeProvider.System, default), Is.Null);
        }

        var states = await States();
        Assert.That((states.Sum(s => s.Remaining), states[3].Remaining), Is.EqualTo((8, 2 + given.Quantity)));
    }

    [Test]
    public async Task What_arrives_after_the_end_goes_back_to_stock()
    {
        await Announce(8);
        await _left.Handle(FlashSale.Decider, SaleShard.StreamOf(_sale, 0), new FlashSaleCommand.GiveUnits(3, 1), Context, default);
        var node = new FlashSaleShards(_right, _log.Log);
        Assert.That(await node.Close(_sale, Context, default), Is.InstanceOf<CommandOutcome.Accepted>());
        Assert.That(await Claim(node, "ann", 1), Is.InstanceOf<CommandOutcome.Rejected>());

        await node.Take(new(_sale, 0, 3, 1, Main, 1), Context, TimeProvider.System, default);
        var states = await States();
        Assert.That((states.Sum(s => s.GivenBack), states.Sum(s => s.Remaining), states.All(s => s.IsClosed)), Is.EqualTo((8, 0, true)));
    }

    [Test]
    public async Task Announcing_that_was_cut_short_is_finished_by_whoever_goes_on()
    {
        await _left.Handle(Stock.Decider, Stock.StreamOf(Mug, Main), new StockCommand.Receive(9, "delivery"), Context, default);
        var announced = await AnnounceFirst(9);
        foreach (var node in new[] { _left, _right, _right })
        {
            await Stocker(node).Give(announced, Context, default);
        }

        var states = await States();
        Assert.That(states.Select(s => s.Units), Is.EqualTo([3, 2, 2, 2]));
        Assert.That(states.Select(s => s.Shard), Is.EqualTo(Enumerable.Range(0, Shards).Select(n => new SaleShard(n, Shards))));
    }

    async Task Announce(int units)
    {
        await _left.Handle(Stock.Decider, Stock.StreamOf(Mug, Main), new StockCommand.Receive(units, "delivery"), Context, default);
        await Stocker(_left).Give(await AnnounceFirst(units), Context, default);
    }

    async Task<FlashSaleEvent.Announced> AnnounceFirst(int units)
    {
        var command = new FlashSaleCommand.Announce(Noon, _sale, Mug, "Mug", units, new Money(1, Currency.Of("GBP")), Noon, Noon.AddHours(1), PerCustomer, 15) { Shard = new(0, Shards) };
        var outcome = await _left.Handle(FlashSale.Decider, FlashSale.StreamOf(_sale), command, Context, default);
        return (outcome as CommandOutcome.Accepted)?.Events[0] as FlashSaleEvent.Announced ?? throw new AssertionException($"{outcome}");
    }

    FlashSaleStocker Stocker(CommandProcessor node) => new(node, new FlashSaleShards(node, _log.Log), FulfilmentPolicy.Default, TimeProvider.System);

    async Task<CommandOutcome> Claim(FlashSaleShards node, string customer, int n)
    {
        var shard = SaleShard.For(CustomerId.Of(customer), Shards);
        var claim = new FlashSaleCommand.Claim(Noon, shard.ClaimOf(Uuid.FromName(_sale.Value, $"{customer}/{n}")), CustomerId.Of(customer), 1, null);
        return await node.Claim(_sale, shard, claim, Context, default);
    }

    async Task<ImmutableArray<FlashSale>> States() =>
        [.. (await Task.WhenAll(Enumerable.Range(0, Shards).Select(n => _left.Load(FlashSale.Decider, SaleShard.StreamOf(_sale, n), default)))).Select(l => l.State)];
}
