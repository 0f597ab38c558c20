using System.Collections.Immutable;
using Commerce.Api.Composition;
using Commerce.Api.Http;

namespace Commerce.Api.Endpoints;

/// <summary>How this process and what it leans on are.</summary>
/// <param name="Status"><c>ready</c> or <c>notReady</c>.</param>
/// <param name="Checks">Each by name.</param>
/// <param name="Leads">What this process does alone among those of its roles: <c>relay</c>, <c>deadlines</c>, each <c>projection:…</c>.</param>
sealed record HealthReport(string Status, ImmutableArray<HealthCheck> Checks, ImmutableArray<string> Leads);

/// <summary>One thing that it leans on.</summary>
/// <param name="Name">What.</param>
/// <param name="Status"><c>up</c>, <c>degraded</c> (work goes on or waits) or <c>down</c> (requests fail).</param>
/// <param name="Detail">What an operator should know.</param>
/// <param name="Engine">Which engine keeps the log.</param>
/// <param name="Position">Place in the log.</param>
/// <param name="LagEvents">Events that a read model lacks.</param>
/// <param name="LagMs">Age of the first of them, milliseconds.</param>
/// <param name="Orders">Orders that it counts.</param>
/// <param name="Since">Since when the one of them that waits longest does; missing where there is none.</param>
sealed record HealthCheck(
    string Name, string Status, string? Detail = null, string? Engine = null, string? Position = null, int? LagEvents = null, long? LagMs = null, long? Orders = null, DateTimeOffset? Since = null)
{
    public const string Up = "up";
    public const string Degraded = "degraded";
    public const string Down = "down";
}

/// <summary>Health: <c>/health</c>, in every role.</summary>
static class HealthEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health").DisableRateLimiting();

        health.MapGet("/live", () => TypedResults.Json(new HealthReport("live", [], []), ApiJson.Default.HealthReport))
            .Describe("GetLive", "The process runs")
            .Answers<HealthReport>(200);

        health.MapGet("/ready", async (Readiness readiness, CancellationToken ct) =>
            {
                var report = await readiness.Check(ct);
                return TypedResults.Json(report, ApiJson.Default.HealthReport, statusCode: report.Status == Readiness.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
            })
            .Describe("GetReady", "The process can do its work: log, read database, read models' lag, orders that are compensating, dead letters, order numbers, bus, payment provider, and what this process leads")
            .Answers<HealthReport>(200)
            .Produces<HealthReport>(503);
    }
}
