using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests;

[TestFixture]
public sealed class StockTests : ApiTest
{
    [Test]
    public async Task Units_come_in_at_the_main_location_unless_another_is_named()
    {
        var sku = New("SKU");
        var main = await Post($"/stock/{sku}/receipts", """{"quantity":5,"reference":"D-1"}""");
        var other = await Post($"/stock/{sku}/receipts", """{"quantity":6,"reference":"D-1","location":"north"}""");

        Assert.That((main.Status, main.Field("location"), main.Field("quantity")), Is.EqualTo((201, "main", "5")));
        Assert.That((other.Status, other.Field("location"), other.Field("quantity")), Is.EqualTo((201, "north", "6")));
    }

    [Test]
    public async Task More_than_there_is_cannot_be_written_off_and_the_answer_says_how_much_there_is()
    {
        var sku = await Stocked(10);
        var reply = await Post($"/stock/{sku}/write-offs", """{"quantity":11,"reason":"broken"}""");
        Assert.That(reply.Refusal, Is.EqualTo((422, "out-of-stock")));
        Assert.That(reply.Json.GetProperty("available").GetInt64(), Is.EqualTo(10));
        Assert.That((await Post($"/stock/{sku}/write-offs", """{"quantity":10,"reason":"broken"}""")).Status, Is.EqualTo(201));
    }

    [TestCase("""{"quantity":0,"reference":"a"}""", "quantity-invalid")]
    [TestCase("""{"quantity":-1,"reference":"a"}""", "quantity-invalid")]
    [TestCase("""{"quantity":1,"reference":""}""", "text-invalid")]
    public async Task A_receipt_that_is_none_is_refused(string body, string code) =>
        Assert.That((await Post($"/stock/{New("SKU")}/receipts", body)).Refusal, Is.EqualTo((422, code)));
}
