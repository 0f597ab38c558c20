using Commerce.Api.Http;
using Commerce.Api.Reports;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;

namespace Commerce.Api.Endpoints;

/// <summary>Figures for analysts: <c>/analytics</c>.</summary>
static class AnalyticsEndpoints
{
    const string Rules =
        "`from` and `to` are UTC days, both included. `format=json`, `csv` (RFC 4180) or `ndjson`, or `Accept`. Rows are sent as they are read, in one snapshot: `Commerce-As-Of-Position` "
        + "is the place in the log that it holds everything up to, `Commerce-As-Of-Time` when it came there. An answer of as many rows as `Commerce-Row-Limit` is cut there. "
        + "Amounts, order numbers and positions are texts; what has no value is left out.";

    /// <summary>Adds them.</summary>
    public static void MapAnalytics(this IEndpointRouteBuilder routes)
    {
        var analytics = routes.MapGroup("/analytics").WithTags("Analytics");
        analytics.MapGet("/sales", (string? by, [AsParameters] ReportQuery query, HttpRequest request, AnalyticsQueries queries) =>
            {
                var (dimensions, bounds) = (ReportQuery.Dimensions(by), query.Bounds);
                return Report(query, request, bounds, ct => queries.ReadSales(dimensions, bounds, ct));
            })
            .Describe(
                "ReadSales",
                "Sales by day, week, month, country, SKU, customer, or several of them",
                "`by` is a list of `day`, `week` (its Monday), `month` (its first day), `country`, `sku`, `customer`; without it everything is one group a currency. "
                + "Orders count from their confirmation on; a return or credit counts when it happened; net = gross - returned - credited. " + Rules)
            .WaitsFor(ProjectionNames.Sales)
            .AnswersReport();

        analytics.MapGet("/{view}", (string view, [AsParameters] ReportQuery query, HttpRequest request, AnalyticsQueries queries) =>
            {
                if (queries.Relations.FirstOrDefault(r => r.Name == view) is not { } relation)
                {
                    return Problems.ViewUnknown(queries.Relations.Select(r => r.Name));
                }

                var bounds = query.BoundsFor(relation);
                return WaitingQueries.After(relation.Projections, Report(query, request, bounds, ct => queries.Read(relation, bounds, ct)));
            })
            .Describe(
                "ReadView",
                "A view of the schema `analytics`, row by row",
                "Views: `orders`, `funnel`, `cohorts`, `sales_lines`, `sales_by_day` and so on, `stock`, `products`, `payments`, `flash_sales`, …; one that is not known is refused with the names "
                + "of all. The columns are those of the view, whose comments say what they mean (`\\dv+ analytics.*` in psql). " + Rules)
            .WithMetadata(new WaitsForPosition([]))
            .AnswersReport(404);
    }

    static IResult Report(ReportQuery query, HttpRequest request, AnalyticsBounds bounds, Func<CancellationToken, Task<AnalyticsAnswer?>> open) =>
        query.FormatFor(request) is { } format ? new ReportResult(open, format, bounds.RowsMax ?? ReportQuery.RowsMax) : Problems.NotAcceptable;

    static void AnswersReport(this RouteHandlerBuilder route, params ReadOnlySpan<int> refusals)
    {
        // What it is depends on what is asked for.
        route.Produces(200, contentType: ReportFormats.MediaType(ReportFormat.Json), additionalContentTypes: [.. ReportFormats.All.Skip(1).Select(ReportFormats.MediaType)]);
        foreach (var refusal in (ReadOnlySpan<int>)[.. refusals, 406])
        {
            route.ProducesProblem(refusal);
        }

        route.WithRequestTimeout(HttpLimits.ReportTimeout);
    }
}
