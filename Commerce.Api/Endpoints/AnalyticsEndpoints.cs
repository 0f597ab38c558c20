using System.Collections.Immutable;
using Commerce.Api.Http;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;

namespace Commerce.Api.Endpoints;

/// <summary>Figures for analysts: <c>/analytics</c>.</summary>
static class AnalyticsEndpoints
{
    const string Csv = "text/csv";
    const string Json = "application/json";

    /// <summary>Adds them.</summary>
    public static void MapAnalytics(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/analytics").WithTags("Analytics")
            .MapGet("/sales", (string? by, string? from, string? to, string? format, HttpRequest request, SalesQueries queries) =>
            {
                var query = new SalesQuery { By = Dimensions(by), From = Query.Day("from", from), To = Query.Day("to", to) };
                return MediaType(format, request) is { } type
                    ? new SalesReport(query.By, queries.Read(query, request.HttpContext.RequestAborted), isCsv: type == Csv)
                    : (IResult)Problems.NotAcceptable;
            })
            .Describe(
                "ReadSales",
                "Sales by day, country, SKU, or several of them",
                "`by` is a list of `day`, `country`, `sku`; without it everything is one group a currency. `from` and `to` are UTC days, both included. "
                + "CSV (RFC 4180) by `format=csv` or `Accept: text/csv`. Orders count from their confirmation on; net = gross - returned - credited.")
            .WaitsFor(ProjectionNames.Sales)
            .Answers<ImmutableArray<SalesRow>>(200, 406)
            .Produces(200, contentType: Csv)
            .WithRequestTimeout(HttpLimits.ReportTimeout);

    static ImmutableArray<SalesDimension> Dimensions(string? by)
    {
        var words = (by ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. words.Select(word => Words.Value<SalesDimension>("by", word) ?? default).Distinct()];
    }

    /// <summary>What to answer in: the format asked for, else what Accept likes best, JSON before CSV; null: neither.</summary>
    static string? MediaType(string? format, HttpRequest request)
    {
        if (!string.IsNullOrEmpty(format))
        {
            return format switch
            {
                "csv" => Csv,
                "json" => Json,
                _ => throw Query.Refused("format", "format is json or csv."),
            };
        }

        var accepted = request.GetTypedHeaders().Accept;
        return accepted.Count == 0 ? Json : new[] { Json, Csv }
            .Select(type => (Type: type, Quality: accepted.Where(a => new Microsoft.Net.Http.Headers.MediaTypeHeaderValue(type).IsSubsetOf(a)).Select(a => a.Quality ?? 1).DefaultIfEmpty(0).Max()))
            .Where(t => t.Quality > 0)
            .OrderByDescending(t => t.Quality)
            .Select(t => t.Type)
            .FirstOrDefault();
    }
}
