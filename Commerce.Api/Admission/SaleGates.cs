using System.Threading.RateLimiting;
using Commerce.Api.Http;
using Commerce.Domain;

namespace Commerce.Api.Admission;

/// <summary>The gates of all sales: some claims are under way, some may wait in the order in which they came, the rest is refused. Every door leads through the same.</summary>
sealed class SaleGates(AdmissionOptions options, TimeProvider time) : IDisposable
{
    /// <summary>Gates at most: sales share them by hash, so that no request can make more of them. Hot sales are few.</summary>
    public const int GatesMax = 4_096;

    readonly ConcurrencyLimiter?[] _gates = new ConcurrencyLimiter?[GatesMax];
    readonly Problem _busy = Problems.SaleBusy with { RetryAfter = options.SaleRetryAfter };
    int _held;

    /// <summary>Goes through the gate of a sale, or waits before it; to be left again.</summary>
    public ValueTask<RateLimitLease> Enter(FlashSaleId sale, CancellationToken cancellationToken) => At(NumberOf(sale.Value)).AcquireAsync(1, cancellationToken);

    /// <summary>What a claim is told that found no room; for a moment it is held.</summary>
    public async Task<Problem> Refuse(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _held) <= options.SaleRefusalsHeld)
        {
            await Task.Delay(options.SaleRefusalAfter, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Interlocked.Decrement(ref _held);
        return _busy;
    }

    /// <summary>Which gate a sale has.</summary>
    public static int NumberOf(Guid sale) => sale.GetHashCode() & (GatesMax - 1);

    /// <summary>A gate, for the framework's rate limiter.</summary>
    public RateLimiter Lend(int number) => new Lent(At(number));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var gate in _gates)
        {
            gate?.Dispose();
        }
    }

    ConcurrencyLimiter At(int number) => Volatile.Read(ref _gates[number]) ?? Open(number);

    ConcurrencyLimiter Open(int number)
    {
        var gate = new ConcurrencyLimiter(new() { PermitLimit = options.SaleClaims, QueueLimit = options.SaleQueue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
        if (Interlocked.CompareExchange(ref _gates[number], gate, null) is not { } other)
        {
            return gate;
        }

        gate.Dispose();
        return other;
    }

    /// <summary>The framework disposes of what it has not used for a while; the gate stays.</summary>
    sealed class Lent(ConcurrencyLimiter gate) : RateLimiter
    {
        public override TimeSpan? IdleDuration => gate.IdleDuration;

        public override RateLimiterStatistics? GetStatistics() => gate.GetStatistics();

        protected override RateLimitLease AttemptAcquireCore(int permitCount) => gate.AttemptAcquire(permitCount);

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => gate.AcquireAsync(permitCount, cancellationToken);
    }
}
