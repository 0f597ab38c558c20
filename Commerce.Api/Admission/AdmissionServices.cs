using Commerce.Api.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Commerce.Api.Admission;

/// <summary>
/// Lets in as much as can be served well: a quota for each client over all addresses, and before each flash sale a gate with a queue of bounded
/// length, the framework's limiter of what is under way at once.
/// </summary>
static class AdmissionServices
{
    /// <summary>Puts both into the container.</summary>
    public static void AddAdmission(this IServiceCollection services, AdmissionOptions options)
    {
        services.AddSingleton(s => new ClientLimits(options, s.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton(s => new RefusalQuota(options, s.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton(s => new SaleGates(options, s.GetService<TimeProvider>() ?? TimeProvider.System));
    }

    /// <summary>
    /// Limits all addresses but those that ask not to be limited, and tells clients what they have left. After authentication, so that whoever said truly
    /// who it is has a quota of its own, and before anything that costs more than that.
    /// </summary>
    public static void UseAdmission(this WebApplication app)
    {
        var limits = app.Services.GetRequiredService<ClientLimits>();
        var gates = app.Services.GetRequiredService<SaleGates>();
        app.Use((HttpContext context, RequestDelegate next) =>
        {
            var address = context.GetEndpoint()?.Metadata;
            if (address?.GetMetadata<DisableRateLimitingAttribute>() is not null)
            {
                return next(context);
            }

            var isGated = address?.GetMetadata<SaleGate>() is not null;
            return !limits.TryTake(context, isGated, out var wait) ? (Problems.RateLimited with { RetryAfter = wait }).ExecuteAsync(context)
                : isGated ? Through(gates, context, next)
                : next(context);
        });
    }

    static async Task Through(SaleGates gates, HttpContext context, RequestDelegate next)
    {
        using var place = await gates.Enter(SaleGate.SaleOf(context), context.RequestAborted).ConfigureAwait(false);
        await (place.IsAcquired ? next(context) : (await gates.Refuse().ConfigureAwait(false)).ExecuteAsync(context)).ConfigureAwait(false);
    }
}
