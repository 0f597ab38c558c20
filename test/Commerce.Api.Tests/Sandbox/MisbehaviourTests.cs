using System.Net.Http.Json;
using System.Text.Json;
using Commerce.Api.Composition;
using Commerce.Api.Http;
using Commerce.Api.Sandbox;
using Commerce.Api.Tests.App;
using Commerce.Commands.Embedded;
using Commerce.Commands.Payments;
using Commerce.Commands.Payments.Scanning;
using Commerce.Domain;
using Commerce.Projections.Auditing;

namespace Commerce.Api.Tests.Sandbox;

/// <summary>The application with the sandbox as a process of its own that misbehaves in every way it can: every order ends, and the audit is clean.</summary>
[TestFixture]
public sealed class MisbehaviourTests
{
    const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    static readonly Currency Gbp = Currency.Of("GBP");

    CommerceApp? _app;
    SandboxProcess? _sandbox;

    CommerceApp App => _app ?? throw new InvalidOperationException();

    SandboxProcess Sandbox => _sandbox ?? throw new InvalidOperationException();

    Shopper Shopper => new(App);

    [OneTimeSetUp]
    public async Task Start()
    {
        var port = FreePort.Find();
        _app = await CommerceApp.Start(
            (CommerceSettings.SandboxKey, "false"), (CommerceSettings.ProviderKey, $"http://127.0.0.1:{port}/"), (CallbackSettings.SecretsKey, Secret),
            (CommerceSettings.AskAfterKey, "00:00:02"));
        _sandbox = await SandboxProcess.Start(port, new Uri(_app.Http.BaseAddress ?? throw new InvalidOperationException(), "payments/callbacks/provider"), Secret);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_app is not null)
        {
            var audit = await new Auditor(_app.Host.Log).Run(new AuditOptions { RequireSettled = true }, progress: null, default);
            await _app.DisposeAsync();
            await (_sandbox?.DisposeAsync() ?? ValueTask.CompletedTask);
            Assert.That((audit.IsClean, audit.Offences.Count), Is.EqualTo((true, 0)));
        }
    }

    [TearDown]
    public Task BehaveAgain() => Behave(new SandboxBehaviour());

    [TestCase(SandboxTokens.Declined, "rejected")]
    [TestCase(SandboxTokens.InsufficientFunds, "rejected")]
    [TestCase(SandboxTokens.Slow, "confirmed")]
    [TestCase(SandboxTokens.ErrorOnce, "confirmed")]
    [TestCase(SandboxTokens.LostAnswerOnce, "confirmed")]
    [TestCase(SandboxTokens.Pending, "confirmed")]
    [TestCase(SandboxTokens.PendingDeclined, "rejected")]
    [TestCase(SandboxTokens.CallbackTwice, "confirmed")]
    [TestCase(SandboxTokens.CallbackFirst, "confirmed")]
    [TestCase(SandboxTokens.CallbackLate, "confirmed")]
    public async Task An_order_that_is_paid_with_trouble_ends_as_it_should(string token, string status)
    {
        var order = await Order(token);
        await Until(order, status);
        Assert.That((await Held(order)).Count(k => k == "Authorisation"), Is.LessThanOrEqualTo(1), "charged once at most");
    }

    [Test]
    public async Task Where_the_callback_is_lost_the_answer_comes_because_the_provider_is_asked()
    {
        var order = await Order(SandboxTokens.CallbackLost);
        await Until(order, "confirmed");
        var authorised = (await Shopper.Get($"/audit/streams/payment-{PaymentId.For(OrderId.Parse(order, null))}")).Json.GetProperty("events").EnumerateArray()
            .Single(e => e.GetProperty("type").GetString() == "payment-authorised.v1");
        Assert.That(authorised.GetProperty("metadata").GetProperty("actor").GetString(), Is.EqualTo(PaymentAsker.Actor));
        Assert.That((await Shopper.Get("/ops/callbacks")).Text, Does.Not.Contain(PaymentId.For(OrderId.Parse(order, null)).ToString()));
    }

    [Test]
    public async Task What_is_pending_all_the_way_is_told_by_callbacks_also_when_they_come_twice_and_out_of_order()
    {
        await Behave(new SandboxBehaviour(PendingShare: 1, PendingMs: 50, CallbackTwiceShare: 0.5, CallbackDelayMsMax: 300));
        var orders = new List<string>();
        for (var n = 0; n < 4; n++)
        {
            orders.Add(await Order("tok_ok"));
        }

        foreach (var order in orders)
        {
            await Until(order, "confirmed");
        }

        await Shopper.Post($"/orders/{orders[0]}/shipments", "{}", "pending-ship");
        await Shopper.Post($"/orders/{orders[1]}/cancel", """{"reason":"changed my mind"}""", "pending-cancel");
        await Until(orders[0], "completed");
        await Shopper.Post($"/orders/{orders[0]}/returns", """{"reason":"broken"}""", "pending-return");
        await Until(orders[1], "cancelled");
        await UntilPayment(orders[1], p => p.Field("status") == "voided");
        await UntilPayment(orders[0], p => p.Json.GetProperty("refunded").GetProperty("amount").GetString() == "2.50");
    }

    [Test]
    public async Task Errors_and_lost_answers_of_every_other_call_end_in_one_charge_each()
    {
        await Behave(new SandboxBehaviour(FailShare: 0.3, LostAnswerShare: 0.5, PendingShare: 0.3, PendingMs: 50));
        foreach (var order in new[] { await Order("tok_ok"), await Order("tok_ok"), await Order("tok_ok") })
        {
            await Until(order, "confirmed");
            Assert.That(await Held(order), Is.EqualTo(new[] { "Authorisation" }));
        }
    }

    [Test]
    public async Task A_callback_that_comes_before_its_order_is_known_waits_for_it()
    {
        // The client's key names the order, and the order its payment: the customer may pay at the provider before the order is here.
        var key = IdempotencyKey.TryParse("early-order", out var parsed) ? parsed : throw new InvalidOperationException();
        var order = new OrderId(key.IdFor(OperatorKeys.Owner.Client));
        await Shopper.Stock("EARLY");
        await Charge(PaymentId.For(order), order, 2.50m, SandboxTokens.Pending);
        await Shopper.Until("/ops/callbacks?state=waiting", r => r.Text.Contains(PaymentId.For(order).ToString(), StringComparison.Ordinal) && r.Text.Contains("payment-unknown", StringComparison.Ordinal));

        await Shopper.Post("/orders", $$"""{"currency":"GBP","paymentToken":"{{SandboxTokens.Pending}}","lines":[{"sku":"EARLY","quantity":1}]}""", "early-order");
        await Until(order.ToString(), "confirmed");
        await Shopper.Until("/ops/callbacks?state=applied", r => r.Text.Contains(PaymentId.For(order).ToString(), StringComparison.Ordinal));
    }

    async Task<string> Order(string token)
    {
        var sku = $"SKU-{Guid.NewGuid():N}";
        await Shopper.Stock(sku);
        var placed = await Shopper.Post("/orders", $$"""{"currency":"GBP","paymentToken":"{{token}}","lines":[{"sku":"{{sku}}","quantity":1}]}""", sku);
        Assert.That(placed.Status, Is.EqualTo(201), placed.Text);
        return placed.Field("orderId");
    }

    Task<Reply> Until(string order, string status) => Shopper.Until($"/orders/{order}", r => r.Status == 200 && r.Field("status") == status);

    Task<Reply> UntilPayment(string order, Func<Reply, bool> isSo) => Shopper.Until($"/payments/{PaymentId.For(OrderId.Parse(order, null))}", r => r.Status == 200 && isSo(r));

    /// <summary>What the provider booked for an order.</summary>
    async Task<IEnumerable<string?>> Held(string order)
    {
        using var answer = await Sandbox.Http.GetAsync($"/v1/payments/{PaymentId.For(OrderId.Parse(order, null))}");
        return answer.IsSuccessStatusCode
            ? [.. JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("kind").GetString())]
            : [];
    }

    async Task Behave(SandboxBehaviour behaviour)
    {
        using var answer = await Sandbox.Http.PutAsJsonAsync("/v1/behaviour", behaviour, SandboxJson.Default.SandboxBehaviour);
        answer.EnsureSuccessStatusCode();
    }

    async Task Charge(PaymentId payment, OrderId order, decimal amount, string token)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/authorisations")
        {
            Content = JsonContent.Create(new ProviderRequest(payment.ToString(), order.ToString(), new Money(amount, Gbp), token), SandboxJson.Default.ProviderRequest),
        };
        message.Headers.Add("Idempotency-Key", $"\"{payment}\"");
        using var answer = await Sandbox.Http.SendAsync(message);
        Assert.That((int)answer.StatusCode, Is.EqualTo(202));
    }
}
