using Commerce.Commands.EventLog.Postgres;
using Commerce.Commands.Handling;
using Commerce.Commands.Tests.Handling;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog.Postgres;

[TestFixture]
sealed class PostgresEventLogTurnTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    static readonly StreamName Hot = StreamName.For("hot", "1");

    [Test, CancelAfter(60_000)]
    public async Task Nodes_get_their_turns_in_the_order_in_which_they_ask(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create(Patient);
        await using var second = await LogDatabase.Node(Patient(database.ConnectionString));
        await using var third = await LogDatabase.Node(Patient(database.ConnectionString));

        var turn = await database.Log.TakeTurn(Hot, ct);
        var seconds = second.TakeTurn(Hot, ct);
        await database.TurnsAreWaitedFor(1, ct);
        var thirds = third.TakeTurn(Hot, ct);
        await database.TurnsAreWaitedFor(2, ct);

        await End(turn);
        await End(await seconds);
        await End(await thirds);
        Assert.That(turn, Is.Not.Null);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_turn_at_one_stream_keeps_nobody_from_another(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create(Patient);
        var turn = await database.Log.TakeTurn(Hot, ct);

        await End(await database.Log.TakeTurn(StreamName.For("hot", "2"), ct));
        await End(turn);
    }

    [Test, CancelAfter(60_000)]
    public async Task The_turn_of_a_node_that_is_gone_is_the_next_ones(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create(Patient);
        await using var second = await LogDatabase.Node(Patient(database.ConnectionString));
        var turn = await database.Log.TakeTurn(Hot, ct);
        var seconds = second.TakeTurn(Hot, ct);
        await database.TurnsAreWaitedFor(1, ct);

        await database.Execute($"select pg_terminate_backend(pid) from pg_locks where {LogDatabase.TurnLocks} and granted", ct);

        await End(await seconds);
        await End(turn);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_turn_that_does_not_come_in_time_is_waited_for_no_longer(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create(Patient);
        await using var second = await LogDatabase.Node(new() { ConnectionString = database.ConnectionString, TurnWaitMax = TimeSpan.FromMilliseconds(20) });
        var turn = await database.Log.TakeTurn(Hot, ct);

        Assert.That(await second.TakeTurn(Hot, ct), Is.Null);

        await End(turn);
        await End(await second.TakeTurn(Hot, ct));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_node_takes_part_in_so_many_turns_at_once_and_does_without_further_ones(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create(c => new() { ConnectionString = c, TurnsMax = 1 });
        var turn = await database.Log.TakeTurn(Hot, ct);

        Assert.That(await database.Log.TakeTurn(StreamName.For("hot", "2"), ct), Is.Null);

        await End(turn);
        await End(await database.Log.TakeTurn(StreamName.For("hot", "2"), ct));
    }

    [Test, CancelAfter(60_000)]
    public async Task Who_gives_up_waiting_has_no_turn_and_takes_none_from_the_others(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create(Patient);
        await using var second = await LogDatabase.Node(Patient(database.ConnectionString));
        using var patience = new CancellationTokenSource();
        var turn = await database.Log.TakeTurn(Hot, ct);
        var seconds = second.TakeTurn(Hot, patience.Token);
        await database.TurnsAreWaitedFor(1, ct);

        await patience.CancelAsync();

        Assert.That(await seconds, Is.Null);
        await End(turn);
        await End(await second.TakeTurn(Hot, ct));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_log_that_is_gone_lends_no_turns(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create(Patient);
        var gone = await LogDatabase.Node(Patient(database.ConnectionString));
        await gone.DisposeAsync();

        Assert.That(await gone.TakeTurn(Hot, ct), Is.Null);
    }

    [Test, CancelAfter(120_000)]
    public async Task Nodes_that_know_of_each_other_append_nothing_in_vain(CancellationToken ct)
    {
        const int Commands = 200;
        await using var database = await LogDatabase.Create(Patient);
        await using var otherNode = await LogDatabase.Node(Patient(database.ConnectionString));
        using var one = Watched(database.Log);
        using var other = Watched(otherNode);
        await using var first = Processor(one);
        await using var second = Processor(other);
        foreach (var processor in new[] { first, second, first, second })
        {
            await Receive(processor, ct);
        }

        var before = one.Appends.Count + other.Appends.Count;
        var written = await Rows(database, ct);
        await Task.WhenAll(Enumerable.Range(0, Commands).Select(n => Task.Run(() => Receive(n % 2 == 0 ? first : second, ct), ct)));

        Assert.That(one.Appends.Count + other.Appends.Count - before, Is.EqualTo(await Rows(database, ct) - written));
    }

    static PostgresEventLogOptions Patient(string database) => new() { ConnectionString = database, TurnWaitMax = Patience };

    static GatedLog Watched(PostgresEventLog log) => new(log) { Turn = stream => log.TakeTurn(stream, CancellationToken.None) };

    static CommandProcessor Processor(GatedLog log) => new(log, TimeProvider.System, new CommandProcessorOptions { RivalsWithin = TimeSpan.FromMinutes(1), BatchMax = 8 });

    static async Task Receive(CommandProcessor processor, CancellationToken ct)
    {
        var outcome = await processor.Handle(Stock.Decider, StockRoom.Shirt, new StockCommand.Receive(1, "delivery"), new CommandContext("test"), ct);
        Assert.That(outcome, Is.InstanceOf<CommandOutcome.Accepted>());
    }

    static async Task End(IAsyncDisposable? turn)
    {
        Assert.That(turn, Is.Not.Null);
        await (turn?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    static Task<long> Rows(LogDatabase database, CancellationToken ct) => database.Ask<long>($"select count(*) from log.appends where stream = '{StockRoom.Shirt}'", ct);
}
