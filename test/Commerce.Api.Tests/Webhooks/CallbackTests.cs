using System.Globalization;
using System.Text;
using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Api.Webhooks;
using Commerce.Commands.Webhooks;
using Commerce.Domain;
using Commerce.Testing.Telemetry;
using Npgsql;

namespace Commerce.Api.Tests.Webhooks;

/// <summary>Callbacks over HTTP: what is taken, what is refused, and what becomes of it.</summary>
[TestFixture]
public sealed class CallbackTests
{
    const string Path = "/payments/callbacks/sandbox";
    const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const string OldSecret = "whsec_C2FtcGxlLW90aGVyLXNlY3JldC1mb3ItdGVzdHM=";

    static int ids;
    CommerceApp? _app;

    CommerceApp App => _app ?? throw new InvalidOperationException();

    Shopper Shopper => new(App);

    [OneTimeSetUp]
    public async Task Start() => _app = await CommerceApp.Start((CallbackSettings.SecretsKey, $"{Secret},{OldSecret}"));

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    [Test]
    public async Task A_provider_that_is_not_known_is_told_so() =>
        Assert.That((await Send(Telling(New(), "approved"), path: "/payments/callbacks/nobody")).Refusal, Is.EqualTo((404, "payment-provider-unknown")));

    [Test]
    public async Task What_is_not_signed_as_it_should_be_is_refused_and_not_kept()
    {
        var (id, body) = (NewId(), Telling(New(), "approved"));
        Assert.That((await Send(body, id, secret: WebhookSecret.Random())).Refusal, Is.EqualTo((401, "webhook-signature-invalid")));
        Assert.That((await Send(body, id, at: DateTimeOffset.UtcNow.AddMinutes(-6))).Refusal, Is.EqualTo((401, "webhook-timestamp-outside")));
        Assert.That((await Send(body, "not.one")).Refusal, Is.EqualTo((401, "webhook-headers-invalid")));
        Assert.That((await Send(body, id, secret: WebhookSecret.Random())).Header("WWW-Authenticate"), Is.Not.Null);
        Assert.That((await Listed("waiting")).Text, Does.Not.Contain(id));
    }

    [Test]
    public async Task While_a_secret_is_changed_the_old_one_is_valid_too() =>
        Assert.That((await Send(Telling(New(), "approved"), secret: SecretOf(OldSecret))).Status, Is.EqualTo(204));

    [Test]
    public async Task A_body_that_is_too_long_is_refused() =>
        Assert.That((await Send(new string('x', CallbackDoor.BodyBytesMax + 1))).Refusal, Is.EqualTo((413, "body-too-large")));

    [TestCase("no json")]
    [TestCase("{}")]
    [TestCase("""{"type":"dispute.opened","timestamp":"2026-11-02T09:15:00Z","data":{"payment":"0190aaaa-0000-7000-8000-000000000001","status":"approved","reference":"r"}}""")]
    public async Task What_says_nothing_that_is_understood_is_refused_and_kept_for_a_person(string body)
    {
        var id = NewId();
        Assert.That((await Send(body, id)).Refusal, Is.EqualTo((400, "callback-unreadable")));
        Assert.That((await Send(body, id)).Refusal, Is.EqualTo((400, "callback-unreadable")));
        var kept = (await Listed("unreadable")).Json.GetProperty("items").EnumerateArray().Single(c => c.GetProperty("id").GetString() == id);
        Assert.That(kept.GetProperty("body").GetString(), Is.EqualTo(body));
    }

    [Test]
    public async Task What_comes_before_its_order_is_kept_and_applied_once_the_order_is_known()
    {
        await Shopper.Stock("EARLY-1");
        var known = await Shopper.Order("EARLY-1", "early-known");
        var order = known.Field("orderId");
        var early = New();
        Assert.That((await Send(Telling(early, "approved"), "early-unknown")).Status, Is.EqualTo(204));
        await Shopper.Until("/ops/callbacks?state=waiting", r => Item(r, "early-unknown") is { } c && c.TryGetProperty("code", out var code) && code.GetString() == "payment-unknown");

        // The payment of an order has an id that follows from the order's: of one that is known, the callback is applied.
        Assert.That((await Send(Telling(PaymentId.For(OrderId.Parse(order, null)), "approved"), "early-applied")).Status, Is.EqualTo(204));
        await Shopper.Until("/ops/callbacks?state=applied", r => Item(r, "early-applied") is not null);
        Assert.That((await Shopper.Get("/ops/callbacks?state=waiting")).Text, Does.Contain("early-unknown"));
    }

    [Test]
    public async Task The_same_callback_again_is_taken_and_changes_nothing()
    {
        var (id, body) = (NewId(), Telling(New(), "approved"));
        Assert.That(((await Send(body, id)).Status, (await Send(body, id)).Status), Is.EqualTo((204, 204)));
        Assert.That((await Shopper.Get("/ops/callbacks")).Json.GetProperty("items").EnumerateArray().Count(c => c.GetProperty("id").GetString() == id), Is.EqualTo(1));
    }

    [Test]
    public async Task What_contradicts_the_log_changes_nothing_and_is_shown()
    {
        await Shopper.Stock("CONTRA-1");
        var order = (await Shopper.Order("CONTRA-1", "contra-1")).Field("orderId");
        await Shopper.Until($"/orders/{order}", r => r.Status == 200 && r.Field("status") == "confirmed");
        var payment = PaymentId.For(OrderId.Parse(order, null));
        await Send(Telling(payment, "declined"), "contra-declined");
        await Send(Telling(payment, "approved", "11.00"), "contra-amount");
        var shown = await Shopper.Until("/ops/callbacks?state=contradicting", r => Item(r, "contra-declined") is not null && Item(r, "contra-amount") is not null);
        Assert.That((Item(shown, "contra-declined")?.GetProperty("code").GetString(), Item(shown, "contra-amount")?.GetProperty("code").GetString()), Is.EqualTo(("payment-status", "amount-differs")));
        Assert.That((await Shopper.Get($"/payments/{payment}")).Field("status"), Is.EqualTo("authorised"));
    }

    [Test]
    public async Task How_they_were_answered_is_counted()
    {
        using var received = new HeardFigures("commerce.callbacks.received");
        var id = NewId();
        await Send(Telling(New(), "approved"), id);
        await Send(Telling(New(), "approved"), id);
        await Send(Telling(New(), "approved"), id, secret: WebhookSecret.Random());
        Assert.That(
            new[] { "kept", "repeated", "webhook-signature-invalid" }.Select(outcome => received.Sum(t => Equals(t["provider"], "sandbox") && Equals(t["outcome"], outcome))),
            Is.All.GreaterThanOrEqualTo(1), "other applications beside this one may count as well");
    }

    [Test]
    public async Task The_list_is_paged_and_a_state_that_is_none_is_refused()
    {
        await Send(Telling(New(), "approved"));
        await Send(Telling(New(), "approved"));
        var first = await Shopper.Get("/ops/callbacks?limit=1");
        var second = await Shopper.Get($"/ops/callbacks?limit=1&cursor={first.Field("next")}");
        Assert.That(second.Json.GetProperty("items")[0].GetProperty("id").GetString(), Is.Not.EqualTo(first.Json.GetProperty("items")[0].GetProperty("id").GetString()));
        Assert.That((await Shopper.Get("/ops/callbacks?state=lost")).Refusal, Is.EqualTo((400, "parameter-invalid")));
    }

    [Test]
    public async Task Without_its_database_a_callback_is_not_taken_and_the_provider_is_told_to_come_back()
    {
        await using var database = await Testing.Servers.PostgresForTests.CreateDatabase();
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var wire = Wire.To(server.Host ?? "127.0.0.1", server.Port);
        (server.Host, server.Port) = ("127.0.0.1", wire.Port);
        await using var app = await CommerceApp.Start((CommerceSettings.PostgresKey, server.ConnectionString), (CallbackSettings.SecretsKey, Secret));
        await wire.Cut();
        var refused = await Send(Telling(New(), "approved"), "outage-1", app: app);
        Assert.That((refused.Refusal, refused.Header("Retry-After")), Is.EqualTo(((503, "callbacks-unavailable"), "2")));
        wire.Mend();
        await Shopper.Until(() => Send(Telling(New(), "approved"), "outage-1", app: app), r => r.Status == 204);
    }

    static PaymentId New() => new(Guid.CreateVersion7());

    static string NewId() => string.Create(CultureInfo.InvariantCulture, $"msg_{Interlocked.Increment(ref ids)}");

    static string Telling(PaymentId payment, string status, string? amount = null)
    {
        var said = amount is null ? "null" : $$"""{"amount":"{{amount}}","currency":"GBP"}""";
        return $$$"""{"type":"payment.authorisation","timestamp":"2026-11-02T09:15:00Z","data":{"payment":"{{{payment}}}","status":"{{{status}}}","reference":"r1","code":"no","amount":{{{said}}}}}""";
    }

    static WebhookSecret SecretOf(string text) => WebhookSecret.TryParse(text, out var secret) ? secret : throw new AssertionException(text);

    static System.Text.Json.JsonElement? Item(Reply listed, string id) =>
        listed.Json.GetProperty("items").EnumerateArray().Where(c => c.GetProperty("id").GetString() == id).Select(c => (System.Text.Json.JsonElement?)c).FirstOrDefault();

    Task<Reply> Listed(string state) => Shopper.Get($"/ops/callbacks?state={state}&limit=200");

    async Task<Reply> Send(string body, string? id = null, WebhookSecret? secret = null, DateTimeOffset? at = null, string path = Path, CommerceApp? app = null)
    {
        var (name, timestamp) = (id ?? NewId(), (at ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", name);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", (secret ?? SecretOf(Secret)).Sign(name, timestamp, Encoding.UTF8.GetBytes(body)));
        using var response = await (app ?? App).Http.SendAsync(request);
        return await Reply.Of(response);
    }
}
