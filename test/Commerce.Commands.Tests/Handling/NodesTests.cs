using Commerce.Commands.Handling;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Testing.Logs;
using static Commerce.Commands.Tests.Handling.StockRoom;

namespace Commerce.Commands.Tests.Handling;

/// <summary>Two nodes on one log of a real engine: what an engine's own positions, revisions and repeats make of races.</summary>
[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class NodesTests(LogEngine engine)
{
    LogForTests _opened;
    CommandProcessor _left;
    CommandProcessor _right;

    [SetUp]
    public async Task Open()
    {
        _opened = await LogForTests.Open(engine);
        (_left, _right) = (new(_opened.Log, TimeProvider.System), new(_opened.Log, TimeProvider.System));
    }

    [TearDown]
    public async Task Close()
    {
        await _left.DisposeAsync();
        await _right.DisposeAsync();
        await _opened.DisposeAsync();
    }

    [Test]
    public async Task A_thousand_buyers_at_two_nodes_get_exactly_the_hundred_units_that_the_log_holds()
    {
        await Do(_left, Receive(100), "delivery");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(n => Task.Run(() => Do(n % 2 == 0 ? _left : _right, Reserve(n), $"claim-{n}"))));

        Assert.That(outcomes.Count(o => o is CommandOutcome.Accepted), Is.EqualTo(100));
        Assert.That(outcomes.Count(o => o is CommandOutcome.Rejected), Is.EqualTo(900));
        var buyer = Array.FindIndex(outcomes, o => o is CommandOutcome.Accepted);
        var repeat = await Do(buyer % 2 == 0 ? _right : _left, Reserve(buyer), $"claim-{buyer}");
        Assert.That(repeat, Is.InstanceOf<CommandOutcome.Accepted>().With.Property("Replayed").True.And.Property("Events").Count.EqualTo(1));
    }

    [Test]
    public async Task A_lost_race_is_decided_anew_on_what_the_winner_wrote()
    {
        await Do(_left, Receive(1), "delivery");
        await Do(_right, Reserve(1), "right");

        AssertOutOfStock(await Do(_left, Reserve(2), "left"), available: 0);
    }

    [Test]
    public async Task Where_a_command_says_that_it_stands_readers_find_it_and_a_repeat_at_another_node_says_the_same()
    {
        var told = new List<(long Revision, LogPosition Position)>();
        for (var n = 0; n < 5; n++)
        {
            var done = Accepted(await Do(_left, Receive(n + 1), $"{n}"));
            told.Add((done.Revision, done.Position));
        }

        var read = new List<(long Revision, LogPosition Position)>();
        await foreach (var e in _opened.Log.ReadAll(LogPosition.Start, StreamFilter.Categories("stock"), int.MaxValue, default))
        {
            read.Add((e.Revision, e.Position));
        }

        Assert.That(told, Is.EqualTo(read));
        foreach (var (n, there) in told.Index())
        {
            var again = Accepted(await Do(_right, Receive(n + 1), $"{n}"));
            Assert.That((again.Replayed, again.Revision, again.Position), Is.EqualTo((true, there.Revision, there.Position)));
        }
    }

    static CommandOutcome.Accepted Accepted(CommandOutcome outcome) => outcome as CommandOutcome.Accepted ?? throw new AssertionException($"{outcome}");

    static Task<CommandOutcome> Do(CommandProcessor node, StockCommand command, string id) =>
        node.Handle(Stock.Decider, Shirt, command, new CommandContext("test") { CommandId = id }, CancellationToken.None);
}
