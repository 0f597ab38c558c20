using Commerce.Api.Tests.App;
using Commerce.Commands.Customers;
using Commerce.Domain;
using Commerce.Domain.Customers;
using Commerce.Testing.Logs;

namespace Commerce.Api.Tests.Personal;

[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
sealed class CustomerTests(LogEngine engine) : ApiTest(engine)
{
    const string Home = """{"lines":["12 Mill Lane","Flat 3"],"city":"Aberystwyth","country":"GB","postalCode":"SY23 1AB"}""";
    const string Ann = $$"""{"name":"Ann Őry","email":"ann@example.com","phone":"+44 1970 123456","address":{{Home}}}""";
    const string Moved = """{"lines":["1 New Road"],"city":"Cardiff","country":"GB"}""";

    [Test]
    public async Task A_registered_customer_can_be_read_and_the_answer_to_registering_says_nothing_personal()
    {
        var registered = await Post("/customers", Ann);
        Assert.That(registered.Status, Is.EqualTo(201), registered.Text);
        Assert.That(registered.Header("Location"), Is.EqualTo($"/customers/{registered.Field("customerId")}"));
        Assert.That(registered.Json.EnumerateObject().Select(m => m.Name), Is.EquivalentTo(new[] { "customerId", "position" }));

        var read = await Get(registered.Header("Location") ?? "", At(registered));
        Assert.That(read.Status, Is.EqualTo(200), read.Text);
        Assert.That((read.Field("name"), read.Field("email"), read.Field("phone"), read.Field("erased")), Is.EqualTo(("Ann Őry", "ann@example.com", "+44 1970 123456", "False")));
        Assert.That(read.Json.GetProperty("address").GetProperty("lines").EnumerateArray().Select(l => l.GetString()), Is.EqualTo(new[] { "12 Mill Lane", "Flat 3" }));
        Assert.That(read.Header("Cache-Control"), Is.EqualTo("no-store"));
        Assert.That(read.Header("ETag"), Is.EqualTo("\"0\""));
        Assert.That((await Get(registered.Header("Location") ?? "", ("If-None-Match", "\"0\""))).Status, Is.EqualTo(304));
    }

    [Test]
    public async Task The_same_key_registers_once_however_the_encryption_differs()
    {
        var key = Key(New("customer"));
        var first = await Post("/customers", Ann, key);
        var again = await Post("/customers", Ann, key);
        var other = await Post("/customers", Ann.Replace("ann@", "bob@"), key);

        Assert.That((again.Status, again.Header("Idempotency-Replayed"), again.Field("customerId")), Is.EqualTo((201, "true", first.Field("customerId"))));
        Assert.That(other.Refusal, Is.EqualTo((422, "idempotency-key-reused")));
        Assert.That((await Send(HttpMethod.Post, "/customers", Ann)).Refusal, Is.EqualTo((400, "idempotency-key-missing")));
    }

    [Test]
    public async Task A_customer_moves_once_under_a_key_and_only_from_the_revision_that_they_name()
    {
        var id = await Register();
        var key = Key(New("move"));
        var moved = await Put($"/customers/{id}/address", Moved, key, IfMatch("\"0\""));
        Assert.That((moved.Status, moved.Header("ETag")), Is.EqualTo((200, "\"1\"")), moved.Text);
        Assert.That((await Put($"/customers/{id}/address", Moved, key)).Header("Idempotency-Replayed"), Is.EqualTo("true"));
        Assert.That((await Put($"/customers/{id}/address", Home, key)).Refusal, Is.EqualTo((422, "idempotency-key-reused")));
        Assert.That((await Put($"/customers/{id}/address", Home, IfMatch("\"0\""))).Refusal, Is.EqualTo((412, "revision-mismatch")));

        var read = await Get($"/customers/{id}", At(moved));
        Assert.That(read.Json.GetProperty("address").GetProperty("city").GetString(), Is.EqualTo("Cardiff"));
        Assert.That(read.Field("name"), Is.EqualTo("Ann Őry"));
    }

    [Test]
    public async Task What_was_wrong_of_a_customer_is_corrected_and_where_they_live_stays()
    {
        var id = await Register();
        await Put($"/customers/{id}/address", Moved);
        var corrected = await Put($"/customers/{id}/contact", """{"name":"Ann Other","email":"other@example.com"}""", IfMatch("\"1\""));
        Assert.That((corrected.Status, corrected.Header("ETag")), Is.EqualTo((200, "\"2\"")), corrected.Text);

        var read = await Get($"/customers/{id}", At(corrected));
        Assert.That((read.Field("name"), read.Field("email"), read.Field("phone")), Is.EqualTo(("Ann Other", "other@example.com", "")));
        Assert.That(read.Json.GetProperty("address").GetProperty("city").GetString(), Is.EqualTo("Cardiff"));

        var refused = await Put($"/customers/{id}/contact", """{"name":"Xanthippe","email":"nobody-xyz"}""");
        Assert.That(refused.Refusal, Is.EqualTo((422, "email-invalid")));
        Assert.That(refused.Text, Does.Not.Contain("anthippe").And.Not.Contain("xyz"));
        Assert.That((await Put("/customers/nobody/contact", """{"name":"Ann","email":"ann@example.com"}""")).Refusal, Is.EqualTo((404, "customer-unknown")));
    }

    [Test]
    public async Task An_erased_customer_is_shown_as_such_and_nothing_is_taken_for_them_any_more()
    {
        var id = await Register();
        await Put($"/customers/{id}/address", Moved);
        var erased = await Post($"/customers/{id}/erase", """{"reason":"consentWithdrawn"}""");
        Assert.That((erased.Status, erased.Field("erased")), Is.EqualTo((200, "True")), erased.Text);

        var read = await Get($"/customers/{id}", At(erased));
        Assert.That((read.Field("erased"), read.Field("erasureReason"), read.Field("erasureAskedBy")), Is.EqualTo(("True", "consentWithdrawn", "customer")));
        Assert.That(new[] { "name", "email", "phone", "address" }.Select(read.Field), Is.All.Empty);
        Assert.That(new[] { "name", "email", "phone", "address" }.Select(n => read.Json.GetProperty(n).ValueKind), Is.All.EqualTo(System.Text.Json.JsonValueKind.Null));
        Assert.That(read.Json.TryGetProperty("erasedAt", out _), Is.True);

        Assert.That((await Put($"/customers/{id}/address", Home)).Refusal, Is.EqualTo((409, "customer-erased")));
        Assert.That((await Put($"/customers/{id}/contact", """{"name":"Ann","email":"ann@example.com"}""")).Refusal, Is.EqualTo((409, "customer-erased")));
        Assert.That((await Post($"/customers/{id}/erase", """{"reason":"customerRequest","askedBy":"house"}""")).Status, Is.EqualTo(200));
        Assert.That((await Get($"/customers/{id}", At(erased))).Field("erasureReason"), Is.EqualTo("consentWithdrawn"));
    }

    [Test]
    public async Task Registering_again_under_the_key_of_an_erased_customer_brings_nobody_back()
    {
        var key = Key(New("customer"));
        var id = (await Post("/customers", Ann, key)).Field("customerId");
        await Post($"/customers/{id}/erase", """{"reason":"customerRequest"}""");
        Assert.That((await Post("/customers", Ann, key)).Refusal, Is.EqualTo((409, "customer-erased")));
    }

    [Test]
    public async Task Orders_and_claims_are_taken_from_anybody_but_who_is_erased()
    {
        var sku = await Stocked(10);
        var id = await Register();
        var key = Key(New("order"));
        var placed = await Post("/orders", OrderFrom(id, sku), key);
        Assert.That(placed.Status, Is.EqualTo(201), placed.Text);
        Assert.That((await Post("/orders", OrderFrom(New("nobody"), sku))).Status, Is.EqualTo(201));

        await Post($"/customers/{id}/erase", """{"reason":"customerRequest"}""");
        Assert.That((await Post("/orders", OrderFrom(id, sku))).Refusal, Is.EqualTo((422, "customer-erased")));
        Assert.That((await Post($"/flash-sales/{Guid.NewGuid()}/claims", $$"""{"customerId":"{{id}}"}""")).Refusal, Is.EqualTo((422, "customer-erased")));

        var again = await Post("/orders", OrderFrom(id, sku), key);
        Assert.That((again.Status, again.Field("orderId")), Is.EqualTo((201, placed.Field("orderId"))), "A repeat of what was accepted before gets that answer.");
    }

    [Test]
    public async Task An_erasure_on_another_node_is_known_here_within_a_second_or_so()
    {
        var sku = await Stocked(10);
        var id = await Register();
        await App.Host.Customers.Erase(CustomerId.Of(id), ErasureReason.CustomerRequest, ErasureParty.House, new("elsewhere"), CancellationToken.None);

        using var limit = new CancellationTokenSource(ErasedCustomers.LookEvery * 60);
        while ((await Post("/orders", OrderFrom(id, sku))).Status == 201)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        Assert.That((await Post("/orders", OrderFrom(id, sku))).Refusal, Is.EqualTo((422, "customer-erased")));
        Assert.That((await Get($"/customers/{id}")).Field("erased"), Is.EqualTo("True"), "Reading asks for the key each time.");
    }

    [TestCase("""{"name":"Xanthippe","email":"not-an-address-xyz"}""", "email-invalid")]
    [TestCase("""{"name":" ","email":"xanthippe@example.com"}""", "name-invalid")]
    [TestCase("""{"name":"Xanthippe","email":"xanthippe@example.com","phone":"call xyz"}""", "phone-invalid")]
    [TestCase("""{"name":"Xanthippe","email":"xanthippe@example.com","address":{"lines":[],"city":"xyz","country":"GB"}}""", "address-invalid")]
    [TestCase("""{"name":"Xanthippe","email":"xanthippe@example.com","address":{"lines":[null],"city":"xyz","country":"GB"}}""", "address-invalid")]
    public async Task What_cannot_be_kept_is_refused_without_a_word_of_it(string body, string code)
    {
        var reply = await Post("/customers", body);
        Assert.That(reply.Refusal, Is.EqualTo((422, code)));
        Assert.That(reply.Text, Does.Not.Contain("anthippe").And.Not.Contain("xyz"));
    }

    [TestCase("""{"name":"Xanthippe","email":"xanthippe@example.com","xanthippe@example.com":1}""", "known")]
    [TestCase("""{"name":"Xanthippe","email":{"xanthippe":1}}""", "JSON")]
    [TestCase("""{"name":"Xanthippe"}""", "email")]
    [TestCase("""{"name":"Xanthippe","name":"Xanthippe","email":"xanthippe@example.com"}""", "")]
    [TestCase("""["xanthippe@example.com"]""", "JSON")]
    [TestCase("xanthippe@example.com", "JSON")]
    public async Task A_body_that_is_not_understood_is_refused_without_a_word_of_it(string body, string says)
    {
        var reply = await Post("/customers", body);
        Assert.That(reply.Refusal, Is.EqualTo((400, "body-invalid")));
        Assert.That(reply.Text, Does.Not.Contain("anthippe"));
        Assert.That(reply.Field("detail"), Does.Contain(says));
    }

    [Test]
    public async Task Of_nobody_nothing_is_known()
    {
        foreach (var id in new[] { Guid.NewGuid().ToString(), "17850", "xanthippe%40example.com" })
        {
            var replies = new[]
            {
                await Get($"/customers/{id}"),
                await Put($"/customers/{id}/address", Home),
                await Post($"/customers/{id}/erase", """{"reason":"customerRequest"}"""),
            };
            Assert.That(replies.Select(r => r.Refusal), Is.All.EqualTo((404, "customer-unknown")), id);
            Assert.That(replies.Select(r => r.Text), Has.None.Contains("xanthippe"));
        }
    }

    [Test]
    public async Task An_erasure_names_its_reason_in_one_of_the_words_there_are()
    {
        var id = await Register();
        var reply = await Post($"/customers/{id}/erase", """{"reason":"Ann from Aberystwyth phoned"}""");
        Assert.That(reply.Refusal, Is.EqualTo((400, "parameter-invalid")));
        Assert.That(reply.Text, Does.Contain("customerRequest").And.Not.Contain("Ann"));
        Assert.That((await Post($"/customers/{id}/erase", """{"reason":""}""")).Refusal, Is.EqualTo((400, "parameter-invalid")));
        Assert.That((await Get($"/customers/{id}")).Field("erased"), Is.EqualTo("False"));
    }

    static string OrderFrom(string customer, string sku) =>
        $$"""{"customerId":"{{customer}}","currency":"GBP","country":"GB","paymentToken":"tok_ok","lines":[{"sku":"{{sku}}","quantity":1}]}""";

    async Task<string> Register()
    {
        var reply = await Post("/customers", Ann);
        Assert.That(reply.Status, Is.EqualTo(201), reply.Text);
        var id = reply.Field("customerId");
        Assert.That((await Get($"/customers/{id}", At(reply))).Status, Is.EqualTo(200));
        return id;
    }
}
