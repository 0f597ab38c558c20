using System.Text;
using Commerce.Testing.Telemetry;

namespace Commerce.Api.Tests.Tracing;

/// <summary>
/// The spans of one trace as a text: each below its parent, indented, siblings in alphabetical order, equal ones counted. Those of
/// Npgsql are left out: what is read, and what was still known, is chance.
/// </summary>
sealed class SpanTree
{
    readonly ILookup<string, CollectedSpan> _children;

    SpanTree(IReadOnlyCollection<CollectedSpan> spans)
    {
        Spans = spans;
        _children = spans.Where(s => s.Source != "Npgsql").ToLookup(s => s.ParentId);
    }

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<CollectedSpan> Spans { get; }

    /// <summary>Spans in the text.</summary>
    public int Count => _children.Sum(c => c.Count());

    /// <summary>Spans whose parent is neither among them nor the client's.</summary>
    public IReadOnlyList<string> OrphansOf(Client client)
    {
        var known = Spans.Select(s => s.Id).Append(client.SpanId).ToHashSet();
        return [.. Spans.Where(s => !known.Contains(s.ParentId)).Select(s => $"{s.Source}: {s.Name}")];
    }

    /// <summary>What has been collected of a client's trace.</summary>
    public static SpanTree Of(OtlpCollector collector, Client client) => new([.. collector.Spans.Where(s => s.TraceId == client.TraceId)]);

    /// <summary>What is below a client's span.</summary>
    public string Below(Client client) => string.Join('\n', Lines(client.SpanId, 0));

    IEnumerable<string> Lines(string parent, int depth) => _children[parent]
        .Select(s => $"{new string(' ', depth * 2)}{s.Name}\n{string.Join('\n', Lines(s.Id, depth + 1))}".TrimEnd())
        .GroupBy(text => text)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => group.Count() == 1 ? group.Key : Counted(group.Key, group.Count()));

    static string Counted(string text, int count)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? $"{text} ×{count}" : new StringBuilder(text).Insert(end, $" ×{count}").ToString();
    }
}
