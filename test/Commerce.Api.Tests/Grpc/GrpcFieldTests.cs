using Grpc.Core;

namespace Commerce.Api.Tests.Grpc;

/// <summary>What is wrong with a message is said by the name of its field.</summary>
[TestFixture]
public sealed class GrpcFieldTests : GrpcTest
{
    [TestCase("", "GBP", "2.50", "sku")]
    [TestCase("two words", "GBP", "2.50", "sku")]
    [TestCase("A", "XX", "2.50", "price")]
    [TestCase("A", "GBP", "a lot", "price")]
    [TestCase("A", "GBP", "1e3", "price")]
    [TestCase("A", "GBP", "0.00000000000000000000000000000000001", "price")]
    public async Task A_product_that_is_none(string sku, string currency, string amount, string field) =>
        await Names(field, () => Catalogue.RegisterProductAsync(new() { Sku = sku, Name = "Mug", Price = new() { Amount = amount, Currency = currency } }, Keyed()).ResponseAsync);

    [Test]
    public async Task A_price_that_is_missing() => await Names("price", () => Catalogue.ChangePriceAsync(new() { Sku = "A" }, []).ResponseAsync);

    [Test]
    public async Task An_order_of_what_is_none() => await Names("lines.sku", () => Orders.PlaceOrderAsync(WishFor("two words"), Keyed()).ResponseAsync);

    [TestCase("")]
    [TestCase("7")]
    public async Task An_id_that_is_none(string id) => await Names("order_id", () => Orders.GetOrderAsync(new() { OrderId = id }).ResponseAsync);

    [Test]
    public async Task A_word_that_is_none() => await Names("status", () => Orders.ListOrdersAsync(new() { Status = "lost" }).ResponseAsync);

    [Test]
    public async Task A_page_that_is_too_long() => await Names("limit", () => Orders.ListOrdersAsync(new() { Page = new() { Limit = 501 } }).ResponseAsync);

    [Test]
    public async Task A_cursor_that_no_list_gave() => await Names("cursor", () => Orders.ListOrdersAsync(new() { Page = new() { Cursor = "x" } }).ResponseAsync);

    [Test]
    public async Task A_time_that_is_missing() =>
        await Names("opens", () => FlashSales.AnnounceFlashSaleAsync(new() { Sku = "A", Units = 1, UnitPrice = Pounds("1.00") }, Keyed()).ResponseAsync);

    [Test]
    public async Task More_types_than_a_follower_may_name() =>
        await Names("types", async () =>
        {
            using var call = Audit.Follow(new() { Types_ = { Enumerable.Range(0, 65).Select(n => $"t{n}") } });
            await call.ResponseStream.MoveNext(default);
        });

    static async Task Names(string field, Func<Task> call)
    {
        var refused = await Catch(call);
        var info = refused.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>();
        Assert.That((refused.StatusCode, info?.Reason), Is.EqualTo((StatusCode.InvalidArgument, "parameter-invalid")), refused.Status.Detail);
        Assert.That(info?.Metadata["parameter"], Does.StartWith(field));
    }
}
