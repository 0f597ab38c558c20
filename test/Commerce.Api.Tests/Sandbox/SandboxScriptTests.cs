using System.Collections.Concurrent;
using System.Net;
using Commerce.Api.Sandbox;
using Commerce.Api.Webhooks;
using Commerce.Commands.Payments;
using Commerce.Commands.Payments.Callbacks;
using Commerce.Commands.Webhooks;
using Commerce.Domain;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Commerce.Api.Tests.Sandbox;

/// <summary>What the sandbox does on purpose: answers later, callbacks, statements that differ.</summary>
[TestFixture]
public sealed class SandboxScriptTests
{
    static readonly Money Ten = new(10, Currency.Of("GBP"));
    static readonly SandboxStatement Statement = new(new(2026, 11, 2), [.. Enumerable.Range(0, 200).Select(Entry)], null);

    [Test]
    public async Task What_is_pending_is_told_by_callback_signed_and_sent_until_it_is_taken()
    {
        await using var merchant = await Merchant.Open(refusals: 2);
        var secret = WebhookSecret.Random();
        await using var sandbox = await SandboxProvider.Start(new() { Callbacks = merchant.Address, Secret = secret }, TimeProvider.System, default);
        using var provider = new HttpPaymentProvider(new() { BaseAddress = sandbox.Address }, TimeProvider.System);
        var payment = new PaymentId(Guid.CreateVersion7());
        Assert.That(await provider.Authorise(payment, new OrderId(Guid.CreateVersion7()), Ten, SandboxTokens.Pending, default), Is.EqualTo(new ProviderAnswer.Pending()));

        var sent = new[] { await merchant.Next(), await merchant.Next(), await merchant.Next() };
        Assert.That(sent.Select(s => s.Headers[WebhookVerifier.IdHeader].ToString()).Distinct().Count(), Is.EqualTo(1), "it is one callback");
        foreach (var (headers, body) in sent)
        {
            Assert.That(new WebhookVerifier([secret], TimeProvider.System).Verify(headers, body).Refusal, Is.Null);
        }

        Assert.That(ProviderCallback.TryRead(sent[0].Body, out var news), Is.True);
        Assert.That((news?.Payment, news?.Amount, news?.Answer is ProviderAnswer.Approved), Is.EqualTo((payment, (Money?)Ten, true)));
        Assert.That(await provider.Authorise(payment, default, Ten, SandboxTokens.Pending, default), Is.EqualTo(news?.Answer), "asked again, it says the same");
    }

    [Test]
    public void A_statement_leaves_out_adds_or_alters_the_share_that_is_asked_for_and_the_same_for_the_same_seed()
    {
        Assert.That(Statement.Told(new()).Entries, Is.EqualTo(Statement.Entries));
        Assert.That(Told(new(StatementMissingShare: 0.2)), Has.Count.InRange(140, 180));
        Assert.That(Told(new(StatementMissingShare: 0.2)), Is.EqualTo(Told(new(StatementMissingShare: 0.2, Seed: 1))));
        Assert.That(Told(new(StatementMissingShare: 0.2, Seed: 2)), Is.Not.EqualTo(Told(new(StatementMissingShare: 0.2))));
        Assert.That(Told(new(StatementExtraShare: 0.2)).Select(e => e.Payment).Except(Statement.Entries.Select(e => e.Payment)).Count(), Is.InRange(20, 60));
        Assert.That(Told(new(StatementAmountShare: 0.2)).Count(e => e.Amount != Ten), Is.InRange(20, 60));
        Assert.That(Told(new(StatementStateShare: 0.2)).Count(e => e.Reference is null), Is.InRange(20, 60));
    }

    [Test]
    public async Task The_help_names_every_token() =>
        Assert.That((await Cli.Terminal.Run("sandbox", "--help")).Output, Does.Contain(SandboxTokens.CallbackTwice).And.Contain("--callbacks").And.Contain("/v1/behaviour"));

    [TestCase("--callbacks", "nowhere", "http")]
    [TestCase("--callbacks", "http://127.0.0.1:1/", "secret")]
    public async Task Where_and_how_to_call_back_is_checked_at_the_start(string option, string value, string hint)
    {
        var said = await Cli.Terminal.Run("sandbox", "--port", "0", option, value);
        Assert.That((said.Code, said.Error.Trim().Split('\n').Length), Is.EqualTo((2, 1)), said.Error);
        Assert.That(said.Error, Does.Contain(hint));
    }

    static IReadOnlyList<SandboxEntry> Told(SandboxBehaviour behaviour) => Statement.Told(behaviour).Entries;

    static SandboxEntry Entry(int n) => new($"key-{n}", SandboxKind.Authorisation, $"payment-{n}", null, Ten, null, $"sbx_{n}", null, DateTimeOffset.UnixEpoch);

    /// <summary>Who is called back, and refuses the first few.</summary>
    sealed class Merchant(WebApplication server, ConcurrentQueue<(IHeaderDictionary Headers, byte[] Body)> taken, SemaphoreSlim arrived) : IAsyncDisposable
    {
        static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

        public Uri Address { get; } = new(server.Urls.Single());

        public static async Task<Merchant> Open(int refusals)
        {
            var (taken, arrived) = (new ConcurrentQueue<(IHeaderDictionary, byte[])>(), new SemaphoreSlim(0));
            var builder = WebApplication.CreateEmptyBuilder(new());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
            var server = builder.Build();
            server.Run(async http =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body, http.RequestAborted);
                taken.Enqueue((new HeaderDictionary(http.Request.Headers.ToDictionary(h => h.Key, h => h.Value)), body.ToArray()));
                http.Response.StatusCode = Interlocked.Decrement(ref refusals) >= 0 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status204NoContent;
                arrived.Release();
            });
            await server.StartAsync();
            return new(server, taken, arrived);
        }

        /// <summary>The next that comes.</summary>
        public async Task<(IHeaderDictionary Headers, byte[] Body)> Next()
        {
            using var limit = new CancellationTokenSource(Patience);
            await arrived.WaitAsync(limit.Token);
            return taken.TryDequeue(out var next) ? next : throw new InvalidOperationException();
        }

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            arrived.Dispose();
        }
    }
}
