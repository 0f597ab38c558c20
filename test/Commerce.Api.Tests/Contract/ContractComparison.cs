using System.Text.Json.Nodes;

namespace Commerce.Api.Tests.Contract;

/// <summary>
/// What of the API would break a client that was written against the contract of before: the rule of docs/versioning.md. What is new breaks
/// nobody, unless it is demanded.
/// </summary>
sealed class ContractComparison
{
    readonly JsonNode _before;
    readonly JsonNode _now;
    readonly SchemaComparison _schemas;

    ContractComparison(JsonNode before, JsonNode now) => (_before, _now, _schemas) = (before, now, new(before, now));

    /// <summary>Compares two OpenAPI documents; names each breaking change.</summary>
    public static IReadOnlyList<string> BreakingOfApi(JsonNode before, JsonNode now) => [.. new ContractComparison(before, now).Paths()];

    /// <summary>Compares two AsyncAPI documents: an event, once written, is read for ever.</summary>
    public static IReadOnlyList<string> BreakingOfEvents(JsonNode before, JsonNode now)
    {
        var schemas = new SchemaComparison(before, now);
        return [.. (before["components"]?["schemas"]?.AsObject() ?? []).SelectMany(s =>
            now["components"]?["schemas"]?[s.Key] is { } current ? schemas.Breaking(s.Value, current, s.Key, Direction.Response) : [$"{s.Key} is removed"])];
    }

    IEnumerable<string> Paths() =>
        from path in _before["paths"]?.AsObject() ?? []
        from operation in path.Value?.AsObject() ?? []
        let name = $"{operation.Key.ToUpperInvariant()} {path.Key}"
        from change in _now["paths"]?[path.Key]?[operation.Key] is { } current ? Operation(operation.Value ?? new JsonObject(), current, name) : [$"{name} is removed"]
        select change;

    IEnumerable<string> Operation(JsonNode was, JsonNode is_, string at) =>
        [.. Identity(was, is_, at), .. Parameters(was, is_, at), .. Body(was["requestBody"], is_["requestBody"], at), .. Responses(was, is_, at)];

    static IEnumerable<string> Identity(JsonNode was, JsonNode is_, string at)
    {
        if (was["operationId"]?.ToString() != is_["operationId"]?.ToString())
        {
            yield return $"{at} was called {was["operationId"]} and is called {is_["operationId"]}";
        }

        if (was["security"]?.AsArray().Count is 0 && is_["security"]?.AsArray().Count > 0)
        {
            yield return $"{at} asks for credentials now";
        }
    }

    IEnumerable<string> Parameters(JsonNode was, JsonNode is_, string at)
    {
        var (old, current) = (ByName(was), ByName(is_));
        foreach (var (name, parameter) in old)
        {
            if (!current.TryGetValue(name, out var same))
            {
                yield return $"{at}: {name} is removed";
                continue;
            }

            foreach (var change in _schemas.Breaking(parameter["schema"], same["schema"], $"{at}: {name}", Direction.Request))
            {
                yield return change;
            }
        }

        foreach (var (name, _) in current.Where(p => IsRequired(p.Value) && !(old.TryGetValue(p.Key, out var earlier) && IsRequired(earlier))))
        {
            yield return $"{at}: {name} is required now";
        }
    }

    IEnumerable<string> Body(JsonNode? was, JsonNode? is_, string at)
    {
        if (was is not null && is_ is null)
        {
            return [$"{at} takes no body any more"];
        }

        return is_ is not null && IsRequired(is_) && (was is null || !IsRequired(was)) ? [$"{at} demands a body now"] : Contents(was, is_, $"{at} request", Direction.Request);
    }

    IEnumerable<string> Responses(JsonNode was, JsonNode is_, string at) =>
        from response in was["responses"]?.AsObject() ?? []
        let place = $"{at} {response.Key}"
        from change in is_["responses"]?[response.Key] is { } current
            ? Response(JsonParts.Resolved(_before, response.Value), JsonParts.Resolved(_now, current), place)
            : [$"{place} is removed"]
        select change;

    IEnumerable<string> Response(JsonNode was, JsonNode is_, string at) =>
    [
        .. (was["headers"]?.AsObject() ?? []).Where(h => is_["headers"]?[h.Key] is null).Select(h => $"{at}: the header {h.Key} is removed"),
        .. Contents(was, is_, at, Direction.Response),
    ];

    IEnumerable<string> Contents(JsonNode? was, JsonNode? is_, string at, Direction direction) =>
        from content in was?["content"]?.AsObject() ?? []
        from change in is_?["content"]?[content.Key] is { } current
            ? _schemas.Breaking(content.Value?["schema"], current["schema"], at, direction)
            : [$"{at} is no {content.Key} any more"]
        select change;

    static Dictionary<string, JsonNode> ByName(JsonNode operation) =>
        (operation["parameters"]?.AsArray() ?? []).OfType<JsonNode>().ToDictionary(p => $"{p["in"]} {p["name"]}");

    static bool IsRequired(JsonNode part) => part["required"]?.GetValue<bool>() is true;
}
