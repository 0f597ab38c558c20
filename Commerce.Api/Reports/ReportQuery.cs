using System.Collections.Immutable;
using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Projections.Analytics;
using Commerce.Projections.Queries;
using Microsoft.AspNetCore.Mvc;

namespace Commerce.Api.Reports;

/// <summary>What the addresses of reports take.</summary>
/// <param name="From">First UTC day.</param>
/// <param name="To">Last UTC day, included.</param>
/// <param name="Limit">Rows at most.</param>
/// <param name="Format"><c>json</c>, <c>csv</c> or <c>ndjson</c>.</param>
readonly record struct ReportQuery(
    [FromQuery(Name = "from")] string? From, [FromQuery(Name = "to")] string? To, [FromQuery(Name = "limit")] string? Limit, [FromQuery(Name = "format")] string? Format)
{
    /// <summary>Rows of one answer over HTTP: some 100 MB. Who wants more bounds the days, or exports on the command line.</summary>
    public const int RowsMax = 1_000_000;

    /// <summary>The bounds.</summary>
    /// <exception cref="RefusedRequestException">One of them is none.</exception>
    public AnalyticsBounds Bounds => new()
    {
        From = Query.Day("from", From),
        To = Query.Day("to", To),
        RowsMax = (int)Query.Whole("limit", Limit, RowsMax, 1, RowsMax),
    };

    /// <summary>The bounds for a table or view.</summary>
    /// <exception cref="RefusedRequestException">One of them is none, or days are bounded where there are none.</exception>
    public AnalyticsBounds BoundsFor(AnalyticsRelation relation) => relation.Day is null && (From ?? To) is not null
        ? throw Query.Refused(From is null ? "to" : "from", $"{relation.Name} has no days that could be bounded.")
        : Bounds;

    /// <summary>What sales are grouped by.</summary>
    /// <exception cref="RefusedRequestException">There is no such dimension.</exception>
    public static ImmutableArray<SalesDimension> Dimensions(string? by)
    {
        var words = (by ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. words.Select(word => Words.Value<SalesDimension>("by", word) ?? default).Distinct()];
    }

    /// <summary>What to answer in; null: nothing that the client takes.</summary>
    /// <exception cref="RefusedRequestException">There is no such format.</exception>
    public ReportFormat? FormatFor(HttpRequest request) => ReportFormats.Choose(request, Format, ReportFormats.All);
}
