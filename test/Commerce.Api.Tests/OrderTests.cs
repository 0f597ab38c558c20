using System.Globalization;
using Commerce.Api.Tests.App;
using Commerce.Testing.Logs;
using Commerce.Domain;
using Commerce.Domain.Orders;

namespace Commerce.Api.Tests;

[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class OrderTests(LogEngine engine) : ApiTest(engine)
{
    [Test]
    public async Task A_placed_order_answers_with_its_address_its_tag_its_number_and_its_position()
    {
        var reply = await Post("/orders", OrderOf(await Product()));
        Assert.Multiple(() =>
        {
            Assert.That(reply.Status, Is.EqualTo(201), reply.Text);
            Assert.That(reply.Header("Location"), Is.EqualTo($"/orders/{reply.Field("orderId")}"));
            Assert.That(reply.Header("ETag"), Is.EqualTo("\"0\""));
            Assert.That(reply.Header("Commerce-Position"), Is.EqualTo(reply.Field("position")));
            Assert.That(reply.Field("status"), Is.EqualTo("placed"));
            Assert.That(long.Parse(reply.Field("number"), CultureInfo.InvariantCulture), Is.Positive);
            Assert.That(reply.Json.GetProperty("number").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.String));
        });
    }

    [Test]
    public async Task An_order_keeps_the_price_of_the_moment_when_it_was_placed()
    {
        var sku = await Product("2.505");
        var placed = await Post("/orders", OrderOf(sku, quantity: 3));
        await Put($"/products/{sku}/price", """{"price":{"amount":"9","currency":"GBP"}}""");

        var order = await Load(placed);
        Assert.That(order.Lines[1].Line.UnitPrice, Is.EqualTo(new Money(2.505m, Currency.Of("GBP"))));
        Assert.That(order.Total, Is.EqualTo(new Money(7.52m, Currency.Of("GBP"))));
    }

    [Test]
    public async Task Later_orders_have_higher_numbers()
    {
        var sku = await Product();
        var first = await Post("/orders", OrderOf(sku));
        var second = await Post("/orders", OrderOf(sku));
        Assert.That(Number(second), Is.GreaterThan(Number(first)));
    }

    [Test]
    public async Task An_order_of_what_is_not_sold_is_refused_and_names_it()
    {
        var known = await Product();
        var unknown = New("none");
        var reply = await Post("/orders", $$"""{"currency":"GBP","lines":[{"sku":"{{known}}","quantity":1},{"sku":"{{unknown}}","quantity":1}]}""");
        Assert.That(reply.Refusal, Is.EqualTo((422, "product-unknown")));
        Assert.That((reply.Field("sku"), reply.Field("line")), Is.EqualTo((unknown, "2")));
    }

    [Test]
    public async Task An_order_of_what_is_sold_no_more_is_refused_and_names_it()
    {
        var sku = await Product();
        await Send(HttpMethod.Post, $"/products/{sku}/discontinue", null);
        var reply = await Post("/orders", OrderOf(sku));
        Assert.That(reply.Refusal, Is.EqualTo((422, "product-discontinued")));
        Assert.That(reply.Field("sku"), Is.EqualTo(sku));
    }

    [Test]
    public async Task An_order_in_another_currency_than_its_products_is_refused() =>
        Assert.That((await Post("/orders", OrderOf(await Product(currency: "EUR")))).Refusal, Is.EqualTo((422, "currency-mismatch")));

    [TestCase("""{"currency":"GBP","lines":[]}""", 422, "lines-invalid")]
    [TestCase("""{"currency":"GBP"}""", 400, "body-invalid")]
    [TestCase("""{"currency":"ZZZ","lines":[]}""", 400, "body-invalid")]
    [TestCase("""{"currency":"GBP","lines":null}""", 400, "body-invalid")]
    [TestCase("""{"currency":"GBP","lines":[null]}""", 400, "body-invalid")]
    [TestCase("""{"currency":"GBP","lines":[{"quantity":1}]}""", 400, "body-invalid")]
    [TestCase("""{"currency":"GBP","lines":[{"sku":"A"}]}""", 400, "body-invalid")]
    [TestCase("""{"currency":"GBP","lines":[{"sku":"A","quantity":1}],"customerId":"a b"}""", 400, "body-invalid")]
    public async Task An_order_that_is_none_is_refused(string body, int status, string code) =>
        Assert.That((await Post("/orders", body)).Refusal, Is.EqualTo((status, code)));

    [TestCase("country", "", "country-invalid")]
    [TestCase("paymentToken", "a\\u0000b", "payment-token-invalid")]
    public async Task A_text_that_cannot_be_kept_is_refused(string field, string text, string code) => Assert.That(
        (await Post("/orders", $$"""{"currency":"GBP","{{field}}":"{{text}}","lines":[{"sku":"{{await Product()}}","quantity":1}]}""")).Refusal, Is.EqualTo((422, code)));

    [Test]
    public async Task A_quantity_of_nothing_is_refused() =>
        Assert.That((await Post("/orders", OrderOf(await Product(), quantity: 0))).Refusal, Is.EqualTo((422, "quantity-invalid")));

    [Test]
    public async Task The_longest_order_is_placed_and_one_line_more_is_refused()
    {
        var sku = await Product();
        Assert.That((await Post("/orders", Long(sku, Order.LinesMax))).Status, Is.EqualTo(201));
        Assert.That((await Post("/orders", Long(sku, Order.LinesMax + 1))).Refusal, Is.EqualTo((422, "lines-invalid")));
    }

    [Test]
    public async Task An_unknown_order_is_not_found()
    {
        var id = Guid.NewGuid();
        Assert.That((await Post($"/orders/{id}/cancel", """{"reason":"x"}""")).Refusal, Is.EqualTo((404, "order-unknown")));
        Assert.That((await Post($"/orders/{id}/shipments", "{}")).Refusal, Is.EqualTo((404, "order-unknown")));
        Assert.That((await Post($"/orders/{id}/returns", """{"reason":"x"}""")).Refusal, Is.EqualTo((404, "order-unknown")));
    }

    [Test]
    public async Task A_cancelled_order_ships_no_more()
    {
        var placed = await Post("/orders", OrderOf(await Stocked(10)));
        var address = placed.Header("Location");

        var cancelled = await Post($"{address}/cancel", """{"reason":"changed my mind"}""");
        Assert.That((cancelled.Status, cancelled.Field("status")), Is.EqualTo((200, "cancelled")));
        Assert.That((await Post($"{address}/shipments", "{}")).Refusal, Is.EqualTo((409, "order-status")));
    }

    [TestCase("""{"lines":[null]}""")]
    [TestCase("""{"lines":[{"line":1}]}""")]
    public async Task Lines_of_a_shipment_are_whole(string body) =>
        Assert.That((await Post($"/orders/{Guid.NewGuid()}/shipments", body)).Refusal, Is.EqualTo((400, "body-invalid")));

    static long Number(Reply reply) => long.Parse(reply.Field("number"), CultureInfo.InvariantCulture);

    static string Long(string sku, int lines) =>
        $$"""{"currency":"GBP","lines":[{{string.Join(',', Enumerable.Repeat($$"""{"sku":"{{sku}}","quantity":1}""", lines))}}]}""";

    async Task<Order> Load(Reply placed) =>
        (await App.Host.Commands.Load(Order.Decider, Order.StreamOf(OrderId.Parse(placed.Field("orderId"), null)), CancellationToken.None)).State;
}
