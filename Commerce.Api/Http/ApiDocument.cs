using System.Text.Json.Nodes;
using Commerce.Api.Security;
using Commerce.Domain;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Commerce.Api.Http;

/// <summary>The OpenAPI document: what the framework finds by itself, and what only we know.</summary>
static class ApiDocument
{
    /// <summary>Name of the document, and of its path.</summary>
    public const string Name = "v1";

    /// <summary>Where it is.</summary>
    public const string Path = $"/openapi/{Name}.json";

    /// <summary>Where people read it.</summary>
    public const string Page = "docs";

    const string Intro =
        "Commands answer with `Commerce-Position`, their place in the log; a query that names it in `Commerce-Min-Position` waits until its read model has seen it. "
        + "Refusals are problem details (RFC 9457) with a stable `code`. Amounts are decimal texts with a currency (ISO 4217), 64-bit numbers are texts, times are RFC 3339 in UTC.";

    static readonly Dictionary<Type, Func<OpenApiSchema>> Values = new()
    {
        [typeof(Sku)] = () => Text("Stock keeping unit.", "^[A-Za-z0-9._-]+$", Sku.LengthMax),
        [typeof(CustomerId)] = () => Text("A customer as the client names them.", "^[A-Za-z0-9._-]+$", CustomerId.LengthMax),
        [typeof(LocationId)] = () => Text("Where stock lies.", "^[A-Za-z0-9._-]+$", LocationId.LengthMax),
        [typeof(Currency)] = () => Text("Currency of ISO 4217.", "^[A-Z]{3}$", 3),
        [typeof(OrderId)] = () => new() { Type = JsonSchemaType.String, Format = "uuid" },
        [typeof(PaymentId)] = () => new() { Type = JsonSchemaType.String, Format = "uuid" },
        [typeof(Money)] = Amount,
        [typeof(ProblemDetails)] = Details,
    };

    /// <summary>Configures it.</summary>
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Commerce", Version = Name, Description = Intro };
            document.Servers = [];
            AccessDocument.Describe(document);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (Values.TryGetValue(Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type, out var value))
            {
                Become(schema, value());
            }

            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            Complete(operation, context.Description.ActionDescriptor.EndpointMetadata);
            AccessDocument.Describe(operation, context);
            return Task.CompletedTask;
        });
    }

    static void Complete(OpenApiOperation operation, IList<object> metadata)
    {
        operation.Responses ??= [];
        if (metadata.OfType<TakesIdempotencyKey>().FirstOrDefault() is { } key)
        {
            AddHeader(operation, CommerceHeaders.IdempotencyKey, "Names this command (IETF draft-ietf-httpapi-idempotency-key-header): a structured-field string of 1 to 255 characters.", key.IsRequired);
            foreach (var (_, response) in operation.Responses.Where(r => r.Key[0] == '2'))
            {
                (response as OpenApiResponse)?.Headers = AnswerHeaders(response.Headers);
            }
        }

        if (operation.Responses.ContainsKey("412"))
        {
            AddHeader(operation, HeaderNames.IfMatch, "The ETag that the decision rests on; 412 `revision-mismatch` when it has changed since.", isRequired: false);
        }

        if (metadata.OfType<WaitsForPosition>().Any())
        {
            AddHeader(operation, CommerceHeaders.MinPosition, "Wait until the read model has seen this place in the log; 503 `position-not-reached` when it takes too long.", isRequired: false);
            foreach (var (_, response) in operation.Responses.Where(r => r.Key[0] == '2'))
            {
                (response as OpenApiResponse)?.Headers = LagHeaders(response.Headers);
            }
        }

        if (!metadata.OfType<DisableRateLimitingAttribute>().Any())
        {
            operation.Responses.TryAdd("429", Refusal("This client sends more than it may: `Retry-After` says when to come back, `RateLimit-Policy` and `RateLimit` (IETF draft-ietf-httpapi-ratelimit-headers) how much it may send."));
        }

        operation.Responses.TryAdd("400", Refusal("The request cannot be understood: `code` says why."));
        operation.Responses.TryAdd("503", Refusal("Too much is waiting, or something behind does not answer: `Retry-After` says when to come back."));
    }

    static Dictionary<string, IOpenApiHeader> AnswerHeaders(IDictionary<string, IOpenApiHeader>? headers) => new(headers ?? new Dictionary<string, IOpenApiHeader>())
    {
        [HeaderNames.ETag] = Header("Revision after the command."),
        [CommerceHeaders.Position] = Header("Place of the command in the log."),
        [CommerceHeaders.IdempotencyReplayed] = Header("`true`: the answer of an earlier request with the same key."),
    };

    static Dictionary<string, IOpenApiHeader> LagHeaders(IDictionary<string, IOpenApiHeader>? headers) => new(headers ?? new Dictionary<string, IOpenApiHeader>())
    {
        [CommerceHeaders.AsOfPosition] = Header("Every event of the log up to here is in what was read."),
        [CommerceHeaders.Lag] = Header("Whole seconds since the log took the first event that is missing in what was read; 0: none is. Left out while nobody can tell."),
    };

    static OpenApiHeader Header(string description) => new() { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    static void AddHeader(OpenApiOperation operation, string name, string description, bool isRequired) => (operation.Parameters ??= []).Add(new OpenApiParameter
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Required = isRequired,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    });

    /// <summary>A refusal, as every problem looks.</summary>
    public static OpenApiResponse Refusal(string description) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { [Problem.MediaType] = new() { Schema = new OpenApiSchemaReference("ProblemDetails") } },
    };

    static OpenApiSchema Text(string description, string pattern, int lengthMax) =>
        new() { Type = JsonSchemaType.String, Description = description, Pattern = pattern, MinLength = 1, MaxLength = lengthMax };

    static OpenApiSchema Amount() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "An exact amount in one currency.",
        Required = new HashSet<string> { "amount", "currency" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["amount"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = @"^-?[0-9]+(\.[0-9]+)?$", Examples = [JsonValue.Create("12.50")] },
            ["currency"] = Text("Currency of ISO 4217.", "^[A-Z]{3}$", 3),
        },
    };

    static OpenApiSchema Details() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "Why a request is refused (RFC 9457). Further members give figures, e.g. `available`.",
        Required = new HashSet<string> { "status", "title", "detail", "code" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "HTTP status." },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The status in words." },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "One sentence for a person." },
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable: programs may depend on it." },
            ["traceId"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Finds the request in traces and logs." },
        },
    };

    static void Become(OpenApiSchema schema, OpenApiSchema value)
    {
        (schema.Type, schema.Format, schema.Pattern, schema.Description) = (value.Type, value.Format, value.Pattern, value.Description);
        (schema.MinLength, schema.MaxLength, schema.Required, schema.Properties) = (value.MinLength, value.MaxLength, value.Required, value.Properties);
        schema.AdditionalPropertiesAllowed |= value.Type == JsonSchemaType.Object;
    }
}
