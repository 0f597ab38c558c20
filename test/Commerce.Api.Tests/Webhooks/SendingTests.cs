using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Commerce.Api.Tests.App;
using Commerce.Domain.Log;
using Commerce.Domain.Webhooks;
using Commerce.Testing.Servers;
using Commerce.Testing.Webhooks;

namespace Commerce.Api.Tests.Webhooks;

/// <summary>Webhooks out, over HTTP: who subscribes, what is sent, and what is shown of it.</summary>
public sealed class SendingTests : ApiTest
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    ScriptedReceiver _receiver = null!;

    [SetUp]
    public async Task Listen() => _receiver = await ScriptedReceiver.Start();

    [TearDown]
    public async Task Leave() => await _receiver.DisposeAsync();

    [Test]
    public async Task Other_peoples_libraries_verify_what_is_sent_and_nothing_that_was_changed()
    {
        var (hmac, ed25519) = (await Subscribe("/hmac", "\"order-placed.v1\""), await Subscribe("/ed25519", "\"order-placed.v1\"", "ed25519"));
        Assert.That((hmac.Field("key")[..6], ed25519.Field("key")[..5]), Is.EqualTo(("whsec_", "whpk_")));
        var sku = await Product();
        var order = (await Post("/orders", OrderOf(sku))).Field("orderId");
        await Until(() => _receiver.Taken.Any(r => r.Path == "/hmac" && r.Stream == $"order-{order}") && _receiver.Taken.Any(r => r.Path == "/ed25519" && r.Stream == $"order-{order}"));

        var sent = new[] { (hmac, "/hmac"), (ed25519, "/ed25519") }.Select(s => (Key: s.Item1.Field("key"), Received: _receiver.Taken.First(r => r.Path == s.Item2 && r.Stream == $"order-{order}"))).ToList();
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, new JsonArray(
                [.. sent.Select(s => Message(s.Key, s.Received, s.Received.Body)), .. sent.Select(s => Message(s.Key, s.Received, s.Received.Body.Replace("GBP", "EUR", StringComparison.Ordinal)))]).ToJsonString());
            var verified = await NodeProgram.Run("verify-webhooks.mjs", [file]);
            Assert.That(verified.ExitCode, Is.Zero, verified.Errors);
            Assert.That(verified.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(["ok", "ok", "No matching signature found", "No matching signature found"]));
        }
        finally
        {
            File.Delete(file);
        }

        await Delete(hmac, ed25519);
    }

    [Test]
    public async Task What_is_sent_is_the_event_as_the_log_has_it()
    {
        var sku = await Product();
        var subscribed = await Subscribe("/stock", "\"stock-*\"", streamPrefix: $"stock-{sku}@");
        await Receive(await Product(), 3, "main");
        await Receive(sku, 7, "main");
        await Until(() => _receiver.Taken.Count > 0);
        var received = _receiver.Taken.Single();
        Assert.That((received.Type, received.Stream, received.Data.GetProperty("quantity").GetInt32()), Is.EqualTo(("stock-received.v1", $"stock-{sku}@main", 7)));
        await foreach (var recorded in App.Host.Log.ReadStream(StreamName.Parse(received.Stream, null), ReadDirection.Forwards, 0, 1, default))
        {
            Assert.That(received.Data.GetRawText(), Is.EqualTo(Encoding.UTF8.GetString(recorded.Data.Span)));
            Assert.That(received.Id, Is.EqualTo($"evt_{recorded.Id:N}"));
        }

        await Delete(subscribed);
    }

    [Test]
    public async Task A_secret_is_shown_to_who_subscribes_and_nowhere_else()
    {
        var body = $$"""{"url":"{{_receiver.Url}}/secret","events":["product-*"]}""";
        var key = Key(New("webhook"));
        var subscribed = await Post("/webhooks", body, key);
        var (secret, id) = (subscribed.Field("key"), subscribed.Field("webhookId"));
        Assert.That((subscribed.Status, subscribed.Header("Cache-Control")), Is.EqualTo((201, "no-store")));
        var again = await Post("/webhooks", body, key);
        Assert.That((again.Field("key"), again.Header("Idempotency-Replayed")), Is.EqualTo((secret, "true")), "who did not hear the answer may ask for it again");

        var texts = new List<string> { (await Get($"/webhooks/{id}", At(subscribed))).Text, (await Get("/webhooks")).Text, (await Get($"/webhooks/{id}/deliveries")).Text };
        await foreach (var recorded in App.Host.Log.ReadStream(Webhook.StreamOf(Guid.Parse(id)), ReadDirection.Forwards, 0, 100, default))
        {
            texts.Add(Encoding.UTF8.GetString(recorded.Data.Span));
        }

        Assert.That(texts, Has.Count.EqualTo(4).And.None.Contains(secret["whsec_".Length..]));
        await Delete(subscribed);
    }

    [Test]
    public async Task A_subscription_is_read_changed_disabled_and_deleted()
    {
        var subscribed = await Subscribe("/first", "\"flash-sale-*\"");
        var address = $"/webhooks/{subscribed.Field("webhookId")}";
        Assert.That((await Put(address, """{"url":"https://shop.example.org/next","events":["order-placed.v1"],"streamPrefix":"order-"}""")).Status, Is.EqualTo(200));
        var disabled = await Post($"{address}/disable", string.Empty);
        var shown = await Get(address, At(disabled));
        Assert.That((shown.Field("url"), shown.Field("events"), shown.Field("streamPrefix"), shown.Field("status"), shown.Field("disabledBy")), Is.EqualTo(("https://shop.example.org/next", "[\"order-placed.v1\"]", "order-", "disabled", "operator")));
        var enabled = await Post($"{address}/enable", string.Empty);
        Assert.That((await Get(address, At(enabled))).Field("status"), Is.EqualTo("enabled"));
        var rotated = await Post($"{address}/rotate-key", """{"overlapHours":1}""");
        Assert.That((rotated.Status, rotated.Field("key") == subscribed.Field("key")), Is.EqualTo((200, false)));
        var deleted = await Send(HttpMethod.Delete, address, null);
        Assert.That((await Get(address, At(deleted))).Refusal, Is.EqualTo((404, "webhook-unknown")));
        Assert.That((await Get($"{address}/deliveries")).Refusal, Is.EqualTo((404, "webhook-unknown")));
        Assert.That((await Post($"{address}/enable", string.Empty)).Refusal, Is.EqualTo((404, "webhook-unknown")));
    }

    [Test]
    public async Task Deliveries_are_shown_and_made_again()
    {
        var sku = New("SKU");
        var subscribed = await Subscribe("/again", "\"product-registered.v1\"", streamPrefix: $"product-{sku}");
        var address = $"/webhooks/{subscribed.Field("webhookId")}";
        Assert.That((await Post("/products", MugWith(sku))).Status, Is.EqualTo(201));
        var deliveries = await Until($"{address}/deliveries?state=delivered", null, d => d.Json.GetProperty("items").GetArrayLength() == 1);
        var delivery = deliveries.Json.GetProperty("items")[0];
        Assert.That((delivery.GetProperty("type").GetString(), delivery.GetProperty("attempts").GetInt32(), delivery.GetProperty("lastStatus").GetInt32()), Is.EqualTo(("product-registered.v1", 1, 204)));

        Assert.That((await Post($"{address}/deliveries/{delivery.GetProperty("deliveryId")}/replay", string.Empty)).Status, Is.EqualTo(200));
        await Until(() => _receiver.Taken.Count == 2);
        Assert.That((await Post($"{address}/replay", """{"fromPosition":"0"}""")).Status, Is.EqualTo(200));
        await Until(() => _receiver.Taken.Count == 3);
        Assert.That(_receiver.Taken.Select(r => r.Id).Distinct(), Is.EqualTo([delivery.GetProperty("messageId").GetString()]));
        Assert.That((await Post($"{address}/deliveries/{Guid.NewGuid()}/replay", string.Empty)).Refusal, Is.EqualTo((404, "webhook-delivery-unknown")));
        await Delete(subscribed);
    }

    [TestCase("http://10.0.0.1/hooks")]
    [TestCase("http://169.254.169.254/latest/meta-data")]
    [TestCase("http://[::1]/hooks")]
    [TestCase("http://[::ffff:10.0.0.1]/hooks")]
    [TestCase("http://0x7f000002/hooks")]
    public async Task A_private_address_is_never_connected_to(string url)
    {
        var sku = New("SKU");
        var subscribed = await Post("/webhooks", $$"""{"url":"{{url}}","streamPrefix":"product-{{sku}}"}""");
        Assert.That((await Post("/products", MugWith(sku))).Status, Is.EqualTo(201));
        var deliveries = await Until($"/webhooks/{subscribed.Field("webhookId")}/deliveries", null, d => d.Json.GetProperty("items") is { } items && items.GetArrayLength() == 1 && items[0].TryGetProperty("lastError", out _));
        Assert.That(deliveries.Json.GetProperty("items")[0].GetProperty("lastError").GetString(), Is.EqualTo("address not allowed"));
        await Delete(subscribed);
    }

    [TestCase("""{"url":"nowhere"}""", 422, "webhook-url-invalid")]
    [TestCase("""{"url":"https://a:b@shop.example.org/"}""", 422, "webhook-url-invalid")]
    [TestCase("""{"url":"https://shop.example.org/","events":["order-placed"]}""", 422, "webhook-events-invalid")]
    [TestCase("""{"url":"https://shop.example.org/","events":["webhook-*"]}""", 422, "webhook-events-invalid")]
    [TestCase("""{"url":"https://shop.example.org/","events":[null]}""", 422, "webhook-events-invalid")]
    [TestCase("""{"url":"https://shop.example.org/","scheme":"rsa"}""", 400, "parameter-invalid")]
    [TestCase("""{"events":[]}""", 400, "body-invalid")]
    public async Task What_cannot_be_subscribed_is_refused(string body, int status, string code) => Assert.That((await Post("/webhooks", body)).Refusal, Is.EqualTo((status, code)));

    async Task<Reply> Subscribe(string path, string events, string scheme = "hmac", string? streamPrefix = null)
    {
        var prefix = streamPrefix is null ? string.Empty : $$""","streamPrefix":"{{streamPrefix}}" """;
        var subscribed = await Post("/webhooks", $$"""{"url":"{{_receiver.Url}}{{path}}","events":[{{events}}],"scheme":"{{scheme}}"{{prefix}}}""");
        Assert.That(subscribed.Status, Is.EqualTo((int)HttpStatusCode.Created), subscribed.Text);
        return subscribed;
    }

    async Task Delete(params Reply[] subscribed)
    {
        foreach (var reply in subscribed)
        {
            Assert.That((await Send(HttpMethod.Delete, $"/webhooks/{reply.Field("webhookId")}", null)).Status, Is.EqualTo(200));
        }
    }

    static JsonObject Message(string key, Received received, string body) => new()
    {
        ["key"] = key,
        ["id"] = received.Id,
        ["timestamp"] = $"{received.SentAt.ToUnixTimeSeconds()}",
        ["signature"] = received.Signature,
        ["body"] = body,
    };

    static async Task Until(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            Assert.That(limit.IsCancellationRequested, Is.False, "It does not come.");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
