using Commerce.Api.Admission;
using Commerce.Api.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Commerce.Api.Contract;

/// <summary>Writes into the OpenAPI document which headers answers have.</summary>
static class DocumentedHeaders
{
    /// <summary>Its answers have a tag, and 304 where the client has them already.</summary>
    static readonly string[] Tagged = ["GetCustomer", "GetProduct", "GetStock", "GetOrder", "GetPayment", "GetWebhook"];

    /// <summary>What they answer belongs to a stream of which others change other parts: a tag would say nothing.</summary>
    static readonly string[] Untagged = ["ClaimUnits"];

    static readonly string[] Reports = ["ReadSales", "ReadView"];

    static readonly Dictionary<string, string> Texts = new()
    {
        [HeaderNames.ETag] = "Revision, for `If-Match` and `If-None-Match`.",
        [HeaderNames.Location] = "Where to read what was created, or where a link leads.",
        [HeaderNames.RetryAfter] = "Seconds after which the same request may be sent again.",
        [HeaderNames.CacheControl] = "`no-store`: nothing personal may lie in a cache.",
        [CommerceHeaders.Position] = "Place of the command in the log, for `Commerce-Min-Position`.",
        [CommerceHeaders.IdempotencyReplayed] = "`true`: the answer of an earlier request with the same key. Missing on the first.",
        [CommerceHeaders.AsOfPosition] = "Every event of the log up to here is in the answer.",
        [CommerceHeaders.AsOfTime] = "When the read model came to where it is; of several the earliest.",
        [CommerceHeaders.Lag] = "Whole seconds since the log took the first event that is missing in the answer; 0: none is. Missing while nobody can tell.",
        [CommerceHeaders.RowLimit] = "Rows at which the answer is cut.",
        [RateLimitHeaders.Policy] = "How much this client may send (IETF draft-ietf-httpapi-ratelimit-headers).",
        [RateLimitHeaders.Limit] = "How much of that is left, and in how many seconds it is whole again.",
    };

    /// <summary>Describes the headers of the answers of an operation that goes well.</summary>
    /// <param name="operation">Its part of the document.</param>
    /// <param name="name">Its name.</param>
    /// <param name="metadata">Of the endpoint.</param>
    public static void Add(OpenApiOperation operation, string name, IList<object> metadata)
    {
        var responses = operation.Responses ??= [];
        if (Tagged.Contains(name))
        {
            responses["304"] = new OpenApiResponse { Description = "The client has it already: `If-None-Match` names its tag.", Headers = Of(HeaderNames.ETag) };
        }

        foreach (var (status, response) in responses.Where(r => r.Key[0] == '2' || r.Key == "302"))
        {
            if (response is OpenApiResponse known)
            {
                known.Headers = Of([.. Names(name, status, metadata)]);
            }
        }
    }

    /// <summary>Those of a refusal.</summary>
    /// <param name="problems">What it may be.</param>
    public static Dictionary<string, IOpenApiHeader>? OfRefusal(IReadOnlyList<Problem> problems) => problems[0].Status switch
    {
        StatusCodes.Status429TooManyRequests => Of(HeaderNames.RetryAfter, RateLimitHeaders.Policy, RateLimitHeaders.Limit),
        _ when problems.Any(p => p.RetryAfter is not null) => Of(HeaderNames.RetryAfter),
        _ => null,
    };

    /// <summary>The headers that the operations refer to.</summary>
    public static void AddTexts(OpenApiComponents components)
    {
        components.Headers ??= new Dictionary<string, IOpenApiHeader>();
        foreach (var (name, text) in Texts.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            components.Headers[name] = new OpenApiHeader { Description = text, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }
    }

    static IEnumerable<string> Names(string name, string status, IList<object> metadata)
    {
        if (metadata.OfType<TakesIdempotencyKey>().Any())
        {
            string[] always = [CommerceHeaders.Position, CommerceHeaders.IdempotencyReplayed];
            foreach (var header in Untagged.Contains(name) ? always : [HeaderNames.ETag, .. always])
            {
                yield return header;
            }
        }

        if (status is "201" or "302")
        {
            yield return HeaderNames.Location;
        }

        if (Tagged.Contains(name))
        {
            yield return HeaderNames.ETag;
        }

        if (name == "GetCustomer")
        {
            yield return HeaderNames.CacheControl;
        }

        if (metadata.OfType<WaitsForPosition>().Any())
        {
            yield return CommerceHeaders.AsOfPosition;
            yield return CommerceHeaders.Lag;
        }

        if (Reports.Contains(name))
        {
            yield return CommerceHeaders.AsOfTime;
            yield return CommerceHeaders.RowLimit;
        }

        if (!metadata.OfType<DisableRateLimitingAttribute>().Any())
        {
            yield return RateLimitHeaders.Policy;
            yield return RateLimitHeaders.Limit;
        }
    }

    static Dictionary<string, IOpenApiHeader> Of(params string[] names) => names.ToDictionary(n => n, IOpenApiHeader (n) => new OpenApiHeaderReference(n));
}
