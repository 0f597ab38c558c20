using System.Text.Json;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>The operations of the OpenAPI document, with what each takes.</summary>
sealed class Contract
{
    const string Json = "application/json";

    readonly JsonElement _schemas;

    /// <summary>Reads it.</summary>
    public Contract(JsonElement document)
    {
        _schemas = document.GetProperty("components").GetProperty("schemas");
        Operations = [.. document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => OperationOf(path.Name, operation)))];
    }

    /// <summary>All of them, in the document's order.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>The schema itself, where one refers to another or may be null.</summary>
    public JsonElement Resolve(JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Resolve(_schemas.GetProperty(reference.GetString()?.Split('/')[^1] ?? string.Empty));
        }

        return schema.TryGetProperty("oneOf", out var choices) ? Resolve(choices[choices.GetArrayLength() - 1]) : schema;
    }

    static Operation OperationOf(string path, JsonProperty operation)
    {
        var parameters = operation.Value.TryGetProperty("parameters", out var all) ? all.EnumerateArray().ToList() : [];
        JsonElement? body = operation.Value.TryGetProperty("requestBody", out var request) && request.GetProperty("content").TryGetProperty(Json, out var content) ? content.GetProperty("schema") : null;
        return new(operation.Name.ToUpperInvariant(), path, Names(parameters, "query"), Names(parameters, "header"), body);
    }

    static string[] Names(List<JsonElement> parameters, string place) =>
        [.. parameters.Where(p => p.GetProperty("in").GetString() == place).Select(p => p.GetProperty("name").GetString() ?? string.Empty)];
}

/// <summary>A method on an address.</summary>
/// <param name="Method">In capitals.</param>
/// <param name="Path">With its parameters in braces.</param>
/// <param name="Query">Names of parameters.</param>
/// <param name="Headers">Names of headers that mean something to it.</param>
/// <param name="Body">Schema of its body; null: it takes none.</param>
sealed record Operation(string Method, string Path, string[] Query, string[] Headers, JsonElement? Body);
