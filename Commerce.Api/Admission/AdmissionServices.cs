using Commerce.Api.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Commerce.Api.Admission;

/// <summary>
/// Lets in as much as can be served well: a quota for each client over all addresses, and before each flash sale a gate with a queue of bounded
/// length, by the framework's rate limiter.
/// </summary>
static class AdmissionServices
{
    /// <summary>Puts both into the container.</summary>
    public static void AddAdmission(this IServiceCollection services, AdmissionOptions options)
    {
        services.AddSingleton(s => new ClientLimits(options, s.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton(s => new RefusalQuota(options, s.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton(s => new SaleGates(options, s.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<SaleGates>((limiter, gates) =>
        {
            limiter.AddPolicy(SaleGate.Policy, context => SaleGate.Of(context, gates));

            // A gate does not know when somebody leaves.
            limiter.OnRejected = async (rejected, ct) => await (await gates.Refuse(ct)).ExecuteAsync(rejected.HttpContext);
        });
    }

    /// <summary>
    /// Limits all addresses but those that ask not to be limited, and tells clients what they have left. After authentication, so that whoever said truly
    /// who it is has a quota of its own, and before anything that costs more than that.
    /// </summary>
    public static void UseAdmission(this WebApplication app)
    {
        var limits = app.Services.GetRequiredService<ClientLimits>();
        app.Use((HttpContext context, RequestDelegate next) =>
        {
            var address = context.GetEndpoint()?.Metadata;
            return address?.GetMetadata<DisableRateLimitingAttribute>() is not null
                || limits.TryTake(context, address?.GetMetadata<SaleGate>() is not null, out var wait) ? next(context)
                : (Problems.RateLimited with { RetryAfter = wait }).ExecuteAsync(context);
        });
        app.UseRateLimiter();
    }
}
