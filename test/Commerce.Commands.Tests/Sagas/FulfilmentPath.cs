using System.Collections.Concurrent;
using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Testing.Logs;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>From the order to the last refund, over whatever bus, on whatever log.</summary>
public abstract partial class FulfilmentPath(LogEngine engine)
{
    Shop? _opened;

    private protected Shop Store => _opened ?? throw new InvalidOperationException("Not open.");

    /// <summary>Options that name the bus, with short pauses and queues of this test's own.</summary>
    private protected abstract Task<SagaOptions> Options();

    [SetUp]
    public async Task Open()
    {
        _opened = await Shop.On(engine, await Options());
        await Store.Receive("mug", 10);
        await Store.Receive("tea", 3);
        await Store.Start();
    }

    [TearDown]
    public async Task Close()
    {
        if (_opened is not null)
        {
            await _opened.DisposeAsync();
        }
    }

    [Test]
    public async Task A_good_order_is_reserved_authorised_and_confirmed()
    {
        var id = await Store.Place(null, ("mug", 2), ("tea", 1));
        await Store.Settles(id, FulfilmentPhase.Confirmed);
        Assert.That((await Store.OrderOf(id)).Status, Is.EqualTo(OrderStatus.Confirmed));
        Assert.That(((await Store.StockOf("mug")).Available, (await Store.StockOf("tea")).Available), Is.EqualTo((8, 2)));
        Assert.That(Store.Provider.Books, Is.EqualTo(new[] { ("authorise", PaymentId.For(id), 30m) }));
    }

    [Test]
    public async Task What_is_heard_for_the_first_time_is_acted_on_without_reading_its_stream()
    {
        // From here on the relay leads.
        await Store.Settles(await Store.Place(null, ("mug", 2)), FulfilmentPhase.Confirmed);
        var reads = new ConcurrentQueue<StreamName>();
        Store.Log.Reads = reads.Enqueue;

        var id = await Store.Place(null, ("mug", 2));
        await Store.Until(async () => (await Store.OrderOf(id)).Status == OrderStatus.Confirmed);
        Assert.That(reads.Where(s => s.Category is "payment" or "fulfilment"), Is.Empty);
    }

    [Test]
    public async Task What_is_out_of_stock_is_rejected_and_nothing_stays_reserved()
    {
        var id = await Store.Place(null, ("mug", 2), ("tea", 4));
        await Store.Settles(id, FulfilmentPhase.Undone);
        Assert.That((await Store.OrderOf(id)).Status, Is.EqualTo(OrderStatus.Rejected));
        Assert.That(((await Store.StockOf("mug")).Available, (await Store.StockOf("tea")).Available, Store.Provider.Books.Count), Is.EqualTo((10, 3, 0)));
    }

    [Test]
    public async Task A_declined_payment_rejects_the_order_and_releases_its_stock()
    {
        var id = await Store.Place(ScriptedProvider.Declined, ("mug", 2));
        await Store.Settles(id, FulfilmentPhase.Undone);
        Assert.That(((await Store.OrderOf(id)).Status, (await Store.PaymentOf(id)).Status, (await Store.StockOf("mug")).Available), Is.EqualTo((OrderStatus.Rejected, PaymentStatus.Declined, 10)));
    }

    [Test]
    public async Task A_cancel_while_the_provider_thinks_ends_with_the_money_let_go()
    {
        Store.Provider.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = await Store.Place(null, ("mug", 2));
        await Store.Until(async () => (await Store.SagaOf(id)).Phase == FulfilmentPhase.Paying);
        await Store.Ask(id, new OrderCommand.Cancel("changed my mind"));
        await Store.Until(async () => (await Store.StockOf("mug")).Available == 10);
        Store.Provider.Gate.SetResult();
        await Store.Settles(id, FulfilmentPhase.Undone);
        Assert.That(((await Store.PaymentOf(id)).Status, (await Store.OrderOf(id)).Status), Is.EqualTo((PaymentStatus.Voided, OrderStatus.Cancelled)));
    }

    [Test]
    public async Task A_cancel_after_the_confirmation_lets_stock_and_money_go()
    {
        var id = await Store.Place(null, ("mug", 2));
        await Store.Settles(id, FulfilmentPhase.Confirmed);
        await Store.Ask(id, new OrderCommand.Cancel("changed my mind"));
        await Store.Settles(id, FulfilmentPhase.Undone);
        Assert.That(((await Store.PaymentOf(id)).Status, (await Store.StockOf("mug")).Available), Is.EqualTo((PaymentStatus.Voided, 10)));
    }

    [Test]
    public async Task An_order_shipped_in_parts_is_paid_in_parts_and_completed_and_what_comes_back_is_refunded()
    {
        var id = await Store.Place(null, ("mug", 3), ("tea", 1));
        await Store.Settles(id, FulfilmentPhase.Confirmed);
        await Store.Ask(id, new OrderCommand.Ship(Guid.CreateVersion7(), [new LineQuantity(1, 2)]));
        await Store.Until(async () => (await Store.PaymentOf(id)).Status == PaymentStatus.Authorised && (await Store.PaymentOf(id)).Captured.Amount == 20);
        await Store.Ask(id, new OrderCommand.Ship(Guid.CreateVersion7(), []));
        await Store.Settles(id, FulfilmentPhase.Completed);
        await Store.Ask(id, new OrderCommand.Return(Guid.CreateVersion7(), [new LineQuantity(1, 1)], "broken"));
        await Store.Until(async () => await Store.SagaOf(id) is { IsSettled: true, Returns.Length: 1 });

        var payment = await Store.PaymentOf(id);
        Assert.That((payment.Captured.Amount, payment.Refunded.Amount), Is.EqualTo((40m, 10m)));
        Assert.That(((await Store.StockOf("mug")).OnHand, (await Store.StockOf("mug")).ReservedTotal, (await Store.OrderOf(id)).Status), Is.EqualTo((8, 0, OrderStatus.Completed)));
    }

    [Test]
    public async Task An_order_that_no_location_has_whole_is_served_by_several_and_comes_back_to_them()
    {
        await Store.Receive("tea", 2, "spare");
        var id = await Store.Place(null, ("tea", 5), ("mug", 1));
        await Store.Settles(id, FulfilmentPhase.Confirmed);
        Assert.That(((await Store.StockOf("tea")).Available, (await Store.StockOf("tea", "spare")).Available), Is.EqualTo((0, 0)));
        await Store.Ask(id, new OrderCommand.Ship(Guid.CreateVersion7(), [new LineQuantity(1, 4)]));
        await Store.Ask(id, new OrderCommand.Ship(Guid.CreateVersion7(), []));
        await Store.Settles(id, FulfilmentPhase.Completed);
        await Store.Ask(id, new OrderCommand.Return(Guid.CreateVersion7(), [new LineQuantity(1, 4)], "broken"));
        await Store.Until(async () => await Store.SagaOf(id) is { IsSettled: true, Returns.Length: 1 });

        Assert.That(((await Store.StockOf("tea")).Available, (await Store.StockOf("tea", "spare")).Available, Store.Letters.Letters.Count), Is.EqualTo((3, 1, 0)));
        Assert.That(((await Store.PaymentOf(id)).Captured.Amount, (await Store.PaymentOf(id)).Refunded.Amount), Is.EqualTo((60m, 40m)));
    }

    [Test]
    public async Task A_payment_that_is_not_made_in_time_ends_the_order_and_what_is_authorised_later_goes_back()
    {
        Store.Provider.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = await Store.Place(null, ("mug", 2));
        await Store.Until(async () => (await Store.PaymentOf(id)).Status == PaymentStatus.Requested);
        Store.Time.Pass(TimeSpan.FromMinutes(16));
        await Store.Settles(id, FulfilmentPhase.Undone);
        Assert.That(((await Store.OrderOf(id)).Status, (await Store.PaymentOf(id)).Status, (await Store.StockOf("mug")).Available), Is.EqualTo((OrderStatus.Rejected, PaymentStatus.Expired, 10)));

        Store.Provider.Gate.SetResult();
        await Store.Until(async () => (await Store.PaymentOf(id)).Status == PaymentStatus.Voided && (await Store.SagaOf(id)).Payment == PaymentStatus.Voided);
        await Store.Settles(id, FulfilmentPhase.Undone);
        Assert.That(await Store.Story(Payment.StreamOf(PaymentId.For(id))), Is.EqualTo(new[] { "payment-requested.v2", "payment-expired.v1", "payment-authorised-late.v1", "payment-void-requested.v1", "payment-voided.v1" }));
        Assert.That(Store.Provider.Books.Select(b => b.Kind), Is.EqualTo(new[] { "authorise", "void" }));
    }

    [Test]
    public async Task A_payment_that_was_requested_before_payments_had_a_time_ends_its_order_too()
    {
        await Store.Stop();
        Store.Provider.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = await Store.Place(null, ("mug", 2));
        var old = new PaymentEvent.RequestedV1(id, new Money(20, Currency.Of("GBP")), null);
        var metadata = new EventMetadata { OccurredAt = Store.Time.GetUtcNow(), Actor = "saga" }.ToJson();
        await Store.Log.Append(Payment.StreamOf(PaymentId.For(id)), ExpectedRevision.None, [new(Guid.NewGuid(), EventCatalog.NameOf(old), EventCatalog.ToJson(old), metadata)], default);
        await Store.Start();
        await Store.Until(async () => (await Store.SagaOf(id)).Phase == FulfilmentPhase.Paying);
        Store.Time.Pass(TimeSpan.FromMinutes(16));
        await Store.Settles(id, FulfilmentPhase.Undone);
        Assert.That(((await Store.PaymentOf(id)).Status, (await Store.StockOf("mug")).Available), Is.EqualTo((PaymentStatus.Expired, 10)));
    }

    [Test]
    public async Task An_order_that_is_not_shipped_before_its_reservation_runs_out_is_called_off_by_the_house()
    {
        var id = await Store.Place(null, ("mug", 2));
        var partly = await Store.Place(null, ("mug", 2));
        await Store.Settles(id, FulfilmentPhase.Confirmed);
        await Store.Settles(partly, FulfilmentPhase.Confirmed);
        await Store.Ask(partly, new OrderCommand.Ship(Guid.CreateVersion7(), [new LineQuantity(1, 1)]));
        await Store.Until(async () => await Store.SagaOf(partly) is { IsSettled: true, Shipments.Length: 1 });

        Store.Time.Pass(TimeSpan.FromDays(31));
        await Store.Settles(id, FulfilmentPhase.Undone);
        await Store.Until(async () => (await Store.SagaOf(partly)).IsKept);
        Assert.That(((await Store.OrderOf(id)).Status, (await Store.PaymentOf(id)).Status, (await Store.OrderOf(partly)).Status), Is.EqualTo((OrderStatus.Cancelled, PaymentStatus.Voided, OrderStatus.PartiallyShipped)));
        Assert.That(((await Store.StockOf("mug")).Available, (await Store.StockOf("mug")).ReservedTotal), Is.EqualTo((8, 1)));
        await Shop.Tried(() => Store.Deadlines.Open.Count == 0);
    }

    [Test]
    public async Task While_the_provider_is_down_orders_wait_and_go_on_when_it_is_back()
    {
        Store.Provider.IsDown = true;
        var ids = new List<OrderId>();
        for (var n = 0; n < 3; n++)
        {
            ids.Add(await Store.Place(null, ("mug", 1)));
        }

        await Store.Until(async () => (await Store.StockOf("mug")).Available == 7);
        await Shop.Tried(() => Store.Provider.RefusedCalls > 10);
        Store.Provider.IsDown = false;
        foreach (var id in ids)
        {
            await Store.Settles(id, FulfilmentPhase.Confirmed);
        }

        Assert.That(Store.Letters.Letters, Is.Empty);
    }

    [Test]
    public async Task A_crash_of_relay_and_sagas_loses_no_order()
    {
        var ids = new List<OrderId>();
        for (var n = 0; n < 10; n++)
        {
            ids.Add(await Store.Place(n % 5 == 0 ? ScriptedProvider.Declined : null, ("mug", 1)));
            if (n == 4)
            {
                await Store.Stop(isCrash: true);
            }
        }

        await Store.Start();
        foreach (var (n, id) in ids.Index())
        {
            await Store.Settles(id, n % 5 == 0 ? FulfilmentPhase.Undone : FulfilmentPhase.Confirmed);
        }

        Assert.That(((await Store.StockOf("mug")).Available, Store.Provider.Books.Count), Is.EqualTo((2, 8)));
    }

    [Test]
    public async Task A_log_that_is_away_for_a_while_is_waited_for()
    {
        var failures = 20;
        Store.Log.FailsBefore = stream => stream.Category is "fulfilment" or "stock" && Interlocked.Decrement(ref failures) >= 0;
        var id = await Store.Place(null, ("mug", 2));
        await Store.Settles(id, FulfilmentPhase.Confirmed);
        Assert.That(((await Store.StockOf("mug")).Available, Store.Letters.Letters.Count), Is.EqualTo((8, 0)));
    }

    [Test]
    public async Task A_saga_that_another_node_moved_on_is_handled_anew()
    {
        var raced = 0;
        Store.Log.Before = async stream =>
        {
            if (stream.Category == "fulfilment" && Interlocked.Exchange(ref raced, 1) == 0)
            {
                var metadata = new EventMetadata { OccurredAt = DateTimeOffset.UnixEpoch, Actor = "saga" }.ToJson();
                var other = new FulfilmentEvent.OrderCancelled();
                await Store.Log.Append(stream, ExpectedRevision.None, [new(Guid.NewGuid(), EventCatalog.NameOf(other), EventCatalog.ToJson(other), metadata)], default);
            }
        };
        var id = await Store.Place(null, ("mug", 2));
        await Store.Settles(id, FulfilmentPhase.Undone);
        await Store.Until(async () => (await Store.PaymentOf(id)).Status == PaymentStatus.Voided);
        Assert.That((await Store.StockOf("mug")).Available, Is.EqualTo(10));
    }

    [Test]
    public async Task What_cannot_be_handled_becomes_a_dead_letter_and_holds_nobody_up()
    {
        var metadata = new EventMetadata { OccurredAt = DateTimeOffset.UnixEpoch, Actor = "test" }.ToJson();
        var broken = new OrderId(Guid.CreateVersion7());
        await Store.Log.Append(Order.StreamOf(broken), ExpectedRevision.None, [new(Guid.NewGuid(), "order-placed.v1", "{\"lines\":7}"u8.ToArray(), metadata)], default);
        await Shop.Tried(() => !Store.Letters.Letters.IsEmpty);
        var letter = Store.Letters.Letters.Single();
        Assert.That((letter.Order, letter.Type), Is.EqualTo(((Guid?)broken.Value, "order-placed.v1")));

        var id = await Store.Place(null, ("mug", 2));
        await Store.Settles(id, FulfilmentPhase.Confirmed);
        var head = await Store.Log.Head(default);
        await Shop.Tried(() => Store.Checkpoints.Load(default).Result >= head);
    }

    [Test]
    public async Task Imported_history_is_left_alone()
    {
        var placed = new OrderEvent.Placed(new OrderId(Guid.CreateVersion7()), 1, null, null, null, OrderOrigin.Import, [new OrderLine(1, Sku.Of("mug"), "mug", 1, new Money(1, Currency.Of("GBP")))], new Money(1, Currency.Of("GBP")));
        var metadata = new EventMetadata { OccurredAt = DateTimeOffset.UnixEpoch, Actor = "import" }.ToJson();
        await Store.Log.Append(Order.StreamOf(placed.Order), ExpectedRevision.None, [new(Guid.NewGuid(), EventCatalog.NameOf(placed), EventCatalog.ToJson(placed), metadata)], default);
        var id = await Store.Place(null, ("mug", 2));
        await Store.Settles(id, FulfilmentPhase.Confirmed);
        Assert.That(await Store.SagaOf(placed.Order), Is.EqualTo(FulfilmentState.None));
    }

    [Test]
    public async Task Everything_that_follows_from_a_request_carries_its_correlation_and_its_cause()
    {
        var id = await Store.Place(null, ("mug", 2));
        await Store.Settles(id, FulfilmentPhase.Confirmed);
        var all = new List<RecordedEvent>();
        await foreach (var e in Store.Log.ReadAll(LogPosition.Start, StreamFilter.Categories("order", "payment", "fulfilment"), int.MaxValue, default))
        {
            all.Add(e);
        }

        var known = all.Select(e => e.Id.ToString()).ToHashSet();
        foreach (var e in all.Skip(1))
        {
            var metadata = EventMetadata.TryRead(e.Metadata);
            Assert.That((metadata?.CorrelationId, known.Contains(metadata?.CausationId ?? string.Empty)), Is.EqualTo(("corr-1", true)), e.Type);
        }
    }
}

/// <summary>Options of tests.</summary>
static class ShortPauses
{
    public static SagaOptions Options(Uri? bus) => new()
    {
        Bus = bus,
        QueuePrefix = $"t-{Guid.NewGuid():N}",
        RetryPauses = [TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(30)],
        OutagePauseMin = TimeSpan.FromMilliseconds(10),
        OutagePauseMax = TimeSpan.FromMilliseconds(50),
        OutageMax = TimeSpan.FromMinutes(2),
        CheckpointEvery = TimeSpan.FromMilliseconds(20),
        DeadlinesEvery = TimeSpan.FromMilliseconds(10),
        DeadLettersEvery = TimeSpan.FromMilliseconds(20),
        WakingPauseMin = TimeSpan.FromMilliseconds(20),
        Policy = new([LocationId.Of("main"), LocationId.Of("spare")], TimeSpan.FromDays(30)),
    };
}
