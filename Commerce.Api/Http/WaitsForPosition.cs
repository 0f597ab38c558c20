using Commerce.Domain.Log;
using Commerce.Projections.Daemon;

namespace Commerce.Api.Http;

/// <summary>Marks a query that waits for the place in the log that Commerce-Min-Position names.</summary>
/// <param name="Projections">What it reads from; none: the request says so, and the endpoint waits by itself.</param>
sealed record WaitsForPosition(IReadOnlyList<string> Projections)
{
    /// <summary>Longest wait: a projection that is further behind than this will not catch up while a person looks on.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(5);
}

/// <summary>Makes queries wait, and tell how far behind what they read is.</summary>
static class WaitingQueries
{
    /// <summary>Answers only when these projections have seen the position that the client names, or says that it took too long.</summary>
    public static RouteHandlerBuilder WaitsFor(this RouteHandlerBuilder route, params string[] projections) => route.WithMetadata(new WaitsForPosition(projections));

    /// <summary>Has those wait that are marked so, before anything else of them is looked at. A filter of each endpoint would cost every reader what the framework makes for filters.</summary>
    public static void UseWaitingQueries(this WebApplication app) => app.Use(next => http =>
        http.GetEndpoint()?.Metadata.GetMetadata<WaitsForPosition>() is { Projections: { Count: > 0 } projections } ? Answer(http, app.Services, projections, next) : next(http));

    /// <summary>The same where the request says which projections it reads.</summary>
    public static IResult After(IReadOnlyList<string> projections, IResult answer) => new Waiting(projections, answer);

    /// <summary>Waits for the position that the request names, if it names one; what is wrong where it was not reached.</summary>
    public static Task<Problem?> Refusal(HttpContext http, IReadOnlyList<string> projections) => Refusal(http, http.RequestServices, projections);

    // The services of the application, where there are many requests: those of a request cost it a scope.
    static async Task<Problem?> Refusal(HttpContext http, IServiceProvider services, IReadOnlyList<string> projections)
    {
        var header = http.Request.Headers[CommerceHeaders.MinPosition];
        if (header.Count == 0)
        {
            await TellLag(http, services, projections).ConfigureAwait(false);
            return null;
        }

        if (header.Count > 1 || !LogPosition.TryParse(header[0], null, out var position))
        {
            return Problems.MinPositionInvalid;
        }

        var waiter = services.GetRequiredService<ProjectionWaiter>();
        var isReached = await waiter.WaitFor(position, projections, WaitsForPosition.WaitMax, http.RequestAborted).ConfigureAwait(false) is WaitResult.Reached;
        await TellLag(http, services, projections).ConfigureAwait(false);
        return isReached ? null : Problems.Lagging;
    }

    static async Task Answer(HttpContext http, IServiceProvider services, IReadOnlyList<string> projections, RequestDelegate next) =>
        await (await Refusal(http, services, projections).ConfigureAwait(false) is { } refusal ? refusal.ExecuteAsync(http) : next(http)).ConfigureAwait(false);

    // Before it is read: what is read then is that new at least.
    static async ValueTask TellLag(HttpContext http, IServiceProvider services, IReadOnlyList<string> projections)
    {
        if (await services.GetRequiredService<ProjectionLags>().Now().ConfigureAwait(false) is not { } all)
        {
            return;
        }

        var (furthest, longest) = ((ProjectionLag?)null, (ProjectionLag?)null);
        foreach (var name in projections)
        {
            if (!all.TryGetValue(name, out var lag))
            {
                return;
            }

            furthest = furthest is null || lag.Position < furthest.Position ? lag : furthest;
            longest = longest is null || lag.Lag > longest.Lag ? lag : longest;
        }

        http.Response.Headers[CommerceHeaders.AsOfPosition] = furthest?.PositionText;
        http.Response.Headers[CommerceHeaders.Lag] = longest?.SecondsText;
    }

    sealed class Waiting(IReadOnlyList<string> projections, IResult answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext) =>
            await (await Refusal(httpContext, projections).ConfigureAwait(false) ?? answer).ExecuteAsync(httpContext).ConfigureAwait(false);
    }
}
