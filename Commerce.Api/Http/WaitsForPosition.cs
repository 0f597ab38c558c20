using Commerce.Domain.Log;
using Commerce.Projections.Daemon;

namespace Commerce.Api.Http;

/// <summary>Marks a query that waits for the place in the log that Commerce-Min-Position names.</summary>
/// <param name="Projections">What it reads from.</param>
sealed record WaitsForPosition(IReadOnlyList<string> Projections)
{
    /// <summary>Longest wait: a projection that is further behind than this will not catch up while a person looks on.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(5);
}

/// <summary>Makes queries wait.</summary>
static class WaitingQueries
{
    /// <summary>Answers only when these projections have seen the position that the client names, or says that it took too long.</summary>
    public static RouteHandlerBuilder WaitsFor(this RouteHandlerBuilder route, params string[] projections) => route
        .WithMetadata(new WaitsForPosition(projections))
        .AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            var header = http.Request.Headers[CommerceHeaders.MinPosition];
            if (header.Count == 0)
            {
                return await next(context).ConfigureAwait(false);
            }

            if (header.Count > 1 || !LogPosition.TryParse(header[0], null, out var position))
            {
                return Problems.MinPositionInvalid;
            }

            var waiter = http.RequestServices.GetRequiredService<ProjectionWaiter>();
            return await waiter.WaitFor(position, projections, WaitsForPosition.WaitMax, http.RequestAborted).ConfigureAwait(false) is WaitResult.Reached
                ? await next(context).ConfigureAwait(false)
                : Problems.Lagging;
        });
}
