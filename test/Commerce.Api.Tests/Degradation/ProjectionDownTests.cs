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

    static int Items(Reply reply) => reply.Json.GetProperty("items").GetArrayLength();

    static long Position(Reply reply) => long.Parse(reply.Header("Commerce-As-Of-Position") ?? "-1", CultureInfo.InvariantCulture);
}
