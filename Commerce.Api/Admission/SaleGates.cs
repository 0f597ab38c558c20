using System.Threading.RateLimiting;
using Commerce.Api.Http;

namespace Commerce.Api.Admission;

/// <summary>The gates of all sales: some claims are under way, some may wait in the order in which they came, the rest is refused. Every door leads through the same.</summary>
sealed class SaleGates : IDisposable
{
    /// <summary>Gates at most: sales share them by hash, so that no request can make more of them. Hot sales are few.</summary>
    public const int GatesMax = 4_096;

    readonly ConcurrencyLimiter?[] _gates = new ConcurrencyLimiter?[GatesMax];
    readonly AdmissionOptions _options;
    readonly HeldRefusals _refusals;
    readonly Problem _busy;
    readonly SaleGateTelemetry _telemetry;

    /// <summary>All of them open.</summary>
    /// <param name="options">How wide they are.</param>
    /// <param name="time">The clock.</param>
    public SaleGates(AdmissionOptions options, TimeProvider time)
    {
        (_options, _refusals, _busy) = (options, new(options, time), Problems.SaleBusy with { RetryAfter = options.SaleRetryAfter });
        _telemetry = new(this);
    }

    /// <summary>Claims that wait to be let in.</summary>
    public long Waiting => Sum(figures => figures.CurrentQueuedCount);

    /// <summary>Claims that found no room.</summary>
    public long Refused => Sum(figures => figures.TotalFailedLeases);

    /// <summary>Those of them that are not told yet.</summary>
    public int Held => _refusals.Count;

    /// <summary>Goes through the gate of a sale, or waits before it; to be left again.</summary>
    public ValueTask<RateLimitLease> Enter(Guid sale, CancellationToken cancellationToken) => At(sale.GetHashCode() & (GatesMax - 1)).AcquireAsync(1, cancellationToken);

    /// <summary>What a claim is told that found no room; for a moment it is held.</summary>
    public async Task<Problem> Refuse()
    {
        await _refusals.Hold().ConfigureAwait(false);
        return _busy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _telemetry.Dispose();
        _refusals.Dispose();
        foreach (var gate in _gates)
        {
            gate?.Dispose();
        }
    }

    ConcurrencyLimiter At(int number) => Volatile.Read(ref _gates[number]) ?? Open(number);

    ConcurrencyLimiter Open(int number)
    {
        var gate = new ConcurrencyLimiter(new() { PermitLimit = _options.SaleClaims, QueueLimit = _options.SaleQueue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
        if (Interlocked.CompareExchange(ref _gates[number], gate, null) is not { } other)
        {
            return gate;
        }

        gate.Dispose();
        return other;
    }

    long Sum(Func<RateLimiterStatistics, long> figure) => _gates.Sum(gate => gate?.GetStatistics() is { } figures ? figure(figures) : 0);
}
