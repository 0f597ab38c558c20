using Google.Rpc;
using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Tests.Grpc;

/// <summary>Commands over gRPC: the same as over REST, in other words.</summary>
[TestFixture]
public sealed class GrpcCommandTests : GrpcTest
{
    [Test]
    public async Task A_product_is_registered_priced_and_discontinued()
    {
        var sku = New("RPC");
        var registered = await Catalogue.RegisterProductAsync(new() { Sku = sku, Name = "Mug", Price = Pounds("2.50") }, Keyed());
        var priced = await Catalogue.ChangePriceAsync(new() { Sku = sku, Price = Pounds("2.75") }, new Metadata { { "if-match", "0" } });
        var discontinued = await Catalogue.DiscontinueProductAsync(new() { Sku = sku }, []);

        Assert.That((registered.Sku, registered.Done.Revision, priced.Done.Revision, discontinued.Done.Revision), Is.EqualTo((sku, 0L, 1L, 2L)));
        var product = await Catalogue.GetProductAsync(new() { Sku = sku }, At(discontinued.Done));
        Assert.That((product.Name, product.Price, product.IsDiscontinued, product.Revision), Is.EqualTo(("Mug", Pounds("2.75"), true, 2L)));
    }

    [Test]
    public async Task An_order_goes_its_way_until_it_is_shipped_and_comes_back()
    {
        var sku = await Stocked(5);
        var placed = await Orders.PlaceOrderAsync(WishFor(sku, 2), Keyed());
        await Until($"/orders/{placed.OrderId}", "confirmed");

        var shipped = await Orders.ShipOrderAsync(new() { OrderId = placed.OrderId }, Keyed());
        Assert.That((shipped.Amount, shipped.Lines.Single()), Is.EqualTo((Pounds("5.00"), new Wire.LineUnits { Line = 1, Quantity = 2 })));
        await Until($"/orders/{placed.OrderId}", "completed");
        var returned = await Orders.ReturnOrderAsync(new() { OrderId = placed.OrderId, Reason = "too red", Lines = { new Wire.LineUnits { Line = 1, Quantity = 1 } } }, Keyed());
        Assert.That(returned.Amount, Is.EqualTo(Pounds("2.50")));

        var order = await Orders.GetOrderAsync(new() { OrderId = placed.OrderId }, At(returned.Done));
        Assert.That((order.Number, order.Total, order.Lines.Single().Returned), Is.EqualTo((placed.Number, Pounds("5.00"), 1)));
    }

    [Test]
    public async Task An_order_and_its_rest_are_called_off()
    {
        var sku = await Stocked(5);
        var first = await Orders.PlaceOrderAsync(WishFor(sku), Keyed());
        var cancelled = await Orders.CancelOrderAsync(new() { OrderId = first.OrderId, Reason = "changed my mind" }, []);
        Assert.That(cancelled.Status, Is.EqualTo("cancelled"));

        var second = await Orders.PlaceOrderAsync(WishFor(sku, 2), Keyed());
        await Until($"/orders/{second.OrderId}", "confirmed");
        await Orders.ShipOrderAsync(new() { OrderId = second.OrderId, Lines = { new Wire.LineUnits { Line = 1, Quantity = 1 } } }, Keyed());
        var rest = await Orders.CancelRestAsync(new() { OrderId = second.OrderId, Reason = "broken", By = "house" }, []);
        Assert.That(rest.Done.Position, Is.Positive);
    }

    [Test]
    public async Task Stock_is_received_and_written_off_where_it_lies()
    {
        var sku = await Product();
        await Inventory.ReceiveStockAsync(new() { Sku = sku, Quantity = 5, Reference = "delivery 1", Location = "annexe" }, Keyed());
        var lost = await Inventory.WriteOffStockAsync(new() { Sku = sku, Quantity = 2, Reason = "broken", Location = "annexe" }, Keyed());

        var stock = await Inventory.GetStockAsync(new() { Sku = sku }, At(lost.Done));
        Assert.That((stock.Available, stock.Locations.Single().Location, stock.Locations.Single().WrittenOff), Is.EqualTo((3L, "annexe", 2L)));
    }

    [Test]
    public async Task A_key_is_the_same_command_through_either_door()
    {
        var (sku, key) = (await Stocked(5), New("both"));
        var overRest = await Post("/orders", OrderOf(sku, 2), Key(key));
        var overGrpc = await Orders.PlaceOrderAsync(WishFor(sku, 2), Keyed(key));

        Assert.That((overGrpc.OrderId, overGrpc.Done.Replayed), Is.EqualTo((overRest.Field("orderId"), true)));
        Assert.That(await Refusal(() => Orders.PlaceOrderAsync(WishFor(sku, 3), Keyed(key)).ResponseAsync), Is.EqualTo((StatusCode.FailedPrecondition, "idempotency-key-reused")));
    }

    [Test]
    public async Task A_flash_sale_is_announced_claimed_paid_and_closed()
    {
        var sku = await Stocked(5);
        var now = DateTimeOffset.UtcNow;
        var sale = await FlashSales.AnnounceFlashSaleAsync(
            new() { Sku = sku, Units = 3, UnitPrice = Pounds("1.95"), Opens = Time(now.AddMinutes(-1)), Closes = Time(now.AddHours(1)), UnitsPerCustomer = 2 }, Keyed());
        var key = New("claim");
        var claim = await FlashSales.ClaimUnitsAsync(new() { SaleId = sale.SaleId, CustomerId = "c-1", Quantity = 2 }, Keyed(key));
        var again = await FlashSales.ClaimUnitsAsync(new() { SaleId = sale.SaleId, CustomerId = "c-1", Quantity = 2 }, Keyed(key));

        Assert.That((claim.Status, claim.Place, again.ClaimId, again.Done.Replayed), Is.EqualTo(("waiting", 1, claim.ClaimId, true)));
        Assert.That(
            await Refusal(() => FlashSales.ClaimUnitsAsync(new() { SaleId = sale.SaleId, CustomerId = "c-2", Quantity = 2 }, Keyed()).ResponseAsync),
            Is.EqualTo((StatusCode.FailedPrecondition, "sold-out")));
        var paid = await FlashSales.PayClaimAsync(new() { SaleId = sale.SaleId, ClaimId = claim.ClaimId, PaymentToken = "tok_ok" }, []);
        var closed = await FlashSales.CloseFlashSaleAsync(new() { SaleId = sale.SaleId }, []);
        Assert.That(paid.OrderId, Is.EqualTo(claim.ClaimId));
        var known = await FlashSales.GetClaimAsync(new() { SaleId = sale.SaleId, ClaimId = claim.ClaimId }, At(closed.Done));
        Assert.That((known.Quantity, known.Status), Is.EqualTo((2, "ordered")));
    }

    [Test]
    public async Task What_creates_needs_a_key_and_a_key_that_is_none_is_refused()
    {
        Assert.That(await Refusal(() => Orders.PlaceOrderAsync(WishFor("A"), []).ResponseAsync), Is.EqualTo((StatusCode.InvalidArgument, "idempotency-key-missing")));
        Assert.That(await Refusal(() => Orders.PlaceOrderAsync(WishFor("A"), Keyed("a b")).ResponseAsync), Is.EqualTo((StatusCode.InvalidArgument, "idempotency-key-invalid")));
    }

    [Test]
    public async Task A_refusal_has_a_status_the_code_of_REST_and_the_figures_that_belong_to_it()
    {
        var sku = await Stocked(1);
        var refused = await Catch(() => Inventory.WriteOffStockAsync(new() { Sku = sku, Quantity = 2, Reason = "lost" }, Keyed()).ResponseAsync);
        var overRest = await Post($"/stock/{sku}/write-offs", """{"quantity":2,"reason":"lost"}""");

        var info = refused.GetRpcStatus()?.GetDetail<ErrorInfo>();
        Assert.That((refused.StatusCode, info?.Reason, info?.Domain), Is.EqualTo((StatusCode.FailedPrecondition, overRest.Code, "commerce")));
        Assert.That((refused.Status.Detail, info?.Metadata["available"]), Is.EqualTo((overRest.Field("detail"), "1")));
    }

    [Test]
    public async Task A_lost_race_is_aborted_and_what_is_there_exists_already()
    {
        var sku = await Product();
        Assert.That(
            await Refusal(() => Catalogue.ChangePriceAsync(new() { Sku = sku, Price = Pounds("3.00") }, new Metadata { { "if-match", "7" } }).ResponseAsync), Is.EqualTo((StatusCode.Aborted, "revision-mismatch")));
        Assert.That(
            await Refusal(() => Catalogue.RegisterProductAsync(new() { Sku = sku, Name = "Mug", Price = Pounds("2.50") }, Keyed()).ResponseAsync), Is.EqualTo((StatusCode.AlreadyExists, "product-exists")));
    }

    static Google.Protobuf.WellKnownTypes.Timestamp Time(DateTimeOffset time) => Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(time);
}
