using Commerce.Api.Tests.App;
using Commerce.Testing.Logs;

namespace Commerce.Api.Tests;

/// <summary>An order's whole way over HTTP: sagas, relay, projections and the sandbox provider at work.</summary>
[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class FulfilmentTests(LogEngine engine) : ApiTest(engine)
{
    [Test]
    public async Task An_order_is_confirmed_shipped_completed_and_comes_back()
    {
        var sku = await Stocked(10);
        var placed = await Post("/orders", OrderOf(sku, quantity: 3));
        var address = placed.Header("Location") ?? string.Empty;
        var confirmed = await Until(address, "confirmed");
        Assert.That(confirmed.Json.GetProperty("payment").GetProperty("status").GetString(), Is.EqualTo("authorised"));

        var part = await Post($"{address}/shipments", """{"lines":[{"line":1,"quantity":1}]}""", IfMatch(confirmed.Header("ETag") ?? string.Empty));
        Assert.That((part.Status, part.Json.GetProperty("amount").GetProperty("amount").GetString()), Is.EqualTo((201, "2.50")), part.Text);
        var rest = await Post($"{address}/shipments", "{}");
        Assert.That((rest.Status, rest.Json.GetProperty("amount").GetProperty("amount").GetString()), Is.EqualTo((201, "5.00")), rest.Text);
        var completed = await Until(address, "completed");
        Assert.That(completed.Json.GetProperty("payment").GetProperty("captured").GetProperty("amount").GetString(), Is.EqualTo("7.50"));

        var returned = await Post($"{address}/returns", """{"reason":"too blue"}""");
        Assert.That(returned.Status, Is.EqualTo(201), returned.Text);
        await Until(address, "returned");
        Assert.That((await Post($"{address}/returns", """{"reason":"again"}""")).Refusal, Is.EqualTo((409, "order-status")));
        var payment = await Until($"/payments/{completed.Json.GetProperty("payment").GetProperty("paymentId").GetString()}", "authorised", p => Amount(p, "refunded") == "7.50");
        Assert.That(Amount(payment, "captured"), Is.EqualTo("7.50"));
        await Until($"/stock/{sku}", null, s => s.Field("available") == "10");
    }

    [Test]
    public async Task An_order_that_cannot_be_paid_is_rejected_and_its_stock_goes_back()
    {
        var sku = await Stocked(10);
        var placed = await Post("/orders", OrderOf(sku, quantity: 3, token: "tok_declined"));
        var rejected = await Until(placed.Header("Location") ?? string.Empty, "rejected");
        Assert.That(rejected.Field("rejectReason"), Is.EqualTo("paymentDeclined"));
        await Until($"/stock/{sku}", null, s => s.Field("available") == "10");
    }

    [Test]
    public async Task An_order_beyond_the_stock_is_rejected()
    {
        var placed = await Post("/orders", OrderOf(await Stocked(2), quantity: 3));
        Assert.That((await Until(placed.Header("Location") ?? string.Empty, "rejected")).Field("rejectReason"), Is.EqualTo("outOfStock"));
    }

    [Test]
    public async Task A_cancelled_order_gives_stock_and_money_back()
    {
        var sku = await Stocked(10);
        var placed = await Post("/orders", OrderOf(sku, quantity: 3));
        var address = placed.Header("Location") ?? string.Empty;
        var confirmed = await Until(address, "confirmed");
        await Post($"{address}/cancel", """{"reason":"changed my mind"}""");
        await Until($"/payments/{confirmed.Json.GetProperty("payment").GetProperty("paymentId").GetString()}", "voided");
        await Until($"/stock/{sku}", null, s => s.Field("available") == "10");
    }

    [Test]
    public async Task Sales_of_a_country_add_up_to_the_orders_that_went_there()
    {
        var (sku, country) = (await Stocked(10), New("Land"));
        var body = OrderOf(sku, quantity: 2).Replace("Iceland", country, StringComparison.Ordinal);
        foreach (var placed in new[] { await Post("/orders", body), await Post("/orders", body) })
        {
            await Until(placed.Header("Location") ?? string.Empty, "confirmed");
        }

        await Until("/analytics/sales?by=country,sku", null, s => s.Json.EnumerateArray().Any(row =>
            row.TryGetProperty("country", out var where) && where.GetString() == country
            && row.GetProperty("orders").GetInt64() == 2 && row.GetProperty("units").GetInt64() == 4 && row.GetProperty("gross").GetString() == "10.00"));
        var listed = await Get($"/orders?country={country}&status=confirmed&sku={sku}");
        Assert.That(listed.Json.GetProperty("items").GetArrayLength(), Is.EqualTo(2));
    }

    static string? Amount(Reply payment, string field) => payment.Json.GetProperty(field).GetProperty("amount").GetString();
}
