using System.Threading.RateLimiting;

namespace Commerce.Api.Admission;

/// <summary>The buckets of all clients, and what each is told of its own.</summary>
sealed class ClientQuota(AdmissionOptions options) : IDisposable
{
    readonly RateLimitHeaders _headers = new(options);

    /// <summary>The buckets, by whoever sends.</summary>
    public PartitionedRateLimiter<HttpContext> Buckets { get; } =
        PartitionedRateLimiter.Create<HttpContext, int>(context => RateLimitPartition.GetTokenBucketLimiter(Clients.BucketOf(context), _ => Bucket(options)));

    /// <summary>Sets what a client is told on its answer.</summary>
    public void Tell(HttpContext context) => _headers.Set(
        context.Response.Headers, Buckets.GetStatistics(context)?.CurrentAvailablePermits ?? 0, context.GetEndpoint()?.Metadata.GetMetadata<SaleGate>() is not null);

    /// <inheritdoc/>
    public void Dispose() => Buckets.Dispose();

    // One token after the other, so that any rate can be had; those that came since are added together, ten times a second.
    static TokenBucketRateLimiterOptions Bucket(AdmissionOptions options) => new()
    {
        TokenLimit = options.ClientBurst,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromTicks(TimeSpan.TicksPerSecond / options.ClientPerSecond),
        QueueLimit = 0,
    };
}
