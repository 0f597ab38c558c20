using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog;

[TestFixtureSource(typeof(EventLogEngine), nameof(EventLogEngine.All))]
sealed class EventLogContractSubscribing(EventLogEngine engine) : EventLogContract(engine)
{
    [Test]
    public async Task A_subscription_tells_what_is_there_then_that_it_caught_up_then_what_comes()
    {
        var (old, live) = (Events(30), Events(3));
        await Given(Stream("1"), old[..10]);
        await Given(Stream("2"), old[10..]);
        await using var subscription = Subscribe(default);

        await subscription.UntilCaughtUp();
        Assert.That(Ids(subscription.Events), Is.EqualTo(Ids(old)));

        foreach (var e in live)
            await Given(Stream("3"), e);
        await subscription.UntilEvents(33);
        Assert.That(Ids(subscription.Events), Is.EqualTo(Ids([.. old, .. live])));
        Assert.That(subscription.Told.Select(Subscription.PositionOf), Is.Ordered);
    }

    [Test]
    public async Task A_subscription_goes_on_after_the_position_that_it_is_given()
    {
        await Given(Stream(), Events(20));
        var all = await ReadAll();
        await using var subscription = Subscribe(all[12].Position);

        await subscription.UntilCaughtUp();

        Assert.That(Ids(subscription.Events), Is.EqualTo(Ids(all[13..])));
    }

    [Test]
    public async Task A_checkpoint_can_move_on_where_nothing_matches()
    {
        var (start, other) = (await Log.Head(Deadline), $"d{Guid.NewGuid():n}");
        for (var n = 0; n < 5; n++)
            await Given(StreamName.For(other, $"{n}"), Events(10));
        await using var subscription = Subscribe(start);

        await subscription.UntilReached(await Log.Head(Deadline));
        var live = await Given(StreamName.For(other, "live"), Events(1));
        await subscription.UntilReached(live.Position);
        await Given(Stream(), Events(1));
        await subscription.UntilEvents(1);

        Assert.That(subscription.Told.Select(Subscription.PositionOf), Is.Ordered);
    }

    [Test]
    public async Task What_was_said_to_be_reached_never_comes_after_it()
    {
        await using var subscription = Subscribe(await Log.Head(Deadline));
        var writing = Task.Run(async () =>
        {
            for (var n = 0; n < 300; n++)
                await Given(n % 10 == 0 ? Stream() : StreamName.For($"e{Category}", "1"), Events(1));
        });

        await subscription.UntilEvents(30);
        await writing;

        var reached = LogPosition.Start;
        foreach (var message in subscription.Told)
        {
            if (message is LogMessage.Appeared appeared)
                Assert.That(appeared.Event.Position, Is.GreaterThan(reached));
            reached = Subscription.PositionOf(message);
        }
    }

    [Test]
    public async Task A_subscription_to_an_end_of_the_log_says_at_once_that_it_caught_up()
    {
        await Given(Stream(), Events(1));
        await using var subscription = Subscribe(await Log.Head(Deadline));

        await subscription.UntilCaughtUp();

        Assert.That(subscription.Events, Is.Empty);
    }

    [Test]
    public async Task A_subscription_ends_when_it_is_cancelled_while_it_waits()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        await using var subscription = new Subscription(Log.Subscribe(default, Mine, cancel.Token));
        await subscription.UntilCaughtUp();

        await cancel.CancelAsync();

        Assert.CatchAsync<OperationCanceledException>(async () => await subscription.UntilEvents(1));
        Assert.That(Deadline.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task A_slow_subscriber_misses_nothing_and_holds_up_nobody()
    {
        await using var slow = Subscribe(default);
        await using var quick = Subscribe(default);
        await slow.UntilCaughtUp();
        await quick.UntilCaughtUp();

        for (var n = 0; n < 40; n++)
            await Given(Stream(), Events(1));
        await quick.UntilEvents(40);
        await slow.UntilEvents(40);

        Assert.That(Ids(slow.Events), Is.EqualTo(Ids(quick.Events)));
    }

    Subscription Subscribe(LogPosition after) => new(Log.Subscribe(after, Mine, Deadline));
}
