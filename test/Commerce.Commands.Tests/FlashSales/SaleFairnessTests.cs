using Commerce.Commands.EventLog;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Commands.Tests.FlashSales;

/// <summary>Two nodes, each with connections of its own to one log, take the claims of one sale at once: none starves.</summary>
[NonParallelizable]
public sealed class SaleFairnessTests
{
    const int CallersOfNode = 32;
    const int ClaimsOfNode = 2_000;

    static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    readonly FlashSaleId _sale = new(Guid.CreateVersion7());

    [Test]
    public async Task Each_node_goes_on_taking_claims_within_its_rounds_however_busy_the_other_is()
    {
        await using var database = await PostgresForTests.CreateDatabase();
        await using var left = await Node.Open(database);
        await using var right = await Node.Open(database);
        await Do(left, new FlashSaleCommand.Announce(Noon, _sale, Sku.Of("MUG"), "Mug", ClaimsOfNode * 2, new Money(1, Currency.Of("GBP")), Noon, Noon.AddHours(1), 1, 15));
        await Do(left, new FlashSaleCommand.Stock([new(LocationId.Of("main"), ClaimsOfNode * 2)]));

        // Nobody is told to come back, which is what becomes of claims that lose every race.
        await Task.WhenAll(Task.Run(() => Sell(left, "left")), Task.Run(() => Sell(right, "right")));

        var sale = await left.Commands.Load(FlashSale.Decider, FlashSale.StreamOf(_sale), default);
        Assert.That((sale.State.Claims, sale.State.Remaining), Is.EqualTo((ClaimsOfNode * 2, 0)));
    }

    Task Sell(Node node, string name)
    {
        var claimed = 0;
        return Task.WhenAll(Enumerable.Range(0, CallersOfNode).Select(async _ =>
        {
            while (Interlocked.Increment(ref claimed) is var n && n <= ClaimsOfNode)
            {
                await Do(node, new FlashSaleCommand.Claim(Noon, new OrderId(Uuid.FromName(_sale.Value, $"{name}/{n}")), CustomerId.Of($"{name}-{n}"), 1, null));
            }
        }));
    }

    async Task Do(Node node, FlashSaleCommand command) =>
        Assert.That(await node.Commands.Handle(FlashSale.Decider, FlashSale.StreamOf(_sale), command, new("test"), default), Is.InstanceOf<CommandOutcome.Accepted>());

    sealed class Node(OpenedEventLog log) : IAsyncDisposable
    {
        public CommandProcessor Commands { get; } = new(log.Log, TimeProvider.System);

        public static async Task<Node> Open(TestDatabase database) =>
            new(await EventLogs.Open(EventLogLocation.OfPostgres(database.ConnectionString), null, TimeProvider.System, NullLoggerFactory.Instance, default));

        public async ValueTask DisposeAsync()
        {
            await Commands.DisposeAsync();
            await log.DisposeAsync();
        }
    }
}
