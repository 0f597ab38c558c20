using System.Text.Json;

namespace Commerce.Projections.Auditing;

/// <summary>What differs between two states.</summary>
/// <param name="Path">Where (JSON Pointer, RFC 6901).</param>
/// <param name="From">What stood there; null: nothing.</param>
/// <param name="To">What stands there; null: nothing.</param>
public sealed record StateDifference(string Path, JsonElement? From, JsonElement? To)
{
    /// <summary>Every place at which they differ, as deep as it goes.</summary>
    public static IEnumerable<StateDifference> Between(JsonElement from, JsonElement to) => Between(string.Empty, from, to);

    static IEnumerable<StateDifference> Between(string path, JsonElement? from, JsonElement? to) => (from, to) switch
    {
        ({ ValueKind: JsonValueKind.Object } a, { ValueKind: JsonValueKind.Object } b) => Members(a).Keys.Union(Members(b).Keys)
            .SelectMany(name => Between($"{path}/{Escaped(name)}", Find(Members(a), name), Find(Members(b), name))),
        ({ ValueKind: JsonValueKind.Array } a, { ValueKind: JsonValueKind.Array } b) => Enumerable.Range(0, Math.Max(a.GetArrayLength(), b.GetArrayLength()))
            .SelectMany(n => Between($"{path}/{n}", n < a.GetArrayLength() ? a[n] : null, n < b.GetArrayLength() ? b[n] : null)),
        ({ } a, { } b) when JsonElement.DeepEquals(a, b) => [],
        _ => [new(path, from, to)],
    };

    static Dictionary<string, JsonElement> Members(JsonElement state) => state.EnumerateObject().ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal);

    static JsonElement? Find(Dictionary<string, JsonElement> members, string name) => members.TryGetValue(name, out var value) ? value : null;

    static string Escaped(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
