using System.Globalization;
using Commerce.Api.Tests.App;
using Commerce.Testing.Logs;

namespace Commerce.Api.Tests;

[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class QueryTests(LogEngine engine) : ApiTest(engine)
{
    [Test]
    public async Task A_query_that_names_a_commands_position_sees_what_it_did()
    {
        var sku = New("SKU");
        var registered = await Post("/products", MugWith(sku));
        var product = await Get($"/products/{sku}", At(registered));

        Assert.That(product.Status, Is.EqualTo(200), product.Text);
        Assert.That(product.Json.GetProperty("price").GetProperty("amount").GetString(), Is.EqualTo("2.50"));
        Assert.That(product.Header("ETag"), Is.EqualTo(registered.Header("ETag")));
    }

    [Test]
    public async Task A_resource_that_the_client_has_already_is_not_sent_again()
    {
        var sku = New("SKU");
        var registered = await Post("/products", MugWith(sku));
        var product = await Get($"/products/{sku}", At(registered), ("If-None-Match", "\"0\""));
        Assert.That((product.Status, product.Text), Is.EqualTo((304, string.Empty)));
    }

    [TestCase("x")]
    [TestCase("-1")]
    public async Task A_position_that_is_none_is_refused(string position) =>
        Assert.That((await Get("/products", ("Commerce-Min-Position", position))).Refusal, Is.EqualTo((400, "min-position-invalid")));

    [Test]
    public async Task A_position_that_is_not_reached_in_time_is_told_with_a_time_to_come_back()
    {
        await Until("/products", null);
        var reply = await Get("/products", ("Commerce-Min-Position", long.MaxValue.ToString(CultureInfo.InvariantCulture)));
        Assert.That(reply.Refusal, Is.EqualTo((503, "position-not-reached")));
        Assert.That(reply.Header("Retry-After"), Is.Not.Null);
    }

    [TestCase("/products/none", "product-unknown")]
    [TestCase("/stock/none", "stock-unknown")]
    [TestCase("/orders/3d7c0a52-6c8c-4ae9-96b5-7c2a8a7c9a11", "order-unknown")]
    [TestCase("/payments/3d7c0a52-6c8c-4ae9-96b5-7c2a8a7c9a11", "payment-unknown")]
    [TestCase("/audit/streams/order-none", "stream-unknown")]
    public async Task What_does_not_exist_is_not_found(string path, string code)
    {
        await Post("/products", MugWith(New("SKU")));
        Assert.That((await Get(path)).Refusal, Is.EqualTo((404, code)));
    }

    [TestCase("/products?limit=0", "limit")]
    [TestCase("/products?limit=501", "limit")]
    [TestCase("/products?limit=x", "limit")]
    [TestCase("/products?cursor=x", "cursor")]
    [TestCase("/products?discontinued=maybe", "discontinued")]
    [TestCase("/products?name=%00", "name")]
    [TestCase("/orders?cursor=bm9uZQ", "cursor")]
    [TestCase("/orders?status=lost", "status")]
    [TestCase("/orders?status=none", "status")]
    [TestCase("/orders?from=yesterday", "from")]
    [TestCase("/orders?to=2026-13-01", "to")]
    [TestCase("/orders?customerId=a%20b", "customerId")]
    [TestCase("/orders/x", "id")]
    [TestCase("/analytics/sales?by=weather", "by")]
    [TestCase("/analytics/sales?from=2026-1-1", "from")]
    [TestCase("/analytics/sales?format=xml", "format")]
    [TestCase("/audit/streams/order-a?from=-1", "from")]
    [TestCase("/audit/streams/order-a?limit=1001", "limit")]
    public async Task A_parameter_that_is_none_is_refused_by_name(string path, string parameter)
    {
        var reply = await Get(path);
        Assert.That(reply.Refusal, Is.EqualTo((400, "parameter-invalid")), reply.Text);
        Assert.That(reply.Field("parameter"), Is.EqualTo(parameter));
    }

    [Test]
    public async Task Pages_of_a_list_show_each_item_once()
    {
        var prefix = New("PAGE");
        var skus = Enumerable.Range(0, 7).Select(n => $"{prefix}.{n}").ToList();
        Reply? last = null;
        foreach (var sku in skus)
        {
            last = await Post("/products", MugWith(sku));
        }

        var (seen, next) = (new List<string?>(), string.Empty);
        while (next is not null)
        {
            var page = await Get($"/products?sku={prefix}.&limit=3{(next.Length == 0 ? string.Empty : $"&cursor={next}")}", At(last));
            seen.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(p => p.GetProperty("sku").GetString()));
            next = page.Json.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }

        Assert.That(seen, Is.EqualTo(skus));
    }

    [Test]
    public async Task Stock_is_shown_by_location_and_in_sum()
    {
        var sku = New("SKU");
        await Post($"/stock/{sku}/receipts", """{"quantity":5,"reference":"D-1"}""");
        var last = await Post($"/stock/{sku}/receipts", """{"quantity":6,"reference":"D-1","location":"north"}""");

        var stock = await Get($"/stock/{sku}", At(last));
        Assert.That((stock.Field("available"), stock.Field("onHand"), stock.Field("reserved")), Is.EqualTo(("11", "11", "0")), stock.Text);
        Assert.That(stock.Json.GetProperty("locations").EnumerateArray().Select(l => l.GetProperty("location").GetString()), Is.EqualTo(new[] { "main", "north" }));
    }

    [Test]
    public async Task A_streams_events_are_read_page_by_page()
    {
        var sku = await Product();
        await Put($"/products/{sku}/price", """{"price":{"amount":"3","currency":"GBP"}}""");

        var first = await Get($"/audit/streams/product-{sku}?limit=1");
        var second = await Get($"/audit/streams/product-{sku}?limit=1&from={first.Field("next")}");
        var end = await Get($"/audit/streams/product-{sku}?limit=1&from={second.Field("next")}");
        Assert.Multiple(() =>
        {
            Assert.That(Types(first), Is.EqualTo(new[] { "product-registered.v1" }));
            Assert.That(Types(second), Is.EqualTo(new[] { "product-price-changed.v1" }));
            Assert.That(Types(end), Is.Empty);
            Assert.That(second.Json.GetProperty("events")[0].GetProperty("data").GetProperty("price").GetProperty("amount").GetString(), Is.EqualTo("3"));
        });
    }

    [Test]
    public async Task Figures_come_as_json_or_csv_as_the_client_asks()
    {
        var last = await Post("/products", MugWith(New("SKU")));
        var json = await Get("/analytics/sales?by=day,country", At(last));
        var csv = await Get("/analytics/sales?by=day,country&format=csv", At(last));
        var accepted = await Get("/analytics/sales", At(last), ("Accept", "text/csv, application/json;q=0.5"));

        Assert.Multiple(() =>
        {
            Assert.That((json.MediaType, json.Json.ValueKind), Is.EqualTo(("application/json", System.Text.Json.JsonValueKind.Array)));
            Assert.That((csv.MediaType, csv.Text.Split("\r\n")[0]), Is.EqualTo(("text/csv", "day,country,currency,orders,lines,units,gross,returned,credited,net")));
            Assert.That(accepted.MediaType, Is.EqualTo("text/csv"));
        });
        Assert.That((await Get("/analytics/sales", ("Accept", "image/png"))).Refusal, Is.EqualTo((406, "not-acceptable")));
    }

    [Test]
    public async Task Health_tells_of_each_part()
    {
        await Get("/products", At(await Post("/products", MugWith(New("SKU")))));
        Assert.That((await Get("/health/live")).Status, Is.EqualTo(200));
        var ready = await Get("/health/ready");
        Assert.That((ready.Status, ready.Field("status")), Is.EqualTo((200, "ready")), ready.Text);
        Assert.That(ready.Json.GetProperty("checks").EnumerateArray().Select(c => c.GetProperty("name").GetString()), Is.SupersetOf(new[] { "log", "readDatabase", "projection:orders" }));
        Assert.That(ready.Json.GetProperty("leads").EnumerateArray().Select(l => l.GetString()), Is.SupersetOf(new[] { "deadlines", "projection:orders", "relay" }));
    }

    static IEnumerable<string?> Types(Reply page) => page.Json.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString());
}
