using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Tests.Grpc;

/// <summary>Queries over gRPC, of an order that went its way.</summary>
[TestFixture]
public sealed class GrpcQueryTests : GrpcTest
{
    string _sku = string.Empty;
    string _order = string.Empty;

    [OneTimeSetUp]
    public async Task SellOne()
    {
        _sku = await Stocked(5);
        _order = (await Post("/orders", OrderOf(_sku, 2))).Field("orderId");
        await Until($"/orders/{_order}", "confirmed");
    }

    [Test]
    public async Task An_order_is_the_one_that_REST_shows()
    {
        var (order, shown) = (await Orders.GetOrderAsync(new() { OrderId = _order }), await Get($"/orders/{_order}"));

        Assert.That((order.Status, order.Settled, order.Country, order.Origin), Is.EqualTo(("confirmed", true, "Iceland", "client")));
        Assert.That((order.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), $"\"{order.Revision}\""), Is.EqualTo((shown.Field("number"), shown.Header("ETag"))));
        Assert.That((order.Lines.Single().Sku, order.Lines.Single().Amount, order.Payment.Authorised), Is.EqualTo((_sku, Pounds("5.00"), Pounds("5.00"))));
        Assert.That(order.ConfirmedAt.ToDateTimeOffset(), Is.EqualTo(DateTimeOffset.Parse(shown.Field("confirmedAt"), null)));
        Assert.That(order.ShippedAt, Is.Null);
        var payment = await Orders.GetPaymentAsync(new() { PaymentId = order.Payment.PaymentId });
        Assert.That((payment.OrderId, payment.Status, payment.Amount), Is.EqualTo((_order, "authorised", Pounds("5.00"))));
    }

    [Test]
    public async Task Lists_are_filtered_and_come_page_by_page()
    {
        var other = (await Post("/orders", OrderOf(_sku))).Field("orderId");
        await Until($"/orders/{other}", "confirmed");
        var first = await Orders.ListOrdersAsync(new() { Sku = _sku, Page = new() { Limit = 1 } });
        var second = await Orders.ListOrdersAsync(new() { Sku = _sku, Page = new() { Limit = 1, Cursor = first.Next } });

        Assert.That((first.Items.Single().OrderId, second.Items.Single().OrderId, second.Next), Is.EqualTo((other, _order, "")));
        var products = await Catalogue.ListProductsAsync(new() { SkuPrefix = _sku, IsDiscontinued = false });
        Assert.That(products.Items.Select(p => p.Sku), Does.Contain(_sku));
    }

    [Test]
    public async Task What_is_not_there_is_not_found()
    {
        var nobody = Guid.NewGuid().ToString();
        Assert.That(await Refusal(() => Orders.GetOrderAsync(new() { OrderId = nobody }).ResponseAsync), Is.EqualTo((StatusCode.NotFound, "order-unknown")));
        Assert.That(await Refusal(() => Orders.GetPaymentAsync(new() { PaymentId = nobody }).ResponseAsync), Is.EqualTo((StatusCode.NotFound, "payment-unknown")));
        Assert.That(await Refusal(() => Catalogue.GetProductAsync(new() { Sku = nobody }).ResponseAsync), Is.EqualTo((StatusCode.NotFound, "product-unknown")));
        Assert.That(await Refusal(() => Inventory.GetStockAsync(new() { Sku = nobody }).ResponseAsync), Is.EqualTo((StatusCode.NotFound, "stock-unknown")));
        Assert.That(await Refusal(() => FlashSales.GetFlashSaleAsync(new() { SaleId = nobody }).ResponseAsync), Is.EqualTo((StatusCode.NotFound, "sale-unknown")));
        Assert.That(await Refusal(() => FlashSales.GetClaimAsync(new() { SaleId = nobody, ClaimId = nobody }).ResponseAsync), Is.EqualTo((StatusCode.NotFound, "claim-unknown")));
        Assert.That(await Refusal(() => Audit.ReadStreamAsync(new() { Stream = "order-x" }).ResponseAsync), Is.EqualTo((StatusCode.NotFound, "stream-unknown")));
        Assert.That(await Refusal(() => Audit.ReadTimelineAsync(new() { OrderId = nobody }).ResponseAsync), Is.EqualTo((StatusCode.NotFound, "order-unknown")));
        Assert.That(await Refusal(() => Rows(Analytics.ReadView(new() { View = "nothing" }))), Is.EqualTo((StatusCode.NotFound, "view-unknown")));
    }

    [Test]
    public async Task A_position_that_is_none_is_refused() =>
        Assert.That(
            await Refusal(() => Orders.GetOrderAsync(new() { OrderId = _order }, new Metadata { { "commerce-min-position", "soon" } }).ResponseAsync),
            Is.EqualTo((StatusCode.InvalidArgument, "min-position-invalid")));

    [Test]
    public async Task Analysts_read_row_by_row_in_a_snapshot_that_is_dated()
    {
        await Until($"/analytics/sales?by=sku&format=ndjson", null, r => r.Text.Contains($"\"{_sku}\"", StringComparison.Ordinal));
        var parts = await Rows(Analytics.ReadSales(new() { By = { "sku" }, Bounds = new() { Limit = 100_000 } }));

        var head = parts[0].Head;
        Assert.That((head.Columns[0], head.RowLimit, head.AsOfPosition > 0), Is.EqualTo(("sku", 100_000, true)));
        var row = parts.Skip(1).Single(p => p.Row.Cells[0].Value == _sku).Row;
        Assert.That(row.Cells[head.Columns.IndexOf("currency")].Value, Is.EqualTo("GBP"));
        Assert.That(await Refusal(() => Rows(Analytics.ReadSales(new() { By = { "moon" } }))), Is.EqualTo((StatusCode.InvalidArgument, "parameter-invalid")));
        Assert.That((await Rows(Analytics.ReadView(new() { View = "orders", Bounds = new() { Limit = 1 } }))).Select(p => p.PartCase), Is.EqualTo(new[] { Wire.ReportPart.PartOneofCase.Head, Wire.ReportPart.PartOneofCase.Row }));
    }

    [Test]
    public async Task Auditors_read_streams_timelines_and_search_the_log()
    {
        var stream = await Audit.ReadStreamAsync(new() { Stream = $"order-{_order}" });
        var placed = stream.Events[0];
        var overRest = (await Get($"/audit/streams/order-{_order}")).Json.GetProperty("events")[0];

        Assert.That((placed.Type, placed.Id), Is.EqualTo((overRest.GetProperty("type").GetString(), overRest.GetProperty("id").GetString())));
        Assert.That(placed.Data.ToStringUtf8(), Is.EqualTo(overRest.GetProperty("data").GetRawText()));
        var timeline = await Audit.ReadTimelineAsync(new() { OrderId = _order });
        Assert.That(timeline.Events.Select(e => e.Stream), Does.Contain($"order-{_order}").And.Contain($"payment-{_order}").Or.Some.StartsWith("payment-"));
        var found = await Audit.SearchEventsAsync(new() { Type = placed.Type, From = $"position:{placed.Position - 1}", To = $"position:{placed.Position}" });
        Assert.That(found.Events.Single().Id, Is.EqualTo(placed.Id));
    }

    static async Task<List<Wire.ReportPart>> Rows(AsyncServerStreamingCall<Wire.ReportPart> call)
    {
        using (call)
        {
            return await call.ResponseStream.ReadAllAsync().ToListAsync();
        }
    }
}
