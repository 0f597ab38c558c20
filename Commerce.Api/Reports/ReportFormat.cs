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
}
