using System.Globalization;
using Commerce.Api.Tests.App;
using Commerce.Commands.Access;
using Commerce.Domain;
using Commerce.Domain.Access;

namespace Commerce.Api.Tests.Access;

/// <summary>What is a client's own: its customers' orders, claims and data, its idempotency keys, and its name in the log.</summary>
[TestFixture]
public sealed class OwnershipTests : ApiTest
{
    People People => new(App);

    [Test]
    public async Task A_consumer_orders_for_its_own_customers_and_for_nobody_else()
    {
        var sku = await Stocked(10);
        var ann = await Consumer("ann");
        var own = await Post("/orders", Order(sku, "ann"), As(ann));
        Assert.That(own.Status, Is.EqualTo(201), own.Text);
        Assert.That((await Post("/orders", Order(sku, "bob"), As(ann))).Refusal, Is.EqualTo((403, "customer-foreign")));
        Assert.That((await Post("/orders", OrderOf(sku), As(ann))).Refusal, Is.EqualTo((403, "customer-foreign")), "a guest is none of hers");
    }

    [Test]
    public async Task Orders_of_others_do_not_exist_for_a_consumer()
    {
        var sku = await Stocked(10);
        var (ann, bob) = (await Consumer("ann"), await Consumer("bob"));
        var order = await Post("/orders", Order(sku, "ann"), As(ann));
        var address = $"/orders/{order.Field("orderId")}";
        Assert.That((await Get(address, At(order), As(ann))).Status, Is.EqualTo(200));
        Assert.That((await Get(address, At(order), As(bob))).Refusal, Is.EqualTo((404, "order-unknown")));
        foreach (var (what, body) in new[] { ("cancel", """{"reason":"mine"}"""), ("cancel-rest", """{"reason":"mine"}"""), ("returns", """{"reason":"mine"}""") })
        {
            Assert.That((await Post($"{address}/{what}", body, As(bob))).Refusal, Is.EqualTo((404, "order-unknown")), what);
        }

        Assert.That((await Get($"/payments/{PaymentId.For(OrderId.Parse(order.Field("orderId"), null))}", As(bob))).Refusal, Is.EqualTo((404, "payment-unknown")));
        Assert.That((await Post($"{address}/shipments", "{}", As(ann))).Refusal, Is.EqualTo((403, "role-missing")), "the house ships");
        Assert.That((await Post($"{address}/cancel", """{"reason":"mine"}""", As(ann))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Lists_show_a_consumer_its_own_and_nothing_else()
    {
        var sku = await Stocked(10);
        var (ann, bob) = (await Consumer("ann"), await Consumer("bob"));
        var first = await Post("/orders", Order(sku, "ann"), As(ann));
        var second = await Post("/orders", Order(sku, "bob"), As(bob));
        Assert.That(await Listed($"/orders?sku={sku}", second, ann), Is.EqualTo(new[] { first.Field("orderId") }));
        Assert.That(await Listed($"/orders?customerId={Name("bob")}", second, ann), Is.Empty);
        Assert.That(await Listed($"/orders?customerId={Name("bob")}", second, await People.With(AccessRole.Analyst)), Is.EqualTo(new[] { second.Field("orderId") }));
    }

    [Test]
    public async Task Claims_are_made_paid_and_read_for_ones_own_customers()
    {
        var sale = await Sale();
        var (ann, bob) = (await Consumer("ann"), await Consumer("bob"));
        Assert.That((await Post($"/flash-sales/{sale}/claims", $$"""{"customerId":"{{Name("bob")}}"}""", As(ann))).Refusal, Is.EqualTo((403, "customer-foreign")));
        var claim = await Post($"/flash-sales/{sale}/claims", $$"""{"customerId":"{{Name("ann")}}"}""", As(ann));
        Assert.That(claim.Status, Is.EqualTo(201), claim.Text);
        var address = $"/flash-sales/{sale}/claims/{claim.Field("claimId")}";
        Assert.That((await Get(address, At(claim), As(bob))).Refusal, Is.EqualTo((404, "claim-unknown")));
        Assert.That((await Post($"{address}/payment", """{"paymentToken":"tok_ok"}""", As(bob))).Refusal, Is.EqualTo((404, "claim-unknown")));
        Assert.That((await Get(address, At(claim), As(ann))).Status, Is.EqualTo(200));
        Assert.That((await Post($"{address}/payment", """{"paymentToken":"tok_ok"}""", As(ann))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Customers_of_others_do_not_exist_and_new_ones_are_registered_by_who_may_act_for_everybody()
    {
        const string Somebody = """{"name":"Some Body","email":"some@body.example"}""";
        var registered = await Post("/customers", Somebody);
        var id = registered.Field("customerId");
        var (own, other) = (await People.Consumer("own", CustomerId.Of(id)), await Consumer("bob"));
        Assert.That((await Get($"/customers/{id}", At(registered), As(own))).Status, Is.EqualTo(200));
        Assert.That((await Get($"/customers/{id}", At(registered), As(other))).Refusal, Is.EqualTo((404, "customer-unknown")));
        Assert.That((await Put($"/customers/{id}/address", """{"lines":["1 Row"],"city":"Cardiff","country":"GB"}""", As(other))).Refusal, Is.EqualTo((404, "customer-unknown")));
        Assert.That((await Put($"/customers/{id}/contact", Somebody, As(other))).Refusal, Is.EqualTo((404, "customer-unknown")));
        Assert.That((await Post($"/customers/{id}/erase", """{"reason":"customerRequest"}""", As(other))).Refusal, Is.EqualTo((404, "customer-unknown")));
        Assert.That((await Post("/customers", Somebody, As(own))).Refusal, Is.EqualTo((403, "customer-foreign")));
        Assert.That((await Get($"/customers/{id}", As(await People.With(AccessRole.Analyst)))).Refusal, Is.EqualTo((403, "role-missing")), "nothing personal");
    }

    [Test]
    public async Task An_idempotency_key_belongs_to_the_client_whichever_key_it_comes_with()
    {
        var sku = await Stocked(10);
        var (first, other) = (await Operator("shop-a"), await Operator("shop-b"));
        var key = Key(New("own"));
        var order = await Post("/orders", OrderOf(sku), key, As(first));
        var rotated = await App.Host.Keys.Rotate(first.Id, TimeSpan.FromHours(1), null, new("ops"), default);
        await People.Look();

        var again = await Post("/orders", OrderOf(sku), key, As(rotated.Key));
        Assert.That((again.Field("orderId"), again.Header("Idempotency-Replayed")), Is.EqualTo((order.Field("orderId"), "true")));
        Assert.That((await Post("/orders", OrderOf(sku), key, As(other))).Field("orderId"), Is.Not.EqualTo(order.Field("orderId")));
    }

    [Test]
    public async Task The_log_says_who_it_was()
    {
        var sku = await Stocked(10);
        var client = New("client");
        var order = await Post("/orders", OrderOf(sku), As(await Operator(client)));
        var stream = await Get($"/audit/streams/order-{order.Field("orderId")}", As(await People.With(AccessRole.Auditor)));
        Assert.That(stream.Json.GetProperty("events")[0].GetProperty("metadata").GetProperty("actor").GetString(), Is.EqualTo(client));
    }

    readonly string _run = Guid.NewGuid().ToString("N")[..8];

    string Name(string customer) => $"{customer}-{_run}";

    Task<ApiKey> Consumer(string customer) => People.Consumer($"app-of-{customer}", CustomerId.Of(Name(customer)));

    Task<ApiKey> Operator(string client) => People.With(AccessRole.Operator, client);

    string Order(string sku, string customer) => $$"""{"customerId":"{{Name(customer)}}","currency":"GBP","country":"GB","paymentToken":"tok_ok","lines":[{"sku":"{{sku}}","quantity":1}]}""";

    static (string Name, string Value) As(ApiKey? key) => ("Authorization", $"Bearer {key?.Text}");

    async Task<IReadOnlyList<string?>> Listed(string address, Reply after, ApiKey key)
    {
        var page = await Get(address, At(after), As(key));
        return [.. page.Json.GetProperty("items").EnumerateArray().Select(o => o.GetProperty("orderId").GetString())];
    }

    async Task<string> Sale()
    {
        var sku = await Stocked(10);
        var now = DateTimeOffset.UtcNow;
        var sale = await Post("/flash-sales", string.Create(CultureInfo.InvariantCulture, $$$"""
            {"sku":"{{{sku}}}","units":5,"unitPrice":{"amount":"1.00","currency":"GBP"},"opens":"{{{now.AddMinutes(-1):O}}}","closes":"{{{now.AddHours(1):O}}}"}
            """));
        Assert.That(sale.Status, Is.EqualTo(201), sale.Text);
        return sale.Field("saleId");
    }
}
