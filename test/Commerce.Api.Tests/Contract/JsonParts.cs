using System.Text.Json.Nodes;

namespace Commerce.Api.Tests.Contract;

/// <summary>Finds parts of a document by their references.</summary>
static class JsonParts
{
    /// <summary>The part itself, where another one refers to it (<c>#/components/…</c>).</summary>
    public static JsonNode Resolved(JsonNode document, JsonNode? part) =>
        (part is JsonObject { } known && known["$ref"]?.ToString() is { } reference
            ? reference.Split('/').Skip(1).Aggregate((JsonNode?)document, (at, name) => at?[name])
            : part) ?? throw new AssertionException($"{part?.ToJsonString()} leads nowhere.");
}
