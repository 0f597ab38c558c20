using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Http;

/// <summary>A refusal as RFC 9457 has it, with a stable <c>code</c> that programs may depend on.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable, kebab case.</param>
/// <param name="Detail">One sentence for a person.</param>
sealed record Problem(int Status, string Code, string Detail) : IResult
{
    /// <summary>Media type of RFC 9457.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>When a repeat may help; null: a repeat of the same changes nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Extension members, by name; whole numbers and texts.</summary>
    public IReadOnlyDictionary<string, object> Members { get; init; } = new Dictionary<string, object>();

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        if (RetryAfter is { } wait)
        {
            response.Headers[HeaderNames.RetryAfter] = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        // The type is left out, which means about:blank; the title is then the status's own phrase (RFC 9457, 4.2.1).
        var details = new ProblemDetails { Status = Status, Title = ReasonPhrases.GetReasonPhrase(Status), Detail = Detail };
        details.Extensions["code"] = Code;
        foreach (var (name, value) in Members)
        {
            details.Extensions[name] = value;
        }

        if (Activity.Current is { } activity)
        {
            details.Extensions["traceId"] = activity.TraceId.ToHexString();
        }

        return response.WriteAsJsonAsync(details, ApiJson.Default.ProblemDetails, MediaType, httpContext.RequestAborted);
    }
}
