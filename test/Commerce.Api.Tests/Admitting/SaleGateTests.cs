using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Commerce.Api.Admission;
using Commerce.Api.Tests.App;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;

namespace Commerce.Api.Tests.Admitting;

/// <summary>The gate before an address that answers when the test wants it to.</summary>
[TestFixture]
public sealed class SaleGateTests
{
    static readonly string Sale = Guid.NewGuid().ToString();
    static readonly string OtherSale = Guid.NewGuid().ToString();

    readonly ConcurrentDictionary<string, TaskCompletionSource> _inside = new();
    readonly ConcurrentQueue<string> _entered = new();
    readonly MeterListener _meters = new();
    WebApplication? _app;
    long _waiting;

    [OneTimeSetUp]
    public void Listen()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "aspnetcore.rate_limiting.queued_requests")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((_, change, _, _) => Interlocked.Add(ref _waiting, change));
        _meters.Start();
    }

    [OneTimeTearDown]
    public void StopListening() => _meters.Dispose();

    [SetUp]
    public async Task Start()
    {
        _inside.Clear();
        _entered.Clear();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddAdmission(new() { SaleClaims = 1, SaleQueue = 2 });
        _app = builder.Build();
        _app.UseAdmission();
        _app.MapPost("/flash-sales/{id}/claims/{who}", async (string id, string who) =>
        {
            var leave = Claim(who);
            _entered.Enqueue(who);
            await leave.Task;
            return Results.NoContent();
        }).BehindSaleGate();
        await _app.StartAsync();
    }

    [TearDown]
    public async Task Stop()
    {
        // Whoever waits is let in, and out again.
        foreach (var who in new[] { "first", "second", "third" })
        {
            Claim(who).TrySetResult();
        }

        await Waiting(0);
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    [Test]
    public async Task Claims_that_wait_are_let_in_in_the_order_in_which_they_came()
    {
        var first = Post(Sale, "first");
        await Entered(1);
        var second = Post(Sale, "second");
        await Waiting(1);
        var third = Post(Sale, "third");
        await Waiting(2);

        foreach (var (who, answer) in new[] { ("first", first), ("second", second), ("third", third) })
        {
            Claim(who).SetResult();
            Assert.That((await answer).Status, Is.EqualTo(204));
        }

        Assert.That(_entered, Is.EqualTo(new[] { "first", "second", "third" }));
    }

    [Test]
    public async Task A_claim_that_finds_the_queue_full_is_refused_at_once()
    {
        _ = Post(Sale, "first");
        await Entered(1);
        _ = Post(Sale, "second");
        _ = Post(Sale, "third");
        await Waiting(2);

        var refused = await Post(Sale, "fourth");

        Assert.That(refused.Refusal, Is.EqualTo((503, "sale-busy")));
        Assert.That(refused.Header("Retry-After"), Is.EqualTo("1"));
        Assert.That(refused.Header("RateLimit-Policy"), Does.EndWith(", \"sale\";q=1;qu=\"concurrent-requests\""));
    }

    [Test]
    public async Task Each_sale_has_a_gate_of_its_own()
    {
        _ = Post(Sale, "first");
        await Entered(1);
        var other = Post(OtherSale, "other");
        Claim("other").SetResult();

        Assert.That((await other).Status, Is.EqualTo(204));
    }

    TaskCompletionSource Claim(string who) => _inside.GetOrAdd(who, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    async Task<Reply> Post(string sale, string who)
    {
        using var response = await Client().PostAsync(new Uri($"/flash-sales/{sale}/claims/{who}", UriKind.Relative), null);
        return await Reply.Of(response);
    }

    HttpClient Client() => _app?.GetTestClient() ?? throw new InvalidOperationException("The application is not started.");

    Task Entered(int count) => Until(() => _entered.Count == count);

    Task Waiting(int count) => Until(() => Volatile.Read(ref _waiting) == count);

    static async Task Until(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
