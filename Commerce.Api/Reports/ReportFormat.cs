using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Reports;

/// <summary>How a report is written.</summary>
enum ReportFormat
{
    /// <summary>One array of objects.</summary>
    Json,

    /// <summary>RFC 4180, with a header.</summary>
    Csv,

    /// <summary>An object a line.</summary>
    Ndjson,
}

/// <summary>Names of the formats.</summary>
static class ReportFormats
{
    /// <summary>Every one, the one first that is taken where nobody asks for any.</summary>
    public static readonly IReadOnlyList<ReportFormat> All = [ReportFormat.Json, ReportFormat.Csv, ReportFormat.Ndjson];

    /// <summary>Its media type, without parameters.</summary>
    public static string MediaType(ReportFormat format) => format switch
    {
        ReportFormat.Json => "application/json",
        ReportFormat.Csv => "text/csv",
        ReportFormat.Ndjson => "application/x-ndjson",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>What the header Content-Type says.</summary>
    public static string ContentType(ReportFormat format) =>
        format == ReportFormat.Csv ? "text/csv; charset=utf-8; header=present" : $"{MediaType(format)}; charset=utf-8";

    /// <summary>What to answer in: the format asked for, else what Accept likes best, the first of those offered before the others; null: none of them.</summary>
    /// <exception cref="RefusedRequestException">There is no such format.</exception>
    public static ReportFormat? Choose(HttpRequest request, string? format, IReadOnlyList<ReportFormat> offered)
    {
        if (Words.Value("format", format, [.. All.Except(offered)]) is { } asked)
        {
            return asked;
        }

        var accepted = request.GetTypedHeaders().Accept;
        if (accepted.Count == 0)
        {
            return offered[0];
        }

        var (best, quality) = offered.Select(f => (f, Quality(accepted, MediaType(f)))).MaxBy(f => f.Item2);
        return quality > 0 ? best : null;
    }

    static double Quality(IList<MediaTypeHeaderValue> accepted, string type)
    {
        var value = new MediaTypeHeaderValue(type);
        return accepted.Where(value.IsSubsetOf).Select(a => a.Quality ?? 1).DefaultIfEmpty(0).Max();
    }
}
