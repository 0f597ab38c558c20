using System.Collections.Immutable;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using FsCheck;
using FsCheck.Fluent;
using static Commerce.Commands.Tests.Handling.StockRoom;

namespace Commerce.Commands.Tests.Handling;

public sealed class RaceTests
{
    [Test]
    public async Task Two_nodes_that_sell_the_same_units_sell_each_once()
    {
        await using var room = new StockRoom();
        var other = room.NewProcessor();
        await room.Do(Receive(100));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 500).Select(n => Task.Run(() => room.Do(Reserve(n), on: n % 2 == 0 ? room.Processor : other))));

        Assert.That(outcomes.Count(o => o is CommandOutcome.Accepted), Is.EqualTo(100));
        Assert.That(outcomes.Count(o => o is CommandOutcome.Rejected { Rejection.Code: "out-of-stock" }), Is.EqualTo(400));
    }

    [Test]
    public async Task A_lost_race_is_decided_anew_on_what_the_winner_wrote()
    {
        await using var room = new StockRoom();
        await room.Do(Receive(1));
        var other = room.NewProcessor();
        await room.Do(Reserve(1), on: other);

        AssertOutOfStock(await room.Do(Reserve(2)), available: 0);
    }

    [Test]
    public async Task Who_loses_every_race_is_told_to_come_back()
    {
        await using var room = new StockRoom(new CommandProcessorOptions { AttemptsMax = 3, RetryAfter = TimeSpan.FromSeconds(7) });
        room.Log.BeforeAppend = () => room.Log.AppendBeside(Shirt, new StockEvent.Received(1, "rival"));

        Assert.That(await room.Do(Receive(5)), Is.EqualTo(new CommandOutcome.Overloaded(TimeSpan.FromSeconds(7))));
        Assert.That(await room.Events(), Has.Count.EqualTo(3), "only the rival wrote");
    }

    [Test]
    public async Task Who_knows_of_another_node_reads_before_it_decides_and_loses_no_race_to_what_is_there_already()
    {
        await using var room = new StockRoom(new CommandProcessorOptions { RivalsWithin = TimeSpan.FromMinutes(1) });
        await room.Do(Receive(5));
        await room.Log.AppendBeside(Shirt, new StockEvent.Received(1, "rival"));
        await room.Do(Receive(5));
        Assert.That(room.Log.Appends, Has.Count.EqualTo(3), "the second was decided twice");

        await room.Log.AppendBeside(Shirt, new StockEvent.Received(1, "rival"));
        await room.Do(Receive(5));
        Assert.That(room.Log.Appends, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task Who_knows_of_another_node_decides_in_its_turn_and_gives_it_back_when_it_has_appended()
    {
        await using var room = new StockRoom(new CommandProcessorOptions { RivalsWithin = TimeSpan.FromMinutes(1) });
        await room.Do(Receive(5));
        await room.Log.AppendBeside(Shirt, new StockEvent.Received(1, "rival"));
        await room.Do(Receive(5));
        await using var turn = new LentTurn(room.Log);

        await room.Do(Receive(5));
        await room.Processor.DisposeAsync();

        Assert.That(turn.Story, Is.EqualTo(new[] { "begins after 3 appends", "ends after 4 appends" }));
    }

    [Test]
    public async Task Where_nobody_else_writes_no_turn_is_waited_for()
    {
        await using var room = new StockRoom();
        await using var turn = new LentTurn(room.Log);

        await room.Do(Receive(5));
        await room.Do(Receive(5));

        Assert.That(turn.Story, Is.Empty);
    }

    [Test]
    public async Task Where_nobody_else_writes_nothing_is_read_before_a_decision()
    {
        await using var room = new StockRoom();
        await room.Do(Receive(5));
        var reads = room.Log.Reads;
        await room.Do(Receive(5));
        await room.Do(Receive(5));
        Assert.That(room.Log.Reads, Is.EqualTo(reads));
    }

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public Property Whatever_order_two_nodes_work_in_the_log_is_one_serial_execution() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => PlayAndCheck(new Random(seed)).GetAwaiter().GetResult());

    static async Task PlayAndCheck(Random random)
    {
        await using var room = new StockRoom(new CommandProcessorOptions { AttemptsMax = 1_000, BatchMax = random.Next(1, 8) });
        var other = room.NewProcessor(new CommandProcessorOptions { AttemptsMax = 1_000, CachedStreamsMax = random.Next(2) });
        var pauses = new Random(random.Next());
        room.Log.BeforeAppend = async () =>
        {
            for (var n = pauses.Next(4); n > 0; n--)
            {
                await Task.Yield();
            }
        };
        var asked = Enumerable.Range(0, random.Next(1, 40)).Select(_ => (Command: AnyCommand(random), Node: random.Next(2), Id: $"{random.Next(30)}")).ToList();
        var outcomes = await Task.WhenAll(asked.Select(a => Task.Run(() => room.Do(a.Command, a.Id, on: a.Node == 0 ? room.Processor : other))));

        var states = ReplaySerially(await room.Events(), asked.Select(a => a.Command).Distinct().ToDictionary(CommandFingerprintOf, c => c, StringComparer.Ordinal));
        foreach (var ((command, _, id), outcome) in asked.Zip(outcomes))
        {
            AssertExplained(command, id, outcome, states);
        }
    }

    /// <summary>State and commands seen at each revision, if each command's events are what its decider says at its place.</summary>
    static List<(Stock State, ImmutableDictionary<string, string> Seen)> ReplaySerially(List<RecordedEvent> log, Dictionary<string, StockCommand> byFingerprint)
    {
        var states = new List<(Stock State, ImmutableDictionary<string, string> Seen)> { (Stock.None, ImmutableDictionary<string, string>.Empty) };
        foreach (var recorded in log)
        {
            var metadata = EventMetadata.TryRead(recorded.Metadata);
            var (id, fingerprint) = (metadata?.CommandId ?? string.Empty, metadata?.Fingerprint ?? string.Empty);
            var (state, seen) = states[^1];
            Assert.That(seen.ContainsKey(id), Is.False, "a command id has an effect once");
            Assert.That(Stock.Decide(byFingerprint[fingerprint], state).Events, Is.EqualTo(new[] { EventCatalog.Read(recorded) }));
            states.Add((Stock.Evolve(state, (StockEvent?)EventCatalog.Read(recorded) ?? throw new InvalidOperationException()), seen.Add(id, fingerprint)));
        }

        return states;
    }

    static void AssertExplained(StockCommand command, string id, CommandOutcome outcome, List<(Stock State, ImmutableDictionary<string, string> Seen)> states)
    {
        var fingerprint = CommandFingerprintOf(command);
        var explained = outcome switch
        {
            CommandOutcome.Accepted { Events.Count: 0, Replayed: false } a => Stock.Decide(command, states[(int)a.Revision + 1].State) is { Rejection: null, Events.IsEmpty: true },
            CommandOutcome.Accepted { Events.Count: 0 } a => states.Any(s => !s.Seen.ContainsKey(id) && Stock.Decide(command, s.State) is { Rejection: null, Events.IsEmpty: true }),
            CommandOutcome.Accepted a => states[(int)a.Revision + 1].Seen[id] == fingerprint && !states[(int)a.Revision].Seen.ContainsKey(id),
            CommandOutcome.Rejected r => states.Any(s => !s.Seen.ContainsKey(id) && AreSame(r.Rejection, Stock.Decide(command, s.State).Rejection)),
            CommandOutcome.KeyReused => states[^1].Seen.TryGetValue(id, out var first) && first != fingerprint,
            _ => false,
        };
        Assert.That(explained, Is.True, $"{id}: {command} -> {outcome}");
    }

    static bool AreSame(Rejection left, Rejection? right) => left.Code == right?.Code && left.Figures.SequenceEqual(right.Figures);

    static StockCommand AnyCommand(Random random) => random.Next(4) switch
    {
        0 => Receive(random.Next(0, 5)),
        1 => Release(random.Next(6)),
        _ => Reserve(random.Next(6), random.Next(1, 4)),
    };

    static string CommandFingerprintOf(StockCommand command) => CommandFingerprint.Of(command);

    /// <summary>A turn that a log lends, and what it saw.</summary>
    sealed class LentTurn : IAsyncDisposable
    {
        readonly GatedLog _log;
        readonly List<string> _story = [];

        public LentTurn(GatedLog log)
        {
            _log = log;
            log.Turn = _ =>
            {
                _story.Add($"begins after {log.Appends.Count} appends");
                return Task.FromResult<IAsyncDisposable?>(this);
            };
        }

        public IReadOnlyList<string> Story => [.. _story];

        public ValueTask DisposeAsync()
        {
            _story.Add($"ends after {_log.Appends.Count} appends");
            return ValueTask.CompletedTask;
        }
    }
}
