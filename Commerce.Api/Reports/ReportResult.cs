using System.Globalization;
using Commerce.Api.Http;
using Commerce.Projections.Queries;

namespace Commerce.Api.Reports;

/// <summary>A report as an answer over HTTP: dated by its headers, and broken off, not cut, where the database goes away in the middle.</summary>
/// <param name="open">Begins to read it; gives null where too many are under way.</param>
/// <param name="format">How it is written.</param>
/// <param name="rowsMax">Rows at which it is cut.</param>
sealed class ReportResult(Func<CancellationToken, Task<AnalyticsAnswer?>> open, ReportFormat format, int rowsMax) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        // Opened before anything is sent: a database that is away can still be answered by its problem.
        await using var answer = await open(httpContext.RequestAborted).ConfigureAwait(false);
        if (answer is null)
        {
            await Problems.TooManyReports.ExecuteAsync(httpContext).ConfigureAwait(false);
            return;
        }

        var response = httpContext.Response;
        response.ContentType = ReportFormats.ContentType(format);
        response.Headers[CommerceHeaders.AsOfPosition] = answer.Position.ToString();
        response.Headers[CommerceHeaders.AsOfTime] = answer.Time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        response.Headers[CommerceHeaders.RowLimit] = rowsMax.ToString(CultureInfo.InvariantCulture);
        await ReportWriter.Write(answer, format, response.BodyWriter, httpContext.RequestAborted).ConfigureAwait(false);
    }
}
