using System.Diagnostics.Metrics;
using System.Net;
using Commerce.Commands.Payments;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Testing.Logs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Polly.CircuitBreaker;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>Orders over the bus while the circuit to the payment provider is open.</summary>
public sealed class BreakerTests
{
    const int Orders = 12;

    /// <summary>Longer than a test that fails would wait, for no order may be asked for while it is open.</summary>
    static readonly TimeSpan Opens = TimeSpan.FromSeconds(1);

    [Test]
    public async Task While_the_circuit_is_open_orders_wait_and_they_go_on_by_themselves()
    {
        await using var till = await Till.Open();
        using var provider = new HttpPaymentProvider(
            new() { BaseAddress = till.Address, RetriesMax = 0, BreakerCallsMin = 10, BreakerFailureRatio = 0.5, BreakerOpens = Opens, AttemptTimeout = TimeSpan.FromSeconds(2) }, TimeProvider.System);
        await using var shop = await Shop.On(LogEngine.InMemory, ShortPauses.Options(null), provider: provider);
        using var circuit = new Gauge("commerce.payments.provider_circuit");
        await shop.Receive("mug", Orders);
        await shop.Start();

        till.IsDown = true;
        var ids = new List<OrderId>();
        for (var n = 0; n < Orders; n++)
        {
            ids.Add(await shop.Place(null, ("mug", 1)));
        }

        await Shop.Tried(() => provider.Circuit.CircuitState == CircuitState.Open);
        Assert.That(circuit.Read(), Does.Contain(2));
        var asked = till.Calls;
        await Shop.Tried(() => provider.Circuit.CircuitState != CircuitState.Open || till.Calls > asked + Orders);
        Assert.That(till.Calls, Is.LessThanOrEqualTo(asked + Orders), "an open circuit lets no call through: only what was under way, one for an order at most, still arrives, and the one of a half-open one");

        till.IsDown = false;
        foreach (var id in ids)
        {
            await shop.Settles(id, FulfilmentPhase.Confirmed);
        }

        Assert.That((shop.Letters.Letters.Count, provider.Circuit.CircuitState), Is.EqualTo((0, CircuitState.Closed)));
        Assert.That(circuit.Read(), Does.Contain(0));
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

    /// <summary>Reads an observable gauge of the meter.</summary>
    sealed class Gauge : IDisposable
    {
        readonly MeterListener _listener = new();
        readonly List<int> _read = [];

        public Gauge(string name)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Commerce" && instrument.Name == name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<int>((_, value, _, _) => _read.Add(value));
            _listener.Start();
        }

        /// <summary>What all of that name show now: other tests may have theirs.</summary>
        public IReadOnlyList<int> Read()
        {
            _read.Clear();
            _listener.RecordObservableInstruments();
            return [.. _read];
        }

        public void Dispose() => _listener.Dispose();
    }
}
