using Commerce.Commands.Handling;
using Commerce.Domain.Inventory;
using static Commerce.Commands.Tests.Handling.StockRoom;

namespace Commerce.Commands.Tests.Handling;

public sealed class RepeatTests
{
    [Test]
    public async Task A_repeat_is_answered_as_the_first_time()
    {
        await using var room = new StockRoom();
        var first = (CommandOutcome.Accepted)await room.Do(Receive(5), "a");
        await room.Do(Receive(7), "b");

        AssertReplays(await room.Do(Receive(5), "a"), first);
        Assert.That(room.Log.Appends, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_repeat_on_another_node_is_answered_as_the_first_time()
    {
        await using var room = new StockRoom();
        var first = (CommandOutcome.Accepted)await room.Do(Receive(5), "a");
        await room.Do(Receive(7), "b");

        AssertReplays(await room.Do(Receive(5), "a", on: room.NewProcessor()), first);
    }

    [Test]
    public async Task A_repeat_that_another_node_is_ahead_with_is_found_after_the_lost_race()
    {
        await using var room = new StockRoom();
        await room.Do(Receive(1));
        var first = (CommandOutcome.Accepted)await room.Do(Receive(5), "a", on: room.NewProcessor());

        AssertReplays(await room.Do(Receive(5), "a"), first);
        Assert.That(await room.Events(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Repeats_that_come_while_the_original_waits_or_is_written_get_its_answer()
    {
        await using var room = new StockRoom();
        var held = await room.BeginHeld(Receive(5), "a");
        var repeats = Enumerable.Range(0, 10).Select(_ => room.Do(Receive(5), "a")).ToList();
        var waiting = Enumerable.Range(0, 10).Select(_ => room.Do(Receive(7), "b")).ToList();
        room.Log.Release();

        var first = (CommandOutcome.Accepted)await held;
        foreach (var repeat in repeats)
        {
            AssertReplays(await repeat, first);
        }

        var original = (CommandOutcome.Accepted)await waiting[0];
        Assert.That(original.Replayed, Is.False);
        foreach (var repeat in waiting.Skip(1))
        {
            AssertReplays(await repeat, original);
        }

        Assert.That(room.Log.Appends, Is.EqualTo(new[] { 1, 1 }));
    }

    [Test]
    public async Task Another_command_under_a_known_id_is_refused()
    {
        await using var room = new StockRoom();
        var held = await room.BeginHeld(Receive(5), "a");
        var waiting = new[] { room.Do(Receive(7), "b"), room.Do(Receive(8), "b"), room.Do(Receive(6), "a") };
        room.Log.Release();
        await held;

        Assert.That(await waiting[0], Is.InstanceOf<CommandOutcome.Accepted>());
        Assert.That(await waiting[1], Is.InstanceOf<CommandOutcome.KeyReused>());
        Assert.That(await waiting[2], Is.InstanceOf<CommandOutcome.KeyReused>());
        Assert.That(await room.Do(Reserve(5), "a", on: room.NewProcessor()), Is.InstanceOf<CommandOutcome.KeyReused>());
    }

    [Test]
    public async Task A_repeat_answers_whatever_revision_it_asks_for()
    {
        await using var room = new StockRoom();
        await room.Do(Receive(1));
        var first = (CommandOutcome.Accepted)await room.Do(Receive(5), "a", ifRevision: 0);

        AssertReplays(await room.Do(Receive(5), "a", ifRevision: 0), first);
    }

    [Test]
    public async Task A_refused_command_is_decided_anew()
    {
        await using var room = new StockRoom();
        Assert.That(await room.Do(Reserve(1), "a"), Is.InstanceOf<CommandOutcome.Rejected>());
        await room.Do(Receive(1));

        Assert.That(await room.Do(Reserve(1), "a"), Is.InstanceOf<CommandOutcome.Accepted>());
    }

    [Test]
    public async Task Only_the_latest_ids_are_remembered()
    {
        await using var room = new StockRoom(new CommandProcessorOptions { SeenPerStreamMax = 2 });
        foreach (var id in new[] { "a", "b", "c" })
        {
            await room.Do(Receive(1), id);
        }

        Assert.That(await room.Do(Receive(1), "b"), Is.InstanceOf<CommandOutcome.Accepted>().With.Property("Replayed").True);
        Assert.That(await room.Do(Receive(1), "a"), Is.InstanceOf<CommandOutcome.Accepted>().With.Property("Replayed").False);
    }

    [Test]
    public void A_fingerprint_tells_commands_apart_by_kind_and_content_and_nothing_else()
    {
        var reserve = CommandFingerprint.Of(Reserve(1, 2));
        Assert.Multiple(() =>
        {
            Assert.That(CommandFingerprint.Of(Reserve(1, 2)), Is.EqualTo(reserve));
            Assert.That(CommandFingerprint.Of(Reserve(1, 3)), Is.Not.EqualTo(reserve));
            Assert.That(CommandFingerprint.Of(new StockCommand.Ship(OrderOf(1), 2, Guid.Empty)), Is.Not.EqualTo(CommandFingerprint.Of(new StockCommand.Return(OrderOf(1), 2, Guid.Empty))));
            Assert.That(CommandFingerprint.Of(new Forward(Receive(1))), Is.Not.EqualTo(CommandFingerprint.Of(new Forward(Receive(2)))), "what is declared by its base counts too");
        });
    }

    static void AssertReplays(CommandOutcome outcome, CommandOutcome.Accepted first)
    {
        Assert.That(outcome, Is.InstanceOf<CommandOutcome.Accepted>());
        var replay = (CommandOutcome.Accepted)outcome;
        Assert.Multiple(() =>
        {
            Assert.That(replay.Replayed, Is.True);
            Assert.That((replay.Revision, replay.Position), Is.EqualTo((first.Revision, first.Position)));
            Assert.That(replay.Events, Is.EqualTo(first.Events));
        });
    }

    sealed record Forward(StockCommand Command);
}
