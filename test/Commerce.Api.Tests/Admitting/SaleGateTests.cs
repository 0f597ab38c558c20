using System.Collections.Concurrent;
using Commerce.Api.Admission;
using Commerce.Api.Tests.App;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Commerce.Api.Tests.Admitting;

/// <summary>The gate before an address that answers when the test wants it to.</summary>
[TestFixture]
public sealed class SaleGateTests
{
    static readonly string Sale = Guid.NewGuid().ToString();
    static readonly string OtherSale = Guid.NewGuid().ToString();
    static readonly TimeSpan HeldFor = TimeSpan.FromMilliseconds(100);

    readonly ConcurrentDictionary<string, TaskCompletionSource> _inside = new();
    readonly ConcurrentQueue<string> _entered = new();
    FakeTimeProvider _time = new();
    WebApplication? _app;

    [SetUp]
    public async Task Start()
    {
        _inside.Clear();
        _entered.Clear();
        _time = new();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddAdmission(new() { SaleClaims = 1, SaleQueue = 2, SaleRefusalAfter = HeldFor, SaleRefusalsHeld = 1 });
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
    public async Task Claims_that_find_the_queue_full_are_refused_so_many_of_them_a_moment_later_and_the_others_at_once()
    {
        _ = Post(Sale, "first");
        await Entered(1);
        _ = Post(Sale, "second");
        _ = Post(Sale, "third");
        await Waiting(2);

        Task<Reply>[] refused = [Post(Sale, "fourth"), Post(Sale, "fifth")];
        await Task.WhenAny(refused);
        Assert.That(refused.Count(r => r.IsCompleted), Is.EqualTo(1));

        // The other one may not be held yet.
        await Until(() =>
        {
            _time.Advance(HeldFor);
            return refused.All(r => r.IsCompleted);
        });
        foreach (var reply in await Task.WhenAll(refused))
        {
            Assert.That(reply.Refusal, Is.EqualTo((503, "sale-busy")));
            Assert.That(reply.Header("Retry-After"), Is.EqualTo("1"));
            Assert.That(reply.Header("RateLimit-Policy"), Does.EndWith(", \"sale\";q=1;qu=\"concurrent-requests\""));
        }

        Assert.That((Gates().Refused, Gates().Held, Gates().Waiting), Is.EqualTo((2L, 0, 2L)));
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

    SaleGates Gates() => _app?.Services.GetRequiredService<SaleGates>() ?? throw new InvalidOperationException("The application is not started.");

    Task Waiting(int count) => Until(() => Gates().Waiting == count);

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
