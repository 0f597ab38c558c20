using Commerce.Commands.Handling;
using Commerce.Domain.Inventory;
using static Commerce.Commands.Tests.Handling.StockRoom;

namespace Commerce.Commands.Tests.Handling;

/// <summary>Commands that their stream begins with as a rule: what is not known is taken for empty, and the log has the last word.</summary>
public sealed class BeginningTests
{
    [Test]
    public async Task A_stream_that_begins_with_a_command_is_not_read()
    {
        await using var room = new StockRoom();

        Assert.That(await room.Do(Receive(5), begins: true), Is.InstanceOf<CommandOutcome.Accepted>().With.Property("Revision").Zero);
        Assert.That((room.Log.Reads, room.Log.Appends.Count), Is.EqualTo((0, 1)));
        Assert.That(await room.Do(Reserve(1)), Is.InstanceOf<CommandOutcome.Accepted>().With.Property("Revision").EqualTo(1));
    }

    [Test]
    public async Task A_stream_that_had_begun_already_is_read_and_the_command_decided_on_what_it_holds()
    {
        await using var room = new StockRoom(new CommandProcessorOptions { AttemptsMax = 1 });
        await room.Do(Receive(5), on: room.NewProcessor());

        Assert.That(await room.Do(Receive(2), begins: true), Is.InstanceOf<CommandOutcome.Accepted>().With.Property("Revision").EqualTo(1), "a wrong guess is no lost race");
        Assert.That((await room.Processor.Load(Stock.Decider, Shirt, CancellationToken.None)).State.OnHand, Is.EqualTo(7));
    }

    [Test]
    public async Task A_repeat_of_the_beginning_is_answered_as_the_first_time_and_another_command_under_its_id_is_refused()
    {
        await using var room = new StockRoom();
        var first = (CommandOutcome.Accepted)await room.Do(Receive(5), "a", begins: true);

        var repeat = (CommandOutcome.Accepted)await room.Do(Receive(5), "a", begins: true, on: room.NewProcessor());
        var reused = await room.Do(Receive(6), "a", begins: true, on: room.NewProcessor());

        Assert.That((repeat.Replayed, repeat.Revision, repeat.Position), Is.EqualTo((true, first.Revision, first.Position)));
        Assert.That(reused, Is.InstanceOf<CommandOutcome.KeyReused>());
        Assert.That(await room.Events(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_refusal_is_never_based_on_the_guess()
    {
        await using var room = new StockRoom();
        AssertOutOfStock(await room.Do(Reserve(1), begins: true), available: 0);
        await room.Do(Receive(5), on: room.NewProcessor());

        Assert.That(await room.Do(Reserve(1), begins: true, on: room.NewProcessor()), Is.InstanceOf<CommandOutcome.Accepted>());
        Assert.That(await room.Do(Reserve(2), begins: true, ifRevision: 7, on: room.NewProcessor()), Is.EqualTo(new CommandOutcome.RevisionMismatch(7, 1)));
    }
}
