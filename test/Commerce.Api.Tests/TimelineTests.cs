using System.Globalization;
using System.Text.Json;
using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Testing.Logs;

namespace Commerce.Api.Tests;

/// <summary>What auditors read of one order: every event of order, stock, payment and saga in one line of time, with what led to it.</summary>
[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class TimelineTests(LogEngine engine) : ApiTest(engine)
{
    [Test]
    public async Task The_whole_life_of_an_order_stands_in_one_line_in_which_everything_has_its_cause()
    {
        var sku = await Stocked(10);
        var address = await Placed(OrderOf(sku, quantity: 3));
        await Until(address, "confirmed");
        await Post($"{address}/shipments", """{"lines":[{"line":1,"quantity":1}]}""");
        await Post($"{address}/shipments", "{}");
        await Until(address, "completed");
        await Post($"{address}/returns", """{"reason":"too blue"}""");
        var line = await Line(address, "fulfilment-payment-refunded.v1");

        Assert.That(TypesOf(line, "order"), Is.EqualTo([
            "order-placed.v1", "order-confirmed.v1", "order-shipped.v1", "order-shipped.v1", "order-completed.v1", "order-returned.v1"]));
        Assert.That(TypesOf(line, "payment"), Is.EquivalentTo([
            "payment-requested.v2", "payment-authorised.v1", "payment-capture-requested.v1", "payment-captured.v1", "payment-capture-requested.v1", "payment-captured.v1",
            "payment-refund-requested.v1", "payment-refunded.v1"]));
        Assert.That(TypesOf(line, "stock"), Is.EqualTo(["stock-reserved.v1", "stock-shipped.v2", "stock-shipped.v2", "stock-returned.v2"]));
        AssertWhole(line, ["order-placed.v1", "order-shipped.v1", "order-returned.v1"]);
    }

    [Test]
    public async Task A_cancelled_order_shows_each_of_its_compensations_and_what_led_to_it()
    {
        var address = await Placed(OrderOf(await Stocked(10), quantity: 3));
        await Until(address, "confirmed");
        await Post($"{address}/cancel", """{"reason":"changed my mind"}""");
        var line = await Line(address, "fulfilment-undone.v1");

        Assert.That(TypesOf(line, "order"), Is.EqualTo(["order-placed.v1", "order-confirmed.v1", "order-cancelled.v2"]));
        Assert.That(TypesOf(line, "payment"), Is.EqualTo(["payment-requested.v2", "payment-authorised.v1", "payment-void-requested.v1", "payment-voided.v1"]));
        Assert.That(TypesOf(line, "stock"), Is.EqualTo(["stock-reserved.v1", "stock-released.v1"]));
        var cancelled = line.Single(e => e.Type == "order-cancelled.v2");
        Assert.That(line.Single(e => e.Type == "stock-released.v1").Cause, Is.EqualTo(cancelled.Id));
        Assert.That(line.Single(e => e.Type == "payment-void-requested.v1").Cause, Is.EqualTo(cancelled.Id));
        AssertWhole(line, ["order-placed.v1", "order-cancelled.v2"]);
    }

    [Test]
    public async Task Of_an_order_split_over_two_locations_causation_leads_from_every_event_back_to_the_placing()
    {
        var sku = await Stocked(2);
        await Receive(sku, 2, "annexe");
        var address = await Placed(OrderOf(sku, quantity: 3));
        var line = await Line(address, "fulfilment-order-confirmed.v1");

        Assert.That(
            line.Where(e => e.Type == "stock-reserved.v1").Select(e => (e.Stream, e.Data.GetProperty("quantity").GetInt32())),
            Is.EqualTo([($"stock-{sku}@main", 2), ($"stock-{sku}@annexe", 1)]));
        AssertWhole(line, ["order-placed.v1"]);
        Assert.That(line.Select(e => e.Correlation).Distinct().Count(), Is.EqualTo(1), "One request set it all off.");
    }

    [Test]
    public async Task Other_orders_of_the_same_stock_do_not_show()
    {
        var sku = await Stocked(10);
        var (mine, other) = (await Placed(OrderOf(sku)), await Placed(OrderOf(sku)));
        await Until(other, "confirmed");
        var line = await Line(mine, "fulfilment-order-confirmed.v1");
        Assert.That(line.Where(e => e.Stream.StartsWith("stock-", StringComparison.Ordinal)).Select(e => e.Data.GetProperty("order").GetString()).Distinct(), Is.EqualTo([IdOf(mine)]));
    }

    [Test]
    public async Task A_long_line_is_read_page_by_page()
    {
        var address = await Placed(OrderOf(await Stocked(10)));
        var whole = await Line(address, "fulfilment-order-confirmed.v1");
        var (read, after) = (new List<Happened>(), "0");
        for (string? next = after; next is not null;)
        {
            var page = await Get($"/audit/orders/{IdOf(address)}/timeline?after={next}&limit=3");
            Assert.That(page.Json.GetProperty("events").GetArrayLength(), Is.LessThanOrEqualTo(3));
            read.AddRange(EventsOf(page));
            next = page.Json.TryGetProperty("next", out var more) ? more.GetString() : null;
        }

        Assert.That(read.Select(e => e.Id), Is.EqualTo(whole.Select(e => e.Id)));
        var between = await Get($"/audit/orders/{IdOf(address)}/timeline?after={whole[0].Position + 1}");
        Assert.That(EventsOf(between).Select(e => e.Id).Intersect(whole.Skip(2).Select(e => e.Id)), Is.Not.Empty, "A position that no event has is a place all the same.");
    }

    [TestCase("11111111-1111-7111-8111-111111111111", "", 404, "order-unknown")]
    [TestCase("11111111-1111-7111-8111-111111111111", "?limit=1001", 400, "parameter-invalid")]
    [TestCase("11111111-1111-7111-8111-111111111111", "?after=-1", 400, "parameter-invalid")]
    public async Task What_cannot_be_read_is_refused(string order, string query, int status, string code) =>
        Assert.That((await Get($"/audit/orders/{order}/timeline{query}")).Refusal, Is.EqualTo((status, code)));

    // In the log's order, of one order's streams, and from each event a way leads back to something that a client asked for.
    static void AssertWhole(IReadOnlyList<Happened> line, string[] askedFor)
    {
        Assert.That(line.Select(e => e.Position), Is.Ordered);
        Assert.That(line.Select(e => e.Id), Is.Unique);
        var byId = line.ToDictionary(e => e.Id);
        Assert.Multiple(() =>
        {
            foreach (var e in line)
            {
                var root = e;
                while (byId.TryGetValue(root.Cause ?? string.Empty, out var cause))
                {
                    Assert.That(cause.Position, Is.LessThan(root.Position), $"{root.Type} stands after its cause.");
                    root = cause;
                }

                Assert.That(askedFor, Does.Contain(root.Type), $"{e.Type} leads back to {root.Type}, caused by {root.Cause}.");
                Assert.That((root.Actor, root.Cause), Is.EqualTo((OperatorKeys.Owner.Client, root.Command)));
            }
        });
    }

    static string[] TypesOf(IEnumerable<Happened> line, string category) => [.. line.Where(e => e.Stream.StartsWith(category + "-", StringComparison.Ordinal)).Select(e => e.Type)];

    static string IdOf(string address) => address[(address.LastIndexOf('/') + 1)..];

    static List<Happened> EventsOf(Reply page) => [.. page.Json.GetProperty("events").EnumerateArray().Select(Happened.Of)];

    async Task<string> Placed(string body)
    {
        var placed = await Post("/orders", body);
        Assert.That(placed.Status, Is.EqualTo(201), placed.Text);
        return placed.Header("Location") ?? string.Empty;
    }

    /// <summary>The order's line once it holds an event of this type.</summary>
    async Task<IReadOnlyList<Happened>> Line(string address, string until) =>
        EventsOf(await Until($"/audit/orders/{IdOf(address)}/timeline", null, page => EventsOf(page).Any(e => e.Type == until)));

    sealed record Happened(string Id, string Stream, long Position, string Type, string? Actor, string? Command, string? Correlation, string? Cause, JsonElement Data)
    {
        public static Happened Of(JsonElement e) => new(
            Text(e, "id") ?? string.Empty, Text(e, "stream") ?? string.Empty, long.Parse(Text(e, "position") ?? "0", CultureInfo.InvariantCulture), Text(e, "type") ?? string.Empty,
            Text(e, "actor"), Text(e, "commandId"), Text(e, "correlationId"), Text(e, "causationId"), e.GetProperty("data"));

        static string? Text(JsonElement e, string field) => e.TryGetProperty(field, out var value) ? value.GetString() : null;
    }
}
