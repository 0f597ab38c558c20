using System.Threading.RateLimiting;
using Commerce.Api.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Commerce.Api.Admission;

/// <summary>
/// Lets in as much as can be served well, with the framework's rate limiter: a token bucket for each client over all addresses, and before
/// each flash sale a gate with a queue of bounded length.
/// </summary>
static class AdmissionServices
{
    /// <summary>Puts the limiter into the container.</summary>
    public static void AddAdmission(this IServiceCollection services, AdmissionOptions options)
    {
        services.AddSingleton(_ => new ClientQuota(options));
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<ClientQuota>((limiter, quota) =>
        {
            limiter.GlobalLimiter = quota.Buckets;
            limiter.AddPolicy(SaleGate.Policy, context => SaleGate.Of(context, options));
            limiter.OnRejected = (rejected, _) => Refuse(rejected, quota, options);
        });
    }

    /// <summary>Limits all addresses but those that ask not to be limited, and tells clients what they have left.</summary>
    public static void UseAdmission(this WebApplication app)
    {
        var quota = app.Services.GetRequiredService<ClientQuota>();
        app.UseRateLimiter();
        app.Use((HttpContext context, RequestDelegate next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is null)
            {
                quota.Tell(context);
            }

            return next(context);
        });
    }

    // A bucket knows when it has a token again; a gate does not know when somebody leaves.
    static ValueTask Refuse(OnRejectedContext rejected, ClientQuota quota, AdmissionOptions options)
    {
        quota.Tell(rejected.HttpContext);
        var problem = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait)
            ? Problems.RateLimited with { RetryAfter = wait }
            : Problems.SaleBusy with { RetryAfter = options.SaleRetryAfter };
        return new(problem.ExecuteAsync(rejected.HttpContext));
    }
}
