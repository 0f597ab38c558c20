using Commerce.Domain.Log;

namespace Commerce.Domain.Webhooks;

/// <summary>
/// Which events may leave the house: those of trade. How the house works inside (fulfilment, dead letters, seals, keys, webhooks themselves)
/// is nobody's outside. What is personal in events of customers is encrypted in the log already, and is sent as the log has it.
/// </summary>
public static class SendableEvents
{
    /// <summary>Ends a name that means every name that begins so.</summary>
    public const char Wildcard = '*';

    // By name: contexts of trade do not know each other, and this one knows what happens in them only as the log does.
    static readonly string[] Contexts = ["Catalog", "Customers", "FlashSales", "Inventory", "Orders", "Payments"];

    /// <summary>Their names in the log, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. EventCatalog.Types.Where(t => Contexts.Contains(t.Type.Namespace?.Split('.')[^1])).Select(t => t.Name).Order(StringComparer.Ordinal)];

    static readonly HashSet<string> Known = new(Names, StringComparer.Ordinal);

    /// <summary>Whether a name or the beginning of one names any.</summary>
    public static bool IsKnown(string? pattern) => pattern is not null && Names.Any(name => IsNamed(pattern, name));

    /// <summary>Whether an event is wanted, and may be sent.</summary>
    public static bool Matches(this WebhookTopics topics, RecordedEvent recorded) =>
        Known.Contains(recorded.Type)
        && (topics.StreamPrefix is not { } prefix || recorded.Stream.Value.StartsWith(prefix, StringComparison.Ordinal))
        && (topics.Events.IsEmpty || topics.Events.Any(pattern => IsNamed(pattern, recorded.Type)));

    static bool IsNamed(string pattern, string name) =>
        pattern.EndsWith(Wildcard) ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern;
}
