using System.Collections.Concurrent;
using System.Diagnostics;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using static Commerce.Commands.Tests.Handling.StockRoom;

namespace Commerce.Commands.Tests.Handling;

public sealed class DecidingTests
{
    [Test]
    public async Task An_accepted_command_answers_with_the_events_that_the_log_now_holds()
    {
        await using var room = new StockRoom();
        await room.Do(Receive(5));

        var outcome = await room.Do(Reserve(1, 2));

        Assert.That(outcome, Is.InstanceOf<CommandOutcome.Accepted>());
        var accepted = (CommandOutcome.Accepted)outcome;
        var recorded = (await room.Events())[^1];
        Assert.Multiple(() =>
        {
            Assert.That(accepted.Revision, Is.EqualTo(1));
            Assert.That(accepted.Position, Is.EqualTo(recorded.Position));
            Assert.That(accepted.Replayed, Is.False);
            Assert.That(accepted.Events, Is.EqualTo(new[] { EventCatalog.Read(recorded) }));
        });
    }

    [Test]
    public async Task A_rejected_command_costs_no_write()
    {
        await using var room = new StockRoom();
        await room.Do(Receive(1));

        var outcome = await room.Do(Reserve(1, 2));

        AssertOutOfStock(outcome, available: 1);
        Assert.That(room.Log.Appends, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_command_that_changes_nothing_is_accepted_where_the_stream_stands()
    {
        await using var room = new StockRoom();
        await room.Do(Receive(5));
        var reserved = (CommandOutcome.Accepted)await room.Do(Reserve(1));

        var again = (CommandOutcome.Accepted)await room.Do(Reserve(1));

        Assert.Multiple(() =>
        {
            Assert.That((again.Revision, again.Position), Is.EqualTo((reserved.Revision, reserved.Position)));
            Assert.That(again.Events, Is.Empty);
            Assert.That(room.Log.Appends, Has.Count.EqualTo(2));
        });
    }

    [Test]
    public async Task A_command_for_another_revision_is_not_decided()
    {
        await using var room = new StockRoom();
        await room.Do(Receive(5));

        var mismatch = await room.Do(Reserve(1), ifRevision: 7);
        var match = await room.Do(Reserve(1), ifRevision: 0);

        Assert.That(mismatch, Is.EqualTo(new CommandOutcome.RevisionMismatch(7, 0)));
        Assert.That(match, Is.InstanceOf<CommandOutcome.Accepted>());
    }

    [Test]
    public async Task A_refusal_is_never_based_on_a_state_that_another_node_has_changed()
    {
        await using var room = new StockRoom();
        await room.Do(Receive(1));
        await room.Do(Reserve(1));
        await room.Do(Receive(10), on: room.NewProcessor());

        Assert.That(await room.Do(Reserve(2)), Is.InstanceOf<CommandOutcome.Accepted>());
    }

    [Test]
    public async Task A_command_whose_events_do_not_fit_into_one_append_is_rejected_and_its_neighbours_are_not()
    {
        await using var room = new StockRoom();
        var floods = Stock.Decider with
        {
            Decide = (command, stock) => command is StockCommand.Receive { Quantity: 2 }
                ? Decision<StockEvent>.Of([.. Enumerable.Repeat<StockEvent>(new StockEvent.Received(1, "flood"), IEventLog.AppendEventsMax + 1)])
                : Stock.Decide(command, stock),
        };
        Task<CommandOutcome> Take(int quantity) => room.Processor.Handle(floods, Shirt, Receive(quantity), new CommandContext("test"), CancellationToken.None);

        var outcomes = await Task.WhenAll(Take(1), Take(2), Take(3));

        Assert.That(((CommandOutcome.Rejected)outcomes[1]).Rejection.Code, Is.EqualTo("command-too-large"));
        Assert.That(outcomes.OfType<CommandOutcome.Accepted>().Count(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_command_that_breaks_its_decider_fails_alone()
    {
        await using var room = new StockRoom();
        var breaks = Stock.Decider with
        {
            Decide = (command, stock) => command is StockCommand.Receive { Quantity: 2 } ? throw new InvalidOperationException("broken") : Stock.Decide(command, stock),
        };
        Task<CommandOutcome> Take(int quantity) => room.Processor.Handle(breaks, Shirt, Receive(quantity), new CommandContext("test"), CancellationToken.None);

        var works = Take(1);
        var broken = Take(2);

        Assert.That(async () => await broken, Throws.InvalidOperationException.With.Message.EqualTo("broken"));
        Assert.That(await works, Is.InstanceOf<CommandOutcome.Accepted>());
        Assert.That(await Take(3), Is.InstanceOf<CommandOutcome.Accepted>());
    }

    [Test]
    public async Task A_stream_belongs_to_one_aggregate()
    {
        await using var room = new StockRoom();
        await room.Do(Receive(1));
        var other = Stock.Decider with { Decide = (_, _) => Decision.Nothing };

        Assert.That(
            async () => await room.Processor.Handle(other, Shirt, Receive(1), new CommandContext("test"), CancellationToken.None),
            Throws.InvalidOperationException);
    }

    [Test]
    public async Task Loading_shows_what_any_node_wrote()
    {
        await using var room = new StockRoom();
        await room.Do(Receive(5));
        await room.Do(Receive(4), on: room.NewProcessor());

        var loaded = await room.Processor.Load(Stock.Decider, Shirt, CancellationToken.None);

        Assert.That((loaded.State.OnHand, loaded.Revision), Is.EqualTo((9, 1L)));
    }

    [Test]
    public async Task An_event_says_which_command_led_to_it_and_who_asked()
    {
        // Another test may listen at the same time: here somebody always does.
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == "Commerce",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var room = new StockRoom();
        var when = new DateTimeOffset(2010, 12, 1, 8, 26, 0, TimeSpan.Zero);
        var trace = ActivityTraceId.CreateRandom();
        var context = new CommandContext("import")
        {
            CommandId = "536365", CorrelationId = "c", CausationId = "b", OccurredAt = when, TraceParent = $"00-{trace}-{ActivitySpanId.CreateRandom()}-01",
        };

        await room.Processor.Handle(Stock.Decider, Shirt, Receive(1), context, CancellationToken.None);

        var metadata = EventMetadata.TryRead((await room.Events())[0].Metadata);
        Assert.That(metadata, Is.EqualTo(new EventMetadata
        {
            OccurredAt = when,
            CorrelationId = "c",
            CausationId = "b",
            TraceParent = ended.Single(a => a.OperationName == "decide stock" && a.TraceId == trace).Id,
            CommandId = "536365",
            Fingerprint = metadata?.Fingerprint,
            Actor = "import",
        }));
        Assert.That(metadata?.Fingerprint, Has.Length.EqualTo(43));
    }
}
