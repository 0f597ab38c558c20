using Commerce.Domain.Catalog;
using Commerce.Domain.Customers;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Domain.Webhooks;

/// <summary>
/// Which events may leave the house: those of trade. How the house works inside (fulfilment, dead letters, seals, keys, webhooks themselves)
/// is nobody's outside. What is personal in events of customers is encrypted in the log already, and is sent as the log has it.
/// </summary>
public static class SendableEvents
{
    /// <summary>Ends a name that means every name that begins so.</summary>
    public const char Wildcard = '*';

    static readonly Type[] Bases = [typeof(OrderEvent), typeof(PaymentEvent), typeof(CreditNoteEvent), typeof(StockEvent), typeof(ProductEvent), typeof(FlashSaleEvent), typeof(CustomerEvent)];

    /// <summary>Their names in the log, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. EventCatalog.Types.Where(t => Bases.Contains(t.Type.DeclaringType)).Select(t => t.Name).Order(StringComparer.Ordinal)];

    static readonly HashSet<string> Known = new(Names, StringComparer.Ordinal);

    /// <summary>Whether a name or the beginning of one names any.</summary>
    public static bool IsKnown(string pattern) => Names.Any(name => IsNamed(pattern, name));

    /// <summary>Whether an event is wanted, and may be sent.</summary>
    public static bool Matches(this WebhookTopics topics, RecordedEvent recorded) =>
        Known.Contains(recorded.Type)
        && (topics.StreamPrefix is not { } prefix || recorded.Stream.Value.StartsWith(prefix, StringComparison.Ordinal))
        && (topics.Events.IsEmpty || topics.Events.Any(pattern => IsNamed(pattern, recorded.Type)));

    static bool IsNamed(string pattern, string name) =>
        pattern.EndsWith(Wildcard) ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern;
}
