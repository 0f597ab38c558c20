using System.Globalization;
using System.Text.Json.Nodes;

namespace Commerce.Api.Tests.Contract;

/// <summary>Which way a value goes: what a client sends may be asked for less and less, what it is told must not become less.</summary>
enum Direction
{
    Request,
    Response,
}

/// <summary>What of a schema would break a client that knows the schema of before.</summary>
/// <param name="before">The document of before, in which references lead somewhere.</param>
/// <param name="now">That of today.</param>
sealed class SchemaComparison(JsonNode before, JsonNode now)
{
    readonly HashSet<(string, string, Direction)> _compared = [];

    /// <summary>Names each breaking change, by its place.</summary>
    public IEnumerable<string> Breaking(JsonNode? old, JsonNode? current, string at, Direction direction)
    {
        if (old is null)
        {
            return [];
        }

        if (current is null)
        {
            return [$"{at} has no schema any more"];
        }

        // A schema that refers to itself is compared once.
        if (old["$ref"]?.ToString() is { } one && current["$ref"]?.ToString() is { } other && !_compared.Add((one, other, direction)))
        {
            return [];
        }

        var (was, is_) = (JsonParts.Resolved(before, old), JsonParts.Resolved(now, current));
        return [
            .. Types(was, is_, at, direction), .. Words(was, is_, at, direction), .. Limits(was, is_, at, direction), .. Properties(was, is_, at, direction),
            .. Breaking(was["items"], was["items"] is null ? null : is_["items"], at + "[]", direction), .. Parts(was, is_, at, direction),
        ];
    }

    static IEnumerable<string> Types(JsonNode was, JsonNode is_, string at, Direction direction)
    {
        var (old, current) = (Texts(was["type"]), Texts(is_["type"]));
        var isNarrower = old.Count == 0 ? direction == Direction.Request && current.Count > 0 : current.Count == 0 ? direction == Direction.Response : !(direction == Direction.Request ? current.IsSupersetOf(old) : current.IsSubsetOf(old));
        if (isNarrower)
        {
            yield return $"{at} was {Text(old)} and is {Text(current)}";
        }

        if (was["format"]?.ToString() != is_["format"]?.ToString() && (direction == Direction.Request ? is_["format"] : was["format"]) is not null)
        {
            yield return $"{at} had the format {was["format"] ?? "none"} and has {is_["format"] ?? "none"}";
        }
    }

    // Clients take a word that they do not know, so answers may get more of them; that one is told no more, nobody can take.
    static IEnumerable<string> Words(JsonNode was, JsonNode is_, string at, Direction direction)
    {
        var (old, current) = (Texts(was["enum"]), Texts(is_["enum"]));
        foreach (var word in current.Count == 0 ? [] : old.Except(current))
        {
            yield return $"{at} has no value {word} any more";
        }

        if (direction == Direction.Request && old.Count == 0 && current.Count > 0)
        {
            yield return $"{at} takes only some values";
        }
    }

    static IEnumerable<string> Limits(JsonNode was, JsonNode is_, string at, Direction direction)
    {
        if (direction == Direction.Response)
        {
            yield break;
        }

        foreach (var (name, isMax) in new[] { ("maxLength", true), ("maximum", true), ("maxItems", true), ("minLength", false), ("minimum", false), ("minItems", false) })
        {
            var (old, current) = (Number(was[name]), Number(is_[name]));
            if (current is { } limit && (old is not { } earlier || (isMax ? limit < earlier : limit > earlier)))
            {
                yield return $"{at} has a narrower {name}: {limit.ToString(CultureInfo.InvariantCulture)}";
            }
        }

        if (is_["pattern"]?.ToString() is { } pattern && was["pattern"]?.ToString() != pattern)
        {
            yield return $"{at} has another pattern";
        }
    }

    IEnumerable<string> Properties(JsonNode was, JsonNode is_, string at, Direction direction)
    {
        var (needed, needs) = (Texts(was["required"]), Texts(is_["required"]));
        foreach (var (name, schema) in was["properties"]?.AsObject() ?? [])
        {
            if (is_["properties"]?[name] is not { } current)
            {
                yield return $"{at}.{name} is removed";
                continue;
            }

            foreach (var change in Breaking(schema, current, $"{at}.{name}", direction))
            {
                yield return change;
            }
        }

        foreach (var name in direction == Direction.Request ? needs.Except(needed) : needed.Except(needs).Where(n => is_["properties"]?[n] is not null))
        {
            yield return direction == Direction.Request ? $"{at}.{name} is required now" : $"{at}.{name} may be missing now";
        }
    }

    IEnumerable<string> Parts(JsonNode was, JsonNode is_, string at, Direction direction)
    {
        foreach (var kind in new[] { "allOf", "oneOf", "anyOf" })
        {
            var (old, current) = (was[kind]?.AsArray() ?? [], is_[kind]?.AsArray() ?? []);
            if (old.Count != current.Count)
            {
                yield return $"{at} has other alternatives";
                continue;
            }

            foreach (var change in old.Zip(current).SelectMany(pair => Breaking(pair.First, pair.Second, at, direction)))
            {
                yield return change;
            }
        }
    }

    static HashSet<string> Texts(JsonNode? node) => node switch
    {
        JsonArray several => [.. several.Select(t => t?.ToString() ?? "null")],
        JsonValue one => [one.ToString()],
        _ => [],
    };

    static string Text(HashSet<string> types) => types.Count == 0 ? "anything" : string.Join(" or ", types.Order(StringComparer.Ordinal));

    static decimal? Number(JsonNode? node) => node?.GetValue<decimal>();
}
