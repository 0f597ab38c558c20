using System.Collections.Concurrent;
using System.Net;
using Commerce.Commands.Payments;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Testing.Logs;
using Commerce.Testing.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Polly.CircuitBreaker;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>Orders over the bus while the circuit to the payment provider is open.</summary>
public sealed class BreakerTests
{
    const int Orders = 12;

    /// <summary>So long that only the test's own clock ends it.</summary>
    static readonly TimeSpan Opens = TimeSpan.FromHours(1);

    [Test]
    public async Task While_the_circuit_is_open_orders_wait_and_they_go_on_by_themselves()
    {
        await using var till = await Till.Open();
        var time = new ShiftedTime();
        using var http = new HttpPaymentProvider(
            new() { BaseAddress = till.Address, RetriesMax = 0, BreakerCallsMin = 10, BreakerFailureRatio = 0.5, BreakerOpens = Opens, AttemptTimeout = TimeSpan.FromSeconds(2) }, time);
        var provider = new CountedProvider(http);
        await using var shop = await Shop.On(LogEngine.InMemory, ShortPauses.Options(null), provider: provider);
        using var circuit = new HeardFigures("commerce.payments.provider_circuit");
        await shop.Receive("mug", Orders);
        await shop.Start();

        till.IsDown = true;
        var ids = new List<OrderId>();
        for (var n = 0; n < Orders; n++)
        {
            ids.Add(await shop.Place(null, ("mug", 1)));
        }

        await Shop.Tried(() => http.Circuit.CircuitState == CircuitState.Open);
        Assert.That(circuit.Read(), Does.Contain(2));

        // Calls of an order come one after another: one that began after the circuit had opened and has ended means that none is under way from before.
        provider.CountAnew();
        await Shop.Tried(() => ids.TrueForAll(id => provider.CallsOf(id) > 0));
        var asked = till.Calls;
        provider.CountAnew();
        await Shop.Tried(() => ids.TrueForAll(id => provider.CallsOf(id) > 2));
        Assert.That(till.Calls, Is.EqualTo(asked), "an open circuit lets no call through");

        till.IsDown = false;
        time.Pass(Opens);
        foreach (var id in ids)
        {
            await shop.Settles(id, FulfilmentPhase.Confirmed);
        }

        Assert.That((shop.Letters.Letters.Count, http.Circuit.CircuitState), Is.EqualTo((0, CircuitState.Closed)));
        Assert.That(circuit.Read(), Does.Contain(0));
    }

    /// <summary>Counts, by order, the authorisations that began and ended since it was last told to count anew.</summary>
    sealed class CountedProvider(IPaymentProvider inner) : IPaymentProvider
    {
        ConcurrentDictionary<OrderId, int> _calls = [];

        public void CountAnew() => Volatile.Write(ref _calls, []);

        public int CallsOf(OrderId order) => Volatile.Read(ref _calls).GetValueOrDefault(order);

        public async Task<ProviderAnswer> Authorise(PaymentId payment, OrderId order, Money amount, string? token, CancellationToken cancellationToken)
        {
            var counts = Volatile.Read(ref _calls);
            try
            {
                return await inner.Authorise(payment, order, amount, token, cancellationToken);
            }
            finally
            {
                counts.AddOrUpdate(order, 1, (_, n) => n + 1);
            }
        }

        public Task<ProviderAnswer> Capture(PaymentId payment, Guid capture, Money amount, CancellationToken cancellationToken) => inner.Capture(payment, capture, amount, cancellationToken);

        public Task<ProviderAnswer> Void(PaymentId payment, CancellationToken cancellationToken) => inner.Void(payment, cancellationToken);

        public Task<ProviderAnswer> Refund(PaymentId payment, Guid refund, Money amount, CancellationToken cancellationToken) => inner.Refund(payment, refund, amount, cancellationToken);

        public Task<IReadOnlyList<PaymentNews>> Find(PaymentId payment, CancellationToken cancellationToken) => inner.Find(payment, cancellationToken);

        public IAsyncEnumerable<PaymentNews> Statement(DateOnly date, CancellationToken cancellationToken) => inner.Statement(date, cancellationToken);
    }

    /// <summary>A provider that approves everything, or answers 503.</summary>
    sealed class Till(WebApplication server) : IAsyncDisposable
    {
        volatile bool _isDown;
        int _calls;

        public Uri Address { get; } = new(server.Urls.Single());

        public bool IsDown
        {
            set => _isDown = value;
        }

        public int Calls => Volatile.Read(ref _calls);

        public static async Task<Till> Open()
        {
            var builder = WebApplication.CreateEmptyBuilder(new());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
            var server = builder.Build();
            Till? till = null;
            server.Run(http => till is null ? Task.CompletedTask : till.Answer(http));
            await server.StartAsync();
            till = new Till(server);
            return till;
        }

        public async ValueTask DisposeAsync() => await server.DisposeAsync();

        Task Answer(HttpContext http)
        {
            Interlocked.Increment(ref _calls);
            if (_isDown)
            {
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return Task.CompletedTask;
            }

            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync("""{"status":"approved","reference":"r1"}""");
        }
    }
}
