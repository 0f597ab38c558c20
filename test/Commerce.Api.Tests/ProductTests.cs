using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests;

[TestFixture]
public sealed class ProductTests : ApiTest
{
    [Test]
    public async Task A_registered_product_answers_with_its_address_its_tag_and_its_position()
    {
        var sku = New("SKU");
        var reply = await Post("/products", MugWith(sku));

        Assert.Multiple(() =>
        {
            Assert.That(reply.Status, Is.EqualTo(201));
            Assert.That(reply.Header("Location"), Is.EqualTo($"/products/{sku}"));
            Assert.That(reply.Header("ETag"), Is.EqualTo("\"0\""));
            Assert.That(reply.Header("Commerce-Position"), Is.EqualTo(reply.Field("position")));
            Assert.That(reply.Field("sku"), Is.EqualTo(sku));
        });
    }

    [Test]
    public async Task A_taken_sku_is_a_conflict()
    {
        var sku = await Product();
        var reply = await Post("/products", MugWith(sku));
        Assert.That(reply.Refusal, Is.EqualTo((409, "product-exists")));
    }

    [TestCase("""{"sku":"X","name":"","price":{"amount":"2.50","currency":"GBP"}}""", "name-invalid")]
    [TestCase("""{"sku":"X","name":"Mug","price":{"amount":"-1","currency":"GBP"}}""", "price-invalid")]
    [TestCase("""{"sku":"X","name":"Mug","price":{"amount":"1.00001","currency":"GBP"}}""", "price-invalid")]
    public async Task A_rule_that_is_broken_is_named(string body, string code) =>
        Assert.That((await Post("/products", body)).Refusal, Is.EqualTo((422, code)));

    [Test]
    public async Task A_price_changes_in_the_products_own_currency_only()
    {
        var sku = await Product();
        Assert.That((await Put($"/products/{sku}/price", """{"price":{"amount":"3","currency":"EUR"}}""")).Refusal, Is.EqualTo((422, "currency-mismatch")));
        Assert.That((await Put($"/products/{sku}/price", """{"price":{"amount":"3","currency":"GBP"}}""")).Header("ETag"), Is.EqualTo("\"1\""));
    }

    [Test]
    public async Task A_price_that_somebody_else_changed_meanwhile_is_not_overwritten()
    {
        var sku = await Product();
        await Put($"/products/{sku}/price", """{"price":{"amount":"3","currency":"GBP"}}""");

        var late = await Put($"/products/{sku}/price", """{"price":{"amount":"4","currency":"GBP"}}""", IfMatch("\"0\""));
        Assert.That(late.Refusal, Is.EqualTo((412, "revision-mismatch")));
        Assert.That((late.Field("expected"), late.Field("actual")), Is.EqualTo(("0", "1")));
        Assert.That((await Put($"/products/{sku}/price", """{"price":{"amount":"4","currency":"GBP"}}""", IfMatch("\"1\""))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_discontinued_product_changes_its_price_no_more()
    {
        var sku = await Product();
        Assert.That((await Send(HttpMethod.Post, $"/products/{sku}/discontinue", null)).Status, Is.EqualTo(200));
        Assert.That((await Put($"/products/{sku}/price", """{"price":{"amount":"3","currency":"GBP"}}""")).Refusal, Is.EqualTo((422, "product-discontinued")));
    }

    [Test]
    public async Task An_unknown_product_is_not_found() =>
        Assert.That((await Put($"/products/{New("none")}/price", """{"price":{"amount":"3","currency":"GBP"}}""")).Refusal, Is.EqualTo((404, "product-unknown")));
}
