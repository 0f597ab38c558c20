using System.Text.Json;
using Commerce.Api.Tests.App;
using Commerce.Testing.Logs;

namespace Commerce.Api.Tests;

/// <summary>What auditors see of an aggregate as it was.</summary>
[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class PastStateTests(LogEngine engine) : ApiTest(engine)
{
    [Test]
    public async Task A_shelf_is_shown_as_it_was_after_each_revision_at_each_position_and_as_it_is_now()
    {
        var sku = await Stocked(10);
        await Receive(sku, 5, "main");
        var events = (await Get($"/audit/streams/stock-{sku}@main")).Json.GetProperty("events");

        Assert.That(OnHand(await State(sku, "revision:0")), Is.EqualTo(10));
        Assert.That(OnHand(await State(sku, "revision:1")), Is.EqualTo(15));
        Assert.That(OnHand(await State(sku, $"position:{events[0].GetProperty("position").GetString()}")), Is.EqualTo(10));
        var now = await State(sku, null);
        Assert.That((OnHand(now), now.GetProperty("revision").GetString()), Is.EqualTo((15, "1")));
    }

    [Test]
    public async Task Before_its_first_event_it_is_what_it_begins_as()
    {
        var before = await State(await Stocked(10), "1999-12-31");

        Assert.That((OnHand(before), before.TryGetProperty("revision", out _)), Is.EqualTo((0, false)));
    }

    [Test]
    public async Task A_time_is_that_of_the_world()
    {
        var address = await Placed(await Stocked(3));
        await Until(address, "confirmed");
        var stream = $"/audit/streams/order-{address.Split('/')[^1]}";
        var confirmedAt = (await Get(stream)).Json.GetProperty("events").EnumerateArray().Single(e => e.GetProperty("type").GetString() == "order-confirmed.v1")
            .GetProperty("metadata").GetProperty("occurredAt").GetDateTimeOffset();

        Assert.That(Status(await Get($"{stream}/state?asOf={confirmedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffffZ}")), Is.EqualTo("confirmed"));
        Assert.That(Status(await Get($"{stream}/state?asOf={confirmedAt.AddTicks(-1).UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffffZ}")), Is.EqualTo("placed"));
        Assert.That(Status(await Get($"{stream}/state?asOf={confirmedAt.UtcDateTime:yyyy-MM-dd}")), Is.EqualTo("confirmed"), "a day means its end");
    }

    [Test]
    public async Task What_changed_between_two_moments_is_named_place_by_place()
    {
        var sku = await Stocked(10);
        await Receive(sku, 5, "main");
        var diff = (await Get($"/audit/streams/stock-{sku}@main/diff?from=revision:0&to=revision:1")).Json;

        Assert.That(diff.GetProperty("changes").EnumerateArray().Select(c => (c.GetProperty("path").GetString(), c.GetProperty("from").GetInt32(), c.GetProperty("to").GetInt32())),
            Is.EquivalentTo(new[] { ("/onHand", 10, 15), ("/available", 10, 15) }));
        Assert.That((diff.GetProperty("from").GetString(), diff.GetProperty("to").GetString()), Is.EqualTo(("0", "1")));
    }

    [Test]
    public async Task What_is_not_known_yet_of_a_flash_sale_is_left_out()
    {
        var sale = await Post("/flash-sales", $$$"""{"sku":"{{{await Stocked(5)}}}","units":5,"unitPrice":{"amount":"1.00","currency":"GBP"},"opens":"{{{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}}}","closes":"{{{TimeProvider.System.GetUtcNow().AddHours(1):yyyy-MM-ddTHH:mm:ssZ}}}"}""");
        Assert.That(sale.Status, Is.EqualTo(201), sale.Text);
        var announced = await Get($"/audit/streams/flashsale-{sale.Field("saleId")}/state?asOf=revision:0");

        Assert.That(announced.Status, Is.EqualTo(200), announced.Text);
        Assert.That((announced.Json.GetProperty("state").TryGetProperty("parts", out _), announced.Json.GetProperty("state").GetProperty("unclaimed").GetArrayLength()), Is.EqualTo((false, 0)));
    }

    [TestCase("/audit/streams/order-none/state", 404, "stream-unknown")]
    [TestCase("/audit/streams/no%20name/state", 404, "stream-unknown")]
    [TestCase("/audit/streams/stock-{0}@main/state?asOf=yesterday", 400, "parameter-invalid")]
    [TestCase("/audit/streams/stock-{0}@main/diff?from=revision:-1", 400, "parameter-invalid")]
    public async Task What_cannot_be_shown_is_refused_with_a_code(string path, int status, string code) =>
        Assert.That((await Get(path.Replace("{0}", await Stocked(1), StringComparison.Ordinal))).Refusal, Is.EqualTo((status, code)));

    async Task<JsonElement> State(string sku, string? asOf)
    {
        var reply = await Get($"/audit/streams/stock-{sku}@main/state{(asOf is null ? string.Empty : $"?asOf={asOf}")}");
        Assert.That(reply.Status, Is.EqualTo(200), reply.Text);
        return reply.Json;
    }

    async Task<string> Placed(string sku)
    {
        var reply = await Post("/orders", OrderOf(sku));
        Assert.That(reply.Status, Is.EqualTo(201), reply.Text);
        return reply.Header("Location") ?? string.Empty;
    }

    static int OnHand(JsonElement shown) => shown.GetProperty("state").GetProperty("onHand").GetInt32();

    static string? Status(Reply reply) => reply.Json.GetProperty("state").GetProperty("status").GetString();
}
