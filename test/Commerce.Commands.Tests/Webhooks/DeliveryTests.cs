using Commerce.Commands.Handling;
using Commerce.Commands.Webhooks;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Webhooks;
using Commerce.Testing.Webhooks;

namespace Commerce.Commands.Tests.Webhooks;

/// <summary>What becomes of deliveries whose receivers are as receivers are.</summary>
public sealed class DeliveryTests
{
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    WebhookWorld _world = null!;
    ScriptedReceiver _receiver = null!;

    [SetUp]
    public async Task Open() => (_world, _receiver) = (await WebhookWorld.Open(), await ScriptedReceiver.Start());

    [TearDown]
    public async Task Close()
    {
        await _world.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Test]
    public async Task A_receiver_that_fails_moves_is_slow_and_comes_back_gets_all_of_its_orders_in_order_and_nobody_else_notices()
    {
        await using var other = await ScriptedReceiver.Start();
        var (id, healthy) = (await _world.Subscribe($"{_receiver.Url}/old", events: "order-*"), await _world.Subscribe(other.Url, events: "order-*"));
        _receiver.Answers(500);
        OrderId[] orders = [New(), New(), New()];
        await Happen(orders, 1, 2);
        await _world.Append(StreamName.For("stock", "MUG-1@main"), new StockEvent.Received(1, "not wanted"));
        await _world.Until(() => other.Taken.Count == 6, "the healthy one has all, while the clock stands still");
        await _world.Until(async () => (await _world.Deliveries(id)).Count(d => d.Attempts > 0) == 3, "the first of each order has failed");

        // It moves; where it is now it first answers too late.
        var slow = 1;
        _receiver.Answer = async (received, gone) =>
        {
            if (received.Path == "/new" && Interlocked.Exchange(ref slow, 0) == 1)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return 500;
            }

            return received.Path == "/new" ? 200 : 500;
        };
        Assert.That(await _world.Desk.Change(id, $"{_receiver.Url}/new", new(["order-*"], null), new("test"), default), Is.InstanceOf<CommandOutcome.Accepted>());
        await _world.Restart(id);
        await Happen(orders, 3, 4);
        await _world.Until(async () => (await _world.Deliveries(id)).All(d => d.State == WebhookDeliveryState.Delivered), "all is delivered", Minute / 4);

        Assert.That(_receiver.Asked.Any(r => r.Path == "/new" && !_receiver.Taken.Contains(r)), Is.True, "one was too slow");
        AssertInOrder(_receiver.Taken, orders, 4);
        AssertInOrder(other.Taken, orders, 4);
        await _world.Until(async () => (await _world.Deliveries(healthy)).All(d => d.State == WebhookDeliveryState.Delivered), "all is noted");
        Assert.That(await _world.Deliveries(healthy), Has.All.Property(nameof(WebhookDelivery.Attempts)).EqualTo(1));
    }

    [Test]
    public async Task What_waits_behind_a_failure_waits_and_other_orders_go_on()
    {
        var id = await _world.Subscribe(_receiver.Url);
        var (failing, fine) = (New(), New());
        _receiver.Answer = (received, _) => Task.FromResult(received.Stream.EndsWith(failing.ToString(), StringComparison.Ordinal) ? 503 : 200);
        await Happen([failing, fine], 1, 3);
        await _world.Until(() => _receiver.Taken.Count == 3, "the other order is delivered");
        Assert.That(Steps(_receiver.Asked, failing), Is.EqualTo(["1"]));
        await _world.Until(async () => (await OfFailing()).Any(d => d.Attempts > 0), "the failure is noted");
        Assert.That((await OfFailing()).Select(d => d.Attempts), Is.EquivalentTo([1, 0, 0]));

        async Task<IEnumerable<WebhookDelivery>> OfFailing() => (await _world.Deliveries(id)).Where(d => d.Order.EndsWith(failing.ToString(), StringComparison.Ordinal));
    }

    [Test]
    public async Task Tries_come_by_the_schedule_then_it_is_given_up_shown_and_can_be_made_again()
    {
        var id = await _world.Subscribe(_receiver.Url);
        var order = New();
        _receiver.Answers(500);
        await Happen([order], 1, 1);
        for (var tries = 1; tries < WebhookOptions.Tries.Count; tries++)
        {
            await _world.Until(async () => (await _world.Deliveries(id)).SingleOrDefault()?.Attempts == tries, $"try {tries} is noted");
            var (before, pause) = (_world.Time.GetUtcNow(), WebhookOptions.Tries[tries]);
            await _world.Until(async () => (await _world.Deliveries(id)).Single().Attempts > tries, $"try {tries + 1} comes", pause / 10);
            Assert.That(_receiver.Asked[^1].SentAt - before, Is.InRange(pause - TimeSpan.FromSeconds(1), pause * 1.4), $"try {tries + 1}");
        }

        await _world.Until(async () => (await _world.Deliveries(id)).Single().State == WebhookDeliveryState.Failed, "it is given up");
        Assert.That((await _world.Deliveries(id)).Single(), Is.Not.Null.And.Property(nameof(WebhookDelivery.LastError)).EqualTo("answered 500"));

        _receiver.Answers(200);
        await Happen([order], 2, 2);
        await _world.Until(() => _receiver.Taken.Count == 1, "the next of the order goes on");
        Assert.That(await _world.Desk.Replay(id, (await _world.Deliveries(id))[^1].Event, new("test"), default), Is.InstanceOf<CommandOutcome.Accepted>());
        await _world.Restart(id);
        await _world.Until(() => _receiver.Taken.Count == 2, "it is made again");
        Assert.That(_receiver.Asked.Where(r => Step(r) == "1").Select(r => r.Id).Distinct().Count(), Is.EqualTo(1), "under the same id");
    }

    [Test]
    public async Task A_crash_after_the_receiver_took_it_sends_it_again_under_the_same_id()
    {
        var id = await _world.Subscribe(_receiver.Url);
        var order = New();
        using var arrived = new SemaphoreSlim(0);
        _receiver.Answer = async (_, gone) =>
        {
            arrived.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 200;
        };
        await Happen([order], 1, 2);
        Assert.That(await arrived.WaitAsync(TimeSpan.FromSeconds(60)), Is.True);
        await _world.Stop(id);

        _receiver.Answers(200);
        _world.Start(id);
        await _world.Until(async () => (await _world.Deliveries(id)).All(d => d.State == WebhookDeliveryState.Delivered), "all is delivered");
        Assert.That(Steps(_receiver.Asked, order), Is.EqualTo(["1", "1", "2"]));
        Assert.That(_receiver.Asked[1].Id, Is.EqualTo(_receiver.Asked[0].Id));
        Assert.That(_receiver.Asked[2].Id, Is.Not.EqualTo(_receiver.Asked[0].Id));
    }

    [Test]
    public async Task A_receiver_that_answers_410_is_left_alone_until_it_is_enabled_and_then_goes_on_where_it_stopped()
    {
        var id = await _world.Subscribe(_receiver.Url);
        var order = New();
        _receiver.Answers(410);
        await Happen([order], 1, 2);
        await _world.Ended(id);
        Assert.That((await _world.Desk.Load(id, default)).Status, Is.EqualTo(WebhookStatus.Disabled));
        await _world.Restart(id);
        await _world.Ended(id);
        Assert.That(_receiver.Tries, Is.EqualTo(1));

        _receiver.Answers(200);
        await Happen([order], 3, 3);
        await _world.Desk.Handle(id, new WebhookCommand.Enable(), new("test"), default);
        await _world.Restart(id);
        await _world.Until(() => _receiver.Taken.Count == 3, "all is delivered");
        AssertInOrder(_receiver.Taken, [order], 3);
    }

    [TestCase(301)]
    [TestCase(302)]
    [TestCase(307)]
    public async Task A_redirect_is_a_failure_and_is_never_followed(int status)
    {
        var id = await _world.Subscribe($"{_receiver.Url}/hooks");
        _receiver.Answers(status);
        await Happen([New()], 1, 1);
        await _world.Until(async () => (await _world.Deliveries(id)).SingleOrDefault()?.Attempts == 1, "the try is noted");
        Assert.That((await _world.Deliveries(id)).Single().LastError, Is.EqualTo($"answered {status}"));
        Assert.That(_receiver.Asked.Select(r => r.Path), Is.EqualTo(["/hooks"]));
    }

    [Test]
    public async Task A_dead_endpoint_is_asked_little_and_slows_nobody()
    {
        await using var other = await ScriptedReceiver.Start();
        var (id, _) = (await _world.Subscribe(_receiver.Url), await _world.Subscribe(other.Url));
        _receiver.Answers(500);
        var orders = Enumerable.Range(0, 40).Select(_ => New()).ToArray();
        await Happen(orders, 1, 1);
        await _world.Until(() => other.Taken.Count == 40, "the other has all, while the clock stands still");
        var asked = _receiver.Tries;
        Assert.That(asked, Is.InRange(1, 12), "its circuit is open");
        await _world.Until(() => Task.FromResult(_receiver.Tries > asked), "it is tried again", Minute / 2);
        Assert.That(_receiver.Tries, Is.LessThan(40));

        _receiver.Answers(200);
        await _world.Until(async () => (await _world.Deliveries(id)).All(d => d.State == WebhookDeliveryState.Delivered), "it is back and has all", Minute / 2);
        Assert.That(_receiver.Taken.Select(r => r.Id).Distinct().Count(), Is.EqualTo(40));
    }

    [Test]
    public async Task While_a_key_is_changed_both_sign_and_then_the_new_one_alone()
    {
        var id = await _world.Subscribe(_receiver.Url);
        var old = await Shown(id);
        await Happen([New()], 1, 1);

        // And noted: what is cut short in between is sent again.
        await _world.Until(async () => await _world.Deliveries(id) is [{ State: WebhookDeliveryState.Delivered }], "it is delivered");
        Assert.That(await _world.Desk.RotateKey(id, TimeSpan.FromHours(24), new("test"), default), Is.InstanceOf<CommandOutcome.Accepted>());
        var @new = await Shown(id);
        await _world.Restart(id);
        await Happen([New()], 1, 1);
        await _world.Until(() => _receiver.Taken.Count == 2, "the next is delivered");
        _world.Time.Advance(TimeSpan.FromHours(24));
        await Happen([New()], 1, 1);
        await _world.Until(() => _receiver.Taken.Count == 3, "one after the overlap is delivered");

        var taken = _receiver.Taken;
        Assert.That(taken.Select(r => (IsBy(old, r), IsBy(@new, r))), Is.EqualTo([(true, false), (true, true), (false, true)]));
        Assert.That(taken.Select(r => r.Signature.Split(' ').Length), Is.EqualTo([1, 2, 1]));
    }

    [Test]
    public async Task Everything_after_a_place_in_the_log_can_be_sent_again_once()
    {
        var id = await _world.Subscribe(_receiver.Url);
        OrderId[] orders = [New(), New()];
        await Happen(orders, 1, 3);
        await _world.Until(async () => (await _world.Deliveries(id)).Count(d => d.State == WebhookDeliveryState.Delivered) == 6, "all is delivered");
        await _world.Desk.Handle(id, new WebhookCommand.Replay(0), new("test"), default);
        await _world.Restart(id);
        await _world.Until(() => _receiver.Taken.Count == 12, "all is sent again");
        await _world.Until(async () => (await _world.Deliveries(id)).All(d => d.State == WebhookDeliveryState.Delivered), "that is noted");
        AssertInOrder([.. _receiver.Taken.Skip(6)], orders, 3);
        Assert.That(_receiver.Taken.Select(r => r.Id).Distinct().Count(), Is.EqualTo(6), "under the same ids");

        await _world.Restart(id);
        await Happen([New()], 1, 1);
        await _world.Until(() => _receiver.Taken.Count >= 13, "what is new comes");
        Assert.That(_receiver.Taken, Has.Count.EqualTo(13), "and the replay was done once");
    }

    [Test]
    public async Task A_deleted_subscription_leaves_nothing_behind()
    {
        var id = await _world.Subscribe(_receiver.Url);
        await Happen([New()], 1, 1);
        await _world.Until(() => _receiver.Taken.Count == 1, "it is delivered");
        await _world.Desk.Handle(id, new WebhookCommand.Delete(), new("test"), default);
        await _world.Restart(id);
        await _world.Ended(id);
        Assert.That(await _world.Deliveries(id), Is.Empty);
    }

    static OrderId New() => new(Guid.NewGuid());

    async Task Happen(OrderId[] orders, int first, int last)
    {
        for (var step = first; step <= last; step++)
        {
            foreach (var order in orders)
            {
                await _world.Happens(order, step);
            }
        }
    }

    async Task<WebhookSecret> Shown(Guid id) =>
        (await _world.Desk.Load(id, default)).Key is { } key && WebhookSecret.TryParse(_world.Keys.Reveal(id, key), out var secret) ? secret : throw new AssertionException("There is no key.");

    static bool IsBy(WebhookSecret secret, Received received) =>
        secret.HasSigned(received.Id, $"{received.SentAt.ToUnixTimeSeconds()}", System.Text.Encoding.UTF8.GetBytes(received.Body), received.Signature);

    static string? Step(Received received) => received.Data.GetProperty("reason").GetString();

    static IEnumerable<string?> Steps(IEnumerable<Received> received, OrderId order) => received.Where(r => r.Stream == $"order-{order}").Select(Step);

    static void AssertInOrder(IReadOnlyList<Received> taken, OrderId[] orders, int steps)
    {
        foreach (var order in orders)
        {
            Assert.That(Steps(taken, order), Is.EqualTo(Enumerable.Range(1, steps).Select(n => $"{n}")), $"{order}");
        }

        Assert.That(taken, Has.Count.EqualTo(orders.Length * steps), "nothing else");
    }
}
