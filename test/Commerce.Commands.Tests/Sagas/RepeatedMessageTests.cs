using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Testing.Logs;
using Commerce.Testing.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>Whatever message comes twice, and to two nodes at once: the log and the provider's books are those of a shop that heard it once.</summary>
[TestFixture]
public sealed class RepeatedMessageTests
{
    /// <summary>What an order and its payment tell; flash sales tell theirs to others.</summary>
    static readonly string[] Types =
        [.. MessageRoutes.EventTypes.Where(t => MessageRoutes.Of(t)?.Consumer != Consumers.FlashSales && t != "order-placed-in-sale.v1").Order(StringComparer.Ordinal)];

    /// <summary>Stories of one order, each told from its beginning to its end, that between them hold every message.</summary>
    static readonly Dictionary<string, Func<Shop, Task<OrderId>>> Stories = new()
    {
        ["confirmed"] = Confirmed,
        ["declined"] = async shop => await Ended(shop, await Placed(shop, ScriptedProvider.Declined), FulfilmentPhase.Undone),
        ["cancelled"] = async shop =>
        {
            var order = await Confirmed(shop);
            await shop.Ask(order, new OrderCommand.Cancel("changed my mind"));
            return await Ended(shop, order, FulfilmentPhase.Undone);
        },
        ["cancelled by an earlier version"] = async shop =>
        {
            var order = await Confirmed(shop);
            await Append(shop, Order.StreamOf(order), new OrderEvent.CancelledV1("changed my mind"));
            return await Ended(shop, order, FulfilmentPhase.Undone);
        },
        ["requested by an earlier version"] = async shop =>
        {
            var order = new OrderId(Guid.CreateVersion7());
            await Append(shop, Payment.StreamOf(PaymentId.For(order)), new PaymentEvent.RequestedV1(order, new Money(20, Currency.Of("GBP")), null));

            // Whether the saga hears of the payment before it begins makes two stories of it.
            await shop.Until(async () => (await shop.SagaOf(order)).Payment == PaymentStatus.Authorised);
            await shop.Ask(order, new OrderCommand.Place(order, 1, Currency.Of("GBP"), null, null, null, OrderOrigin.Client, [new OrderLine(1, Sku.Of("mug"), "mug", 2, new Money(10, Currency.Of("GBP")))]));
            return await Ended(shop, order, FulfilmentPhase.Confirmed);
        },
        ["paid too late"] = async shop =>
        {
            var order = await Placed(shop, isAnswered: false);
            shop.Time.Pass(TimeSpan.FromMinutes(16));
            await shop.Settles(order, FulfilmentPhase.Undone);
            shop.Provider.Gate?.SetResult();
            await shop.Until(async () => (await shop.SagaOf(order)).Payment == PaymentStatus.Voided);
            return await Ended(shop, order, FulfilmentPhase.Undone);
        },
        ["sent in part"] = async shop =>
        {
            var order = await Confirmed(shop);
            await shop.Ask(order, new OrderCommand.Ship(Guid.CreateVersion7(), [new LineQuantity(1, 1)]));
            await shop.Until(async () => await shop.SagaOf(order) is { IsSettled: true, Shipments.Length: 1 });
            await shop.Ask(order, new OrderCommand.CancelRest("the other is broken"));
            return await Ended(shop, order, FulfilmentPhase.Completed);
        },
        ["returned"] = async shop =>
        {
            var order = await Confirmed(shop);
            await shop.Ask(order, new OrderCommand.Ship(Guid.CreateVersion7(), []));
            await shop.Settles(order, FulfilmentPhase.Completed);
            await shop.Ask(order, new OrderCommand.Return(Guid.CreateVersion7(), [], "broken"));
            await shop.Until(async () => await shop.SagaOf(order) is { IsSettled: true, Returns.Length: 1 });
            return order;
        },
    };

    static readonly Dictionary<string, string> StoryOf = new()
    {
        ["order-placed.v1"] = "confirmed",
        ["payment-requested.v2"] = "confirmed",
        ["payment-authorised.v1"] = "confirmed",
        ["payment-declined.v1"] = "declined",
        ["order-cancelled.v2"] = "cancelled",
        ["payment-void-requested.v1"] = "cancelled",
        ["payment-voided.v1"] = "cancelled",
        ["order-cancelled.v1"] = "cancelled by an earlier version",
        ["payment-requested.v1"] = "requested by an earlier version",
        ["payment-expired.v1"] = "paid too late",
        ["payment-authorised-late.v1"] = "paid too late",
        ["order-shipped.v1"] = "sent in part",
        ["payment-capture-requested.v1"] = "sent in part",
        ["payment-captured.v1"] = "sent in part",
        ["order-rest-cancelled.v1"] = "sent in part",
        ["order-returned.v1"] = "returned",
        ["payment-refund-requested.v1"] = "returned",
        ["payment-refunded.v1"] = "returned",
    };

    [TestCaseSource(nameof(Types))]
    public async Task It_has_its_effect_once(string type)
    {
        var story = Stories[StoryOf[type]];
        await using var once = await Open(nodes: 1);
        var expected = await Outcome(once, await story(once));

        await using var shop = await Open(nodes: 2);
        using var consumed = new HeardFigures("commerce.messages.consumed");
        var order = await story(shop);
        var messages = (await All(shop.Log)).Where(e => MessageRoutes.Of(e.Type) is not null).ToList();
        await AreConsumed(2 * messages.Count, consumed, shop);

        // Taken for new or not: any relay may have come to it once more.
        var again = messages.Where(e => e.Type == type).ToList();
        await Task.WhenAll(from e in again from node in shop.Hosts from isNew in new[] { true, false } select Bring(node, e, order, isNew));
        await AreConsumed((2 * messages.Count) + (4 * again.Count), consumed, shop);

        Assert.That(again, Is.Not.Empty);
        Assert.That(await Outcome(shop, order), Is.EqualTo(expected));
        Assert.That(shop.Letters.Letters, Is.Empty);
    }

    // Nodes that all relay, so that each message comes to every one of them.
    static async Task<Shop> Open(int nodes)
    {
        var shop = await Shop.On(LogEngine.InMemory, ShortPauses.Options(null));
        await shop.Receive("mug", 10);
        for (var n = 0; n < nodes; n++)
        {
            await shop.Start();
        }

        // A relay that began later would begin where another one was already.
        await Shop.Tried(() => shop.Checkpoints.Loads == nodes);
        return shop;
    }

    static async Task Bring(IHost node, RecordedEvent e, OrderId order, bool isNew)
    {
        var route = MessageRoutes.Of(e.Type) ?? throw new AssertionException($"Nobody hears of {e.Type}.");
        var endpoint = await node.Services.GetRequiredService<CommerceBus>().EndpointOf(route.Consumer);
        await route.Send(endpoint, new Fact(e, EventMetadata.TryRead(e.Metadata) ?? throw new AssertionException("It has no metadata."), order, isNew), default);
    }

    static async Task AreConsumed(int messages, HeardFigures figures, Shop shop)
    {
        try
        {
            await Shop.Tried(() => Consumed(figures, shop) == messages);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Of {messages} messages {Consumed(figures, shop)} are consumed. Dead letters: {string.Join("\n", shop.Letters.Letters)}");
        }
    }

    static double Consumed(HeardFigures figures, Shop shop) =>
        figures.Sum(tags => tags["queue"] is string queue && (queue == shop.Queue(Consumers.Fulfilment) || queue == shop.Queue(Consumers.Payments)));

    /// <summary>All that was written and moved, but in which order two nodes wrote it.</summary>
    static async Task<string> Outcome(Shop shop, OrderId order)
    {
        var events = (await All(shop.Log)).Select(e => $"{e.Stream.Category}: {e.Type}");
        var books = shop.Provider.Books.Select(b => $"provider: {b.Kind} {b.Amount}");
        var stock = await shop.StockOf("mug");
        var saga = await shop.SagaOf(order);
        return string.Join('\n', [.. events.Concat(books).Order(StringComparer.Ordinal), $"{saga.Phase}, {stock.OnHand} on hand, {stock.ReservedTotal} reserved"]);
    }

    static async Task<List<RecordedEvent>> All(FlakyLog log)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, default))
        {
            events.Add(e);
        }

        return events;
    }

    static async Task<OrderId> Confirmed(Shop shop) => await Ended(shop, await Placed(shop), FulfilmentPhase.Confirmed);

    // A node that is so late with the placing that the order is undone meanwhile reserves anew and lets go again: as it should, but
    // not what a shop did that heard it once. So nothing goes on before every node has handled it and the payment is asked for.
    static async Task<OrderId> Placed(Shop shop, string? token = null, bool isAnswered = true)
    {
        using var consumed = new HeardFigures("commerce.messages.consumed");
        shop.Provider.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var order = await shop.Place(token, ("mug", 2));
        await Shop.Tried(() => consumed.Sum(tags => tags["queue"] is string queue && queue == shop.Queue(Consumers.Fulfilment)) == shop.Hosts.Count);
        if (isAnswered)
        {
            shop.Provider.Gate.SetResult();
        }

        return order;
    }

    static async Task<OrderId> Ended(Shop shop, OrderId order, FulfilmentPhase phase)
    {
        await shop.Settles(order, phase);
        return order;
    }

    static Task Append(Shop shop, StreamName stream, object old) => shop.Log.Append(
        stream, ExpectedRevision.Any, [new(Guid.NewGuid(), EventCatalog.NameOf(old), EventCatalog.ToJson(old), new EventMetadata { OccurredAt = shop.Time.GetUtcNow(), Actor = "test" }.ToJson())], default);
}
