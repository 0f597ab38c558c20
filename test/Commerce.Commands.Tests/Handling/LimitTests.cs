using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Commerce.Commands.Handling;
using Commerce.Domain.Log;
using static Commerce.Commands.Tests.Handling.StockRoom;

namespace Commerce.Commands.Tests.Handling;

public sealed class LimitTests
{
    static readonly CommandOutcome.Overloaded Busy = new(TimeSpan.FromSeconds(3));

    [Test]
    public async Task A_full_mailbox_refuses_at_once_and_other_streams_go_on()
    {
        await using var room = new StockRoom(new CommandProcessorOptions { MailboxCapacityMax = 2, RetryAfter = Busy.RetryAfter });
        var held = await room.BeginHeld(Receive(1));
        var waiting = new[] { room.Do(Receive(1)), room.Do(Receive(1)) };

        Assert.That(await room.Do(Receive(1)), Is.EqualTo(Busy));
        Assert.That(await room.Do(Reserve(1), stream: Of("OTHER")), Is.InstanceOf<CommandOutcome.Rejected>());
        room.Log.Release();
        Assert.That(await Task.WhenAll([held, .. waiting]), Has.All.InstanceOf<CommandOutcome.Accepted>());
        Assert.That(await room.Do(Receive(1)), Is.InstanceOf<CommandOutcome.Accepted>());
    }

    [Test]
    public async Task A_full_processor_refuses_at_once()
    {
        await using var room = new StockRoom(new CommandProcessorOptions { UnansweredMax = 2, RetryAfter = Busy.RetryAfter });
        var held = await room.BeginHeld(Receive(1));
        var waiting = room.Do(Receive(1), stream: Of("OTHER"));

        Assert.That(await room.Do(Reserve(1), stream: Of("THIRD")), Is.EqualTo(Busy));
        room.Log.Release();
        await Task.WhenAll(held, waiting);
        Assert.That(await room.Do(Receive(1), stream: Of("THIRD")), Is.InstanceOf<CommandOutcome.Accepted>());
    }

    [Test]
    public async Task A_lost_answer_is_asked_for_again_with_the_same_events()
    {
        await using var room = new StockRoom();
        room.Log.Lose(GatedLog.Loss.OnTheWayBack, GatedLog.Loss.OnTheWayThere);

        Assert.That(await room.Do(Receive(5)), Is.InstanceOf<CommandOutcome.Accepted>().With.Property("Revision").EqualTo(0));
        Assert.That(await room.Events(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task When_the_log_stays_away_callers_learn_it_and_a_repeat_settles_what_became_of_their_command()
    {
        await using var room = new StockRoom(new CommandProcessorOptions { AppendTriesMax = 2 });
        await room.Do(Receive(1));
        room.Log.Lose(GatedLog.Loss.OnTheWayThere, GatedLog.Loss.OnTheWayBack);

        Assert.That(async () => await room.Do(Receive(5), "a"), Throws.InstanceOf<EventLogUnavailableException>());
        Assert.That(await room.Do(Receive(5), "a"), Is.InstanceOf<CommandOutcome.Accepted>().With.Property("Replayed").True);
        Assert.That(await room.Events(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_caller_who_leaves_takes_nobody_along()
    {
        await using var room = new StockRoom();
        using var leaving = new CancellationTokenSource();
        room.Log.Hold();
        var begun = room.Do(Receive(1), cancellationToken: leaving.Token);
        await room.Log.Arrival();
        var notBegun = room.Do(Receive(10), cancellationToken: leaving.Token);
        var staying = room.Do(Receive(100));
        await leaving.CancelAsync();
        room.Log.Release();

        Assert.That(async () => await begun, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await notBegun, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await staying, Is.InstanceOf<CommandOutcome.Accepted>());
        var loaded = await room.Processor.Load(Domain.Inventory.Stock.Decider, Shirt, CancellationToken.None);
        Assert.That(loaded.State.OnHand, Is.EqualTo(101), "what was begun is carried through, what was not is dropped");
    }

    [Test]
    public async Task A_stop_refuses_what_is_new_and_ends_what_is_queued()
    {
        await using var room = new StockRoom(new CommandProcessorOptions { RetryAfter = Busy.RetryAfter });
        var held = await room.BeginHeld(Receive(1));
        var waiting = room.Do(Receive(1));
        var stop = room.Processor.DisposeAsync();

        Assert.That(await room.Do(Receive(1)), Is.EqualTo(Busy));
        room.Log.Release();
        await stop;
        Assert.That(await Task.WhenAll(held, waiting), Has.All.InstanceOf<CommandOutcome.Accepted>());
    }

    [Test]
    public async Task A_stop_that_takes_too_long_refuses_what_was_not_begun_and_admits_not_to_know_of_the_rest()
    {
        await using var room = new StockRoom(new CommandProcessorOptions { StopWithin = TimeSpan.Zero, RetryAfter = Busy.RetryAfter });
        var held = await room.BeginHeld(Receive(1));
        var waiting = room.Do(Receive(1));
        await room.Processor.DisposeAsync();

        Assert.That(async () => await held, Throws.InstanceOf<EventLogUnavailableException>());
        Assert.That(await waiting, Is.EqualTo(Busy));
    }

    [Test]
    public async Task A_stream_that_fell_out_of_the_cache_is_read_again()
    {
        await using var room = new StockRoom(new CommandProcessorOptions { CachedStreamsMax = 1 });
        await room.Do(Receive(5));
        for (var n = 0; n < 20; n++)
        {
            await room.Do(Receive(1), stream: Of($"SKU{n}"));
        }

        var reads = room.Log.Reads;
        Assert.That(await room.Do(Reserve(1, 5)), Is.InstanceOf<CommandOutcome.Accepted>());
        Assert.That(room.Log.Reads, Is.EqualTo(reads + 1));
        Assert.That(await room.Do(Receive(1)), Is.InstanceOf<CommandOutcome.Accepted>());
        Assert.That(room.Log.Reads, Is.EqualTo(reads + 1), "and then it is known");
    }

    [Test]
    public void Options_out_of_range_are_refused_by_name() =>
        Assert.That(
            () => new CommandProcessor(new GatedLog(), TimeProvider.System, new CommandProcessorOptions { BatchMax = 0 }),
            Throws.InstanceOf<ValidationException>().With.Message.Contains("BatchMax"));

    [Test]
    public async Task Each_command_is_a_span_and_its_events_carry_it()
    {
        var ended = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == "Commerce",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var room = new StockRoom();
        await room.Do(Receive(1));

        var traceParent = EventMetadata.TryRead((await room.Events())[0].Metadata)?.TraceParent;
        var span = ended.Single(a => a.Id == traceParent);
        Assert.That((span.OperationName, span.GetTagItem("commerce.outcome")), Is.EqualTo(("decide stock", "accepted")));
        Assert.That(ended.Count(a => a.OperationName == "append stock" && a.ParentSpanId == span.SpanId), Is.EqualTo(1), "and the append is below it");
    }
}
