using Commerce.Api.Http;
using Commerce.Api.Tests.App;
using Commerce.Testing.Logs;

namespace Commerce.Api.Tests;

[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class IdempotencyTests(LogEngine engine) : ApiTest(engine)
{
    [TestCase("/products", """{"sku":"A","name":"Mug","price":{"amount":"2.50","currency":"GBP"}}""")]
    [TestCase("/orders", """{"currency":"GBP","lines":[{"sku":"A","quantity":1}]}""")]
    [TestCase("/stock/A/receipts", """{"quantity":1,"reference":"a"}""")]
    [TestCase("/stock/A/write-offs", """{"quantity":1,"reason":"a"}""")]
    [TestCase("/orders/3d7c0a52-6c8c-4ae9-96b5-7c2a8a7c9a11/shipments", "{}")]
    [TestCase("/orders/3d7c0a52-6c8c-4ae9-96b5-7c2a8a7c9a11/returns", """{"reason":"a"}""")]
    public async Task What_creates_needs_a_key(string path, string body) =>
        Assert.That((await Send(HttpMethod.Post, path, body)).Refusal, Is.EqualTo((400, "idempotency-key-missing")));

    [TestCase("")]
    [TestCase("\"\"")]
    [TestCase("\"a")]
    [TestCase("\"a\"b\"")]
    [TestCase("\"a\\b\"")]
    [TestCase("a b")]
    public async Task A_key_that_is_none_is_refused(string key) =>
        Assert.That((await Post("/stock/A/receipts", """{"quantity":1,"reference":"a"}""", Key(key))).Refusal, Is.EqualTo((400, "idempotency-key-invalid")));

    [Test]
    public async Task A_key_has_255_characters_at_most()
    {
        var (longest, tooLong) = (New("k").PadRight(IdempotencyKey.LengthMax, 'x'), new string('x', IdempotencyKey.LengthMax + 1));
        var sku = await Product();
        Assert.That((await Post("/orders", OrderOf(sku), Key(longest))).Status, Is.EqualTo(201));
        Assert.That((await Post("/orders", OrderOf(sku), Key($"\"{tooLong}\""))).Refusal, Is.EqualTo((400, "idempotency-key-invalid")));
    }

    [Test]
    public async Task A_repeat_gets_the_first_answer_again_and_says_so()
    {
        var (sku, key) = (await Product(), New("k"));
        var first = await Post("/orders", OrderOf(sku), Key($"\"{key}\""));
        var again = await Post("/orders", OrderOf(sku), Key(key));

        Assert.Multiple(() =>
        {
            Assert.That(first.Header("Idempotency-Replayed"), Is.Null);
            Assert.That(again.Header("Idempotency-Replayed"), Is.EqualTo("true"));
            Assert.That((again.Status, again.Text), Is.EqualTo((first.Status, first.Text)));
            Assert.That((again.Header("ETag"), again.Header("Location"), again.Header("Commerce-Position")),
                Is.EqualTo((first.Header("ETag"), first.Header("Location"), first.Header("Commerce-Position"))));
        });
    }

    [Test]
    public async Task The_same_content_in_other_words_is_a_repeat()
    {
        var (sku, key) = (await Product(), Key(New("k")));
        var first = await Post("/orders", $$"""{"currency":"GBP","lines":[{"sku":"{{sku}}","quantity":1}]}""", key);
        var again = await Post("/orders", $$"""{ "lines": [ { "quantity": 1, "sku": "{{sku}}" } ], "currency": "GBP" }""", key);
        Assert.That((again.Status, again.Text), Is.EqualTo((first.Status, first.Text)));
    }

    [Test]
    public async Task Other_content_under_the_same_key_is_refused()
    {
        var (sku, key) = (await Product(), Key(New("k")));
        await Post("/orders", OrderOf(sku, quantity: 1), key);
        Assert.That((await Post("/orders", OrderOf(sku, quantity: 2), key)).Refusal, Is.EqualTo((422, "idempotency-key-reused")));
    }

    [Test]
    public async Task A_repeat_after_the_price_changed_is_still_a_repeat()
    {
        var (sku, key) = (await Product(), Key(New("k")));
        var first = await Post("/orders", OrderOf(sku), key);
        await Put($"/products/{sku}/price", """{"price":{"amount":"9","currency":"GBP"}}""");
        Assert.That((await Post("/orders", OrderOf(sku), key)).Text, Is.EqualTo(first.Text));
    }

    [Test]
    public async Task A_repeat_after_the_product_is_gone_is_still_a_repeat()
    {
        var (sku, key) = (await Product(), Key(New("k")));
        var first = await Post("/orders", OrderOf(sku), key);
        await Send(HttpMethod.Post, $"/products/{sku}/discontinue", null);
        Assert.That((await Post("/orders", OrderOf(sku), key)).Text, Is.EqualTo(first.Text));
        Assert.That((await Post("/orders", OrderOf(sku, quantity: 2), key)).Refusal, Is.EqualTo((422, "idempotency-key-reused")));
    }

    [Test]
    public async Task A_refusal_is_not_kept_and_a_repeat_is_decided_anew()
    {
        var (sku, key) = (New("SKU"), Key(New("k")));
        Assert.That((await Post("/orders", OrderOf(sku), key)).Refusal, Is.EqualTo((422, "product-unknown")));
        await Post("/products", MugWith(sku));
        Assert.That((await Post("/orders", OrderOf(sku), key)).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task Fifty_at_once_under_one_key_make_one_order()
    {
        var (sku, key) = (await Product(), Key(New("k")));
        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Post("/orders", OrderOf(sku), key)));

        Assert.That(replies.Select(r => r.Status), Is.All.EqualTo(201));
        Assert.That(replies.Select(r => r.Text).Distinct().Count(), Is.EqualTo(1), "All of them speak of one order.");
        Assert.That(replies.Count(r => r.Header("Idempotency-Replayed") is null), Is.EqualTo(1), "One of them placed it.");
    }

    [Test]
    public async Task Goods_are_received_once_however_often_the_receipt_is_sent()
    {
        var (sku, key) = (New("SKU"), Key(New("k")));
        var receipts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Post($"/stock/{sku}/receipts", """{"quantity":7,"reference":"D-1"}""", key)));
        Assert.That(receipts.Select(r => r.Status), Is.All.EqualTo(201));
        var tooMany = await Post($"/stock/{sku}/write-offs", """{"quantity":8,"reason":"broken"}""");
        Assert.That(tooMany.Json.GetProperty("available").GetInt64(), Is.EqualTo(7));
    }

    [Test]
    public async Task A_product_registered_again_under_its_key_is_no_conflict()
    {
        var (sku, key) = (New("SKU"), Key(New("k")));
        var first = await Post("/products", MugWith(sku), key);
        var again = await Post("/products", MugWith(sku), key);
        Assert.That((again.Status, again.Text, again.Header("Idempotency-Replayed")), Is.EqualTo((201, first.Text, "true")));
    }

    [Test]
    public async Task One_key_for_two_commands_on_one_order_is_refused()
    {
        var placed = await Post("/orders", OrderOf(await Stocked(10)));
        var key = Key(New("k"));
        Assert.That((await Post($"{placed.Header("Location")}/cancel", """{"reason":"a"}""", key)).Status, Is.EqualTo(200));
        Assert.That((await Post($"{placed.Header("Location")}/cancel", """{"reason":"b"}""", key)).Refusal, Is.EqualTo((422, "idempotency-key-reused")));
    }

    [Test]
    public void The_id_of_client_and_key_is_for_ever() =>
        Assert.That(new IdempotencyKey("k").IdFor("c"), Is.EqualTo(Guid.Parse("4e3f1333-221b-5266-9f9e-731814efa875")), "Orders are stored under these ids.");
}
