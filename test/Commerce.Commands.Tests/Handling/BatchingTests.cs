using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using static Commerce.Commands.Tests.Handling.StockRoom;

namespace Commerce.Commands.Tests.Handling;

public sealed class BatchingTests
{
    [Test]
    public async Task A_thousand_buyers_of_a_hundred_units_get_exactly_a_hundred()
    {
        await using var room = new StockRoom();
        await room.Do(Receive(100));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(n => Task.Run(() => room.Do(Reserve(n)))));

        Assert.Multiple(() =>
        {
            Assert.That(outcomes.Count(o => o is CommandOutcome.Accepted), Is.EqualTo(100));
            Assert.That(outcomes.Count(o => o is CommandOutcome.Rejected { Rejection.Code: "out-of-stock" }), Is.EqualTo(900));
        });
        Assert.That((await room.Processor.Load(Stock.Decider, Shirt, CancellationToken.None)).State.Available, Is.Zero);
    }

    [Test]
    public async Task What_comes_while_an_append_is_under_way_becomes_one_append()
    {
        await using var room = new StockRoom();
        var first = await room.BeginHeld(Receive(3));
        var waiting = Enumerable.Range(0, 50).Select(n => room.Do(Reserve(n))).ToList();
        room.Log.Release();
        await Task.WhenAll([first, .. waiting]);

        Assert.That(room.Log.Appends, Is.EqualTo(new[] { 1, 3 }));
        Assert.That(waiting.Select(w => w.Result is CommandOutcome.Accepted), Is.EqualTo(Enumerable.Range(0, 50).Select(n => n < 3)), "first come, first served");
    }

    [Test]
    public async Task Each_of_a_batch_learns_its_own_revision_and_a_position_at_which_it_can_be_seen()
    {
        await using var room = new StockRoom();
        var first = await room.BeginHeld(Receive(10));
        var waiting = Enumerable.Range(0, 5).Select(n => room.Do(Reserve(n))).ToList();
        room.Log.Release();
        await first;
        var accepted = (await Task.WhenAll(waiting)).Cast<CommandOutcome.Accepted>().ToList();
        var recorded = await room.Events();

        Assert.That(accepted.Select(a => a.Revision), Is.EqualTo(new long[] { 1, 2, 3, 4, 5 }));
        Assert.That(accepted.All(a => a.Position >= recorded[(int)a.Revision].Position && a.Position <= recorded[^1].Position), Is.True);
    }

    [Test]
    public async Task A_batch_too_large_for_one_append_becomes_several()
    {
        await using var room = new StockRoom();
        var each = IEventLog.AppendEventsMax / 2;
        var many = Stock.Decider with
        {
            Decide = (command, _) => Decision<StockEvent>.Of([.. Enumerable.Repeat<StockEvent>(new StockEvent.Received(1, "r"), command is StockCommand.Receive { Quantity: 1 } ? 1 : each)]),
        };
        Task<CommandOutcome> Take(int quantity) => room.Processor.Handle(many, Shirt, Receive(quantity), new CommandContext("test"), CancellationToken.None);
        room.Log.Hold();
        var first = Take(1);
        await room.Log.Arrival();
        var waiting = Enumerable.Range(0, 5).Select(_ => Take(2)).ToList();
        room.Log.Release();
        await Task.WhenAll([first, .. waiting]);

        Assert.That(room.Log.Appends, Is.EqualTo(new[] { 1, 2 * each, 2 * each, each }));
        Assert.That(waiting.Select(w => ((CommandOutcome.Accepted)w.Result).Revision), Is.EqualTo(Enumerable.Range(1, 5).Select(n => (long)n * each)));
    }

    [Test]
    public async Task A_stream_whose_append_is_slow_keeps_no_other_stream_waiting()
    {
        await using var room = new StockRoom(new CommandProcessorOptions { Workers = 2 });
        var held = await room.BeginHeld(Receive(1));
        var waiting = room.Do(Receive(1));
        var other = room.Do(Reserve(1), stream: Of("OTHER"));

        Assert.That(await other, Is.InstanceOf<CommandOutcome.Rejected>());
        Assert.That(held.IsCompleted || waiting.IsCompleted, Is.False);
        room.Log.Release();
        await Task.WhenAll(held, waiting);
    }

    [Test]
    public async Task A_rejection_that_follows_from_a_neighbour_is_told_only_once_the_neighbour_is_durable()
    {
        await using var room = new StockRoom();
        await room.Do(Receive(1));
        var held = await room.BeginHeld(Receive(1));
        var last = new[] { room.Do(Reserve(1, 2)), room.Do(Reserve(2)) };
        room.Log.BeforeAppend = async () =>
        {
            Assert.That(last[1].IsCompleted, Is.False);
            await Task.Yield();
        };
        room.Log.Release();
        await held;

        Assert.That(await last[0], Is.InstanceOf<CommandOutcome.Accepted>());
        Assert.That(await last[1], Is.InstanceOf<CommandOutcome.Rejected>());
    }
}
