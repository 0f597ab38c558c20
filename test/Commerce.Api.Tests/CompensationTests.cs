using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests;

/// <summary>What is being undone is seen by everybody who looks, from its first moment to its last.</summary>
[TestFixture]
public sealed class CompensationTests : ApiTest
{
    [Test]
    public async Task An_order_is_visibly_compensating_until_nothing_is_left_of_it()
    {
        await using var database = await PostgresForTests.CreateDatabase();
        string address;
        await using (var door = await CommerceApp.Start((CommerceSettings.PostgresKey, database.ConnectionString), (CommerceSettings.RolesKey, "api,projections")))
        {
            // Nobody fulfils orders here, so nobody undoes them either.
            var shopper = new Shopper(door);
            await shopper.Stock("MUG");
            address = (await shopper.Order("MUG", "order-1")).Header("Location") ?? string.Empty;
            await shopper.Order("MUG", "order-2");
            Assert.That((await shopper.Post($"{address}/cancel", """{"reason":"changed my mind"}""", "cancel-1")).Status, Is.EqualTo(200));

            var cancelled = await shopper.Until(address, r => r.Status == 200 && r.Field("status") == "cancelled");
            Assert.That((cancelled.Field("compensating"), cancelled.Field("settled")), Is.EqualTo(("True", "False")));
            Assert.That(await Listed(shopper, "true"), Is.EqualTo([cancelled.Field("orderId")]));
            Assert.That(await Listed(shopper, "false"), Has.Count.EqualTo(1));
            Assert.That((await shopper.Get("/orders?compensating=perhaps")).Refusal, Is.EqualTo((400, "parameter-invalid")));
            var figure = Compensations(await shopper.Get("/health/ready"));
            Assert.That((figure.GetProperty("orders").GetInt64(), figure.GetProperty("since").GetDateTimeOffset()), Is.EqualTo((1, cancelled.Json.GetProperty("compensatingSince").GetDateTimeOffset())));
        }

        await using var whole = await CommerceApp.Start((CommerceSettings.PostgresKey, database.ConnectionString));
        var reader = new Shopper(whole);
        var undone = await reader.Until(address, r => r.Status == 200 && r.Field("settled") == "True");
        Assert.That((undone.Field("compensating"), undone.Json.TryGetProperty("compensatingSince", out _)), Is.EqualTo(("False", false)));
        Assert.That(await Listed(reader, "true"), Is.Empty);
        Assert.That(Compensations(await reader.Get("/health/ready")).GetProperty("orders").GetInt64(), Is.Zero);
    }

    [Test]
    public async Task A_void_that_the_provider_refuses_leaves_the_order_compensating_until_a_person_gives_its_dead_letter_back()
    {
        await using var provider = await StubbornProvider.Start();
        await using var app = await CommerceApp.Start((CommerceSettings.ProviderKey, provider.Address), (CommerceSettings.SandboxKey, "false"));
        var shopper = new Shopper(app);
        await shopper.Stock("MUG");
        var address = (await shopper.Order("MUG", "order-1")).Header("Location") ?? string.Empty;
        var confirmed = await shopper.Until(address, r => r.Status == 200 && r.Field("status") == "confirmed");
        provider.RefusesVoids = true;
        await shopper.Post($"{address}/cancel", """{"reason":"changed my mind"}""", "cancel-1");

        var letter = (await shopper.Until("/ops/dead-letters", r => r.Json.GetProperty("items").GetArrayLength() == 1)).Json.GetProperty("items")[0];
        Assert.That((letter.GetProperty("eventType").GetString(), letter.GetProperty("orderId").GetString()), Is.EqualTo(("payment-void-requested.v1", confirmed.Field("orderId"))));
        var waiting = await shopper.Until(address, r => r.Json.GetProperty("stock")[0].GetProperty("reserved").GetInt32() == 0);
        Assert.That((waiting.Field("compensating"), waiting.Field("settled"), waiting.Json.GetProperty("payment").GetProperty("status").GetString()), Is.EqualTo(("True", "False", "voiding")));
        Assert.That(Compensations(await shopper.Get("/health/ready")).GetProperty("orders").GetInt64(), Is.EqualTo(1));

        provider.RefusesVoids = false;
        var replay = await shopper.Post($"/ops/dead-letters/{letter.GetProperty("id").GetString()}/replay", """{"reason":"the provider lets go now"}""", "replay-1");
        Assert.That(replay.Status, Is.EqualTo(200), replay.Text);
        var undone = await shopper.Until(address, r => r.Field("settled") == "True");
        Assert.That((undone.Field("compensating"), undone.Json.GetProperty("payment").GetProperty("status").GetString()), Is.EqualTo(("False", "voided")));
        Assert.That(provider.Done, Is.EqualTo(["authorisations", "voids"]));
    }

    [Test]
    public async Task The_rest_of_an_order_that_can_never_be_sent_is_called_off_and_it_ends_with_what_was_sent()
    {
        var (sku, country) = (await Stocked(10), New("Land"));
        var address = (await Post("/orders", OrderOf(sku, quantity: 3).Replace("Iceland", country, StringComparison.Ordinal))).Header("Location") ?? string.Empty;
        await Until(address, "confirmed");
        Assert.That((await Post($"{address}/cancel-rest", """{"reason":"none sent"}""")).Refusal, Is.EqualTo((409, "order-status")));
        await Post($"{address}/shipments", """{"lines":[{"line":1,"quantity":1}]}""");
        Assert.That((await Post($"{address}/cancel", """{"reason":"too late"}""")).Refusal, Is.EqualTo((409, "order-status")));

        Assert.That((await Post($"{address}/cancel-rest", """{"reason":"none left","by":"somebody"}""")).Refusal, Is.EqualTo((400, "parameter-invalid")));
        var called = await Post($"{address}/cancel-rest", """{"reason":"none left","by":"house"}""");
        Assert.That(called.Status, Is.EqualTo(200), called.Text);
        Assert.That((await Post($"{address}/cancel-rest", """{"reason":"none left"}""")).Status, Is.EqualTo(200), "Asked again it is so already.");
        Assert.That((await Post($"{address}/shipments", "{}")).Refusal, Is.EqualTo((409, "order-status")));

        var completed = await Until(address, "completed", r => r.Field("settled") == "True");
        Assert.That((completed.Json.GetProperty("lines")[0].GetProperty("cancelled").GetInt32(), completed.Field("compensating"), completed.Field("reason")), Is.EqualTo((2, "False", "none left")));
        Assert.That(completed.Json.GetProperty("payment").GetProperty("captured").GetProperty("amount").GetString(), Is.EqualTo("2.50"));
        await Until($"/stock/{sku}", null, s => s.Field("available") == "9");
        var told = (await Get($"/audit/streams/order-{completed.Field("orderId")}")).Json.GetProperty("events").EnumerateArray().Single(e => e.GetProperty("type").GetString() == "order-rest-cancelled.v1");
        Assert.That(told.GetProperty("data").GetProperty("cause").GetString(), Is.EqualTo("House"));
        await Until("/analytics/sales?by=country", null, s => s.Json.EnumerateArray().Any(row =>
            row.TryGetProperty("country", out var where) && where.GetString() == country && row.GetProperty("units").GetInt64() == 1 && row.GetProperty("gross").GetString() == "2.50"));
    }

    static async Task<IReadOnlyList<string?>> Listed(Shopper shopper, string compensating) =>
        [.. (await shopper.Get($"/orders?compensating={compensating}")).Json.GetProperty("items").EnumerateArray().Select(o => o.GetProperty("orderId").GetString())];

    static System.Text.Json.JsonElement Compensations(Reply health) =>
        health.Json.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "compensations");
}
