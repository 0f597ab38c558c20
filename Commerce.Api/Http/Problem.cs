using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Commerce.Api.Grpc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Http;

/// <summary>A refusal as RFC 9457 has it, with a stable <c>code</c> that programs may depend on.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable, kebab case.</param>
/// <param name="Detail">One sentence for a person.</param>
sealed record Problem(int Status, string Code, string Detail) : IResult
{
    static readonly Dictionary<string, object> None = [];

    /// <summary>Media type of RFC 9457.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>When a repeat may help; null: a repeat of the same changes nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Extension members, by name; whole numbers and texts.</summary>
    public IReadOnlyDictionary<string, object> Members { get; init; } = None;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        if (GrpcProblems.IsGrpc(httpContext.Request))
        {
            return this.WriteGrpc(response);
        }

        response.StatusCode = Status;
        if (RetryAfter is { } wait)
        {
            response.Headers[HeaderNames.RetryAfter] = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return response.WriteJson(MediaType, this, Write, httpContext.RequestAborted);
    }

    // By hand: under overload most answers are refusals, and the framework's writing of extension members costs several times as much.
    static void Write(Utf8JsonWriter writer, Problem problem)
    {
        // The type is left out, which means about:blank; the title is then the status's own phrase (RFC 9457, 4.2.1).
        writer.WriteStartObject();
        writer.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(problem.Status));
        writer.WriteNumber("status"u8, problem.Status);
        writer.WriteString("detail"u8, problem.Detail);
        writer.WriteString("code"u8, problem.Code);
        foreach (var (name, value) in problem.Members)
        {
            writer.WritePropertyName(name);
            JsonSerializer.Serialize(writer, value, value.GetType(), ApiJson.Default);
        }

        if (Activity.Current is { } activity)
        {
            writer.WriteString("traceId"u8, activity.TraceId.ToHexString());
        }

        writer.WriteEndObject();
    }
}
