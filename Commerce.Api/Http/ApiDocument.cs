using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Commerce.Api.Contract;
using Commerce.Api.Security;
using Commerce.Domain;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
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
            document.Info = new()
            {
                Title = "Commerce",
                Version = Name,
                Description = DocumentTexts.Intro,
                Contact = new() { Name = "The maintainers of Commerce" },
                License = new() { Name = "All rights reserved", Identifier = "LicenseRef-All-Rights-Reserved" },
            };
            document.Servers = [new() { Url = "/", Description = "The process that serves this document." }];
            document.Components ??= new();
            AccessDocument.Describe(document);
            DocumentTexts.AddTags(document);
            DocumentedHeaders.AddTexts(document.Components);
            DocumentedRefusals.AddComponents(document);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (Values.TryGetValue(Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type, out var value))
            {
                Become(schema, value());
            }

            // What has no value is left out of an answer, and may be left out of a request.
            schema.Required?.ExceptWith(context.JsonTypeInfo.Properties.Where(MayBeMissing).Select(p => p.Name));

            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            AccessDocument.Describe(operation, context);
            Complete(operation, context.Description);
            return Task.CompletedTask;
        });
    }

    static bool MayBeMissing(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsGetNullable;

    static void Complete(OpenApiOperation operation, ApiDescription description)
    {
        var metadata = description.ActionDescriptor.EndpointMetadata;
        var name = operation.OperationId ?? throw new InvalidOperationException($"{description.RelativePath} has no name.");
        var parameters = operation.Parameters?.Count ?? 0;
        if (metadata.OfType<TakesIdempotencyKey>().FirstOrDefault() is { } key)
        {
            AddHeader(operation, CommerceHeaders.IdempotencyKey, "Names this command (IETF draft-ietf-httpapi-idempotency-key-header): a structured-field string of 1 to 255 characters.", key.IsRequired);
            AddHeader(operation, HeaderNames.IfMatch, "The ETag that the decision rests on; 412 `revision-mismatch` when it has changed since.", isRequired: false);
        }

        if (metadata.OfType<WaitsForPosition>().Any())
        {
            AddHeader(operation, CommerceHeaders.MinPosition, "Wait until the read model has seen this place in the log; 503 `position-not-reached` when it takes too long.", isRequired: false);
        }

        operation.Security ??= [];
        DocumentTexts.AddParameters(operation, name);
        DocumentedHeaders.Add(operation, name, metadata);
        DocumentedRefusals.Add(operation, [.. Refusals.For(name), .. CommonRefusals.For(name, metadata, parameters > 0)]);
        DocumentedExamples.Add(operation, name);
    }

    static void AddHeader(OpenApiOperation operation, string name, string description, bool isRequired) => (operation.Parameters ??= []).Add(new OpenApiParameter
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Required = isRequired,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    });

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
