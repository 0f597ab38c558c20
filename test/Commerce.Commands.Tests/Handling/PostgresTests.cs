using Commerce.Commands.EventLog.Postgres;
using Commerce.Commands.Handling;
using Commerce.Domain.Inventory;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using static Commerce.Commands.Tests.Handling.StockRoom;

namespace Commerce.Commands.Tests.Handling;

public sealed class PostgresTests
{
    [Test]
    public async Task A_thousand_buyers_at_two_nodes_get_exactly_the_hundred_units_that_PostgreSQL_holds()
    {
        await using var database = await PostgresForTests.CreateDatabase();
        var options = new PostgresEventLogOptions { ConnectionString = database.ConnectionString };
        await using var log = await PostgresEventLog.Open(options, TimeProvider.System, NullLogger<PostgresEventLog>.Instance, CancellationToken.None);
        await using var left = new CommandProcessor(log, TimeProvider.System);
        await using var right = new CommandProcessor(log, TimeProvider.System);
        Task<CommandOutcome> Do(CommandProcessor node, StockCommand command, string id) =>
            node.Handle(Stock.Decider, Shirt, command, new CommandContext("test") { CommandId = id }, CancellationToken.None);
        await Do(left, Receive(100), "delivery");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(n => Task.Run(() => Do(n % 2 == 0 ? left : right, Reserve(n), $"claim-{n}"))));

        Assert.That(outcomes.Count(o => o is CommandOutcome.Accepted), Is.EqualTo(100));
        Assert.That(outcomes.Count(o => o is CommandOutcome.Rejected), Is.EqualTo(900));
        var buyer = Array.FindIndex(outcomes, o => o is CommandOutcome.Accepted);
        var repeat = await Do(buyer % 2 == 0 ? right : left, Reserve(buyer), $"claim-{buyer}");
        Assert.That(repeat, Is.InstanceOf<CommandOutcome.Accepted>().With.Property("Replayed").True.And.Property("Events").Count.EqualTo(1));
    }
}
