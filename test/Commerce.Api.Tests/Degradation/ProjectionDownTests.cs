using System.Globalization;
using Commerce.Api.Tests.App;
using Commerce.Domain.Log;

namespace Commerce.Api.Tests.Degradation;

/// <summary>One projection stops under a running application: the others go on, and readers can tell which is which.</summary>
[TestFixture]
public sealed class ProjectionDownTests
{
    [Test]
    public async Task What_one_that_stands_still_shows_says_how_far_behind_it_is_and_the_others_go_on()
    {
        await using var app = await CommerceApp.Start();
        var shopper = new Shopper(app);
        await shopper.Stock("MUG-1");
        await shopper.Until("/products", r => r.Status == 200 && r.Header("Commerce-Lag") == "0" && Items(r) == 1);
        var broken = await app.Host.Log.Append(
            StreamName.For("product", "BROKEN"), ExpectedRevision.None, [new NewEvent(Guid.NewGuid(), "product-registered.v1", "[]"u8.ToArray(), default)], default) as AppendResult.Appended;
        await shopper.Stock("MUG-2");

        var stopped = await shopper.Until("/products", r => r.Status == 200 && long.Parse(r.Header("Commerce-Lag") ?? "0", CultureInfo.InvariantCulture) >= 1);
        Assert.That(Items(stopped), Is.EqualTo(1), "What was there before is shown.");
        Assert.That(Position(stopped), Is.Not.Negative.And.LessThan(broken?.Position.Value ?? 0));
        var stock = await shopper.Until("/stock/MUG-2", r => r.Status == 200);
        var order = await shopper.Order("MUG-2", "order-1");
        await shopper.Until(order.Header("Location") ?? string.Empty, r => r.Status == 200 && r.Field("status") == "confirmed");
        Assert.That((await shopper.Until("/stock/MUG-2", r => r.Header("Commerce-Lag") == "0")).Field("onHand"), Is.EqualTo(stock.Field("onHand")));

        var refused = await shopper.Get("/products", ("Commerce-Min-Position", order.Field("position")));
        Assert.That(refused.Refusal, Is.EqualTo((503, "position-not-reached")));
        Assert.That((refused.Header("Retry-After"), Position(refused)), Is.EqualTo(("2", Position(stopped))), "It says how far it is.");
    }

    [Test]
    public async Task A_list_that_is_made_of_two_read_models_waits_for_both()
    {
        await using var app = await CommerceApp.Start();
        var shopper = new Shopper(app);
        await shopper.Stock("MUG-1");
        var first = await shopper.Order("MUG-1", "order-1");
        var shown = await shopper.Get("/orders?sku=MUG-1", ("Commerce-Min-Position", first.Field("position")));
        Assert.That((shown.Status, Items(shown)), Is.EqualTo((200, 1)));

        Assert.That((await shopper.Post("/ops/projections/sales-lines/pause", """{"reason":"the disk is full"}""", "pause-1")).Status, Is.EqualTo(200));
        await shopper.Until("/ops/projections", r => r.Json.GetProperty("items").EnumerateArray().Any(p => p.GetProperty("state").GetString() == "paused" && !p.GetProperty("isLedHere").GetBoolean()));
        var second = await shopper.Order("MUG-1", "order-2");

        var all = await shopper.Get("/orders", ("Commerce-Min-Position", second.Field("position")));
        Assert.That((all.Status, Items(all)), Is.EqualTo((200, 2)));
        Assert.That((await shopper.Get("/orders?sku=MUG-1", ("Commerce-Min-Position", second.Field("position")))).Refusal, Is.EqualTo((503, "position-not-reached")));
    }

    static int Items(Reply reply) => reply.Json.GetProperty("items").GetArrayLength();

    static long Position(Reply reply) => long.Parse(reply.Header("Commerce-As-Of-Position") ?? "-1", CultureInfo.InvariantCulture);
}
