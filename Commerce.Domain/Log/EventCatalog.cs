using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Commerce.Domain.Log;

/// <summary>Name of an event in the log. A storage format: never changed, only followed by a next version.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class EventNameAttribute(string name) : Attribute
{
    /// <summary>Kebab case and a version, e.g. <c>stock-reserved.v1</c>.</summary>
    public string Name { get; } = name;
}

/// <summary>An event as an earlier version of Commerce wrote it. Readers of the log never see it, but what it says today.</summary>
public interface IOldVersion
{
    /// <summary>The same in the version that is written now; what was not known then is null.</summary>
    object Upcast();
}

/// <summary>Every event type that Commerce writes or ever wrote, by its name in the log, with its JSON.</summary>
public static class EventCatalog
{
    static readonly FrozenDictionary<string, JsonTypeInfo> ByName = Contexts()
        .SelectMany(c => EventTypes(c.Bases).Select(t => (Name: NameOf(t), Json: JsonOf(c.Json, t))))
        .ToFrozenDictionary(e => e.Name, e => e.Json, StringComparer.Ordinal);

    static readonly FrozenDictionary<Type, (string Name, JsonTypeInfo Json)> ByType =
        ByName.ToFrozenDictionary(e => e.Value.Type, e => (e.Key, e.Value));

    /// <summary>Every name with its type.</summary>
    public static IEnumerable<(string Name, Type Type)> Types => ByName.Select(e => (e.Key, e.Value.Type));

    /// <summary>How events of this type are written.</summary>
    public static JsonTypeInfo JsonOf(Type @event) => ByType[@event].Json;

    /// <summary>Name of this event in the log.</summary>
    public static string NameOf(object @event) => ByType[@event.GetType()].Name;

    /// <summary>The event as JSON (UTF-8).</summary>
    public static byte[] ToJson(object @event) => JsonSerializer.SerializeToUtf8Bytes(@event, ByType[@event.GetType()].Json);

    /// <summary>Its name in the log and its JSON (UTF-8).</summary>
    public static (string Name, byte[] Json) Written(object @event)
    {
        var (name, json) = ByType[@event.GetType()];
        return (name, JsonSerializer.SerializeToUtf8Bytes(@event, json));
    }

    /// <summary>The event that the bytes hold, in the version that is written now, or null where the name is not one of ours.</summary>
    /// <exception cref="JsonException">The bytes are not that event.</exception>
    public static object? Read(string name, ReadOnlyMemory<byte> json) =>
        ByName.TryGetValue(name, out var info) ? Current(JsonSerializer.Deserialize(json.Span, info)) : null;

    /// <summary>The event that the log recorded, or null where it is not one of ours.</summary>
    /// <exception cref="JsonException">The bytes are not that event.</exception>
    public static object? Read(RecordedEvent recorded) => Read(recorded.Type, recorded.Data);

    static object? Current(object? @event) => @event is IOldVersion old ? old.Upcast() : @event;

    // By way of the resolver: asked for directly, the context works out every property of every type, for which no process has a use at its start.
    static JsonTypeInfo JsonOf(JsonSerializerContext context, Type type) =>
        ((IJsonTypeInfoResolver)context).GetTypeInfo(type, context.Options) ?? throw new InvalidOperationException($"{type} is not in its JSON context.");

    static string NameOf(Type type) => type.GetCustomAttribute<EventNameAttribute>()?.Name
        ?? throw new InvalidOperationException($"{type} has no event name.");

    static IEnumerable<Type> EventTypes(IEnumerable<Type> bases) => bases.SelectMany(b => b.GetNestedTypes());

    static IEnumerable<(JsonSerializerContext Json, Type[] Bases)> Contexts() =>
    [
        (Access.AccessJson.Default, [typeof(Access.AccessKeyEvent)]),
        (Catalog.CatalogJson.Default, [typeof(Catalog.ProductEvent)]),
        (Customers.CustomersJson.Default, [typeof(Customers.CustomerEvent)]),
        (Inventory.InventoryJson.Default, [typeof(Inventory.StockEvent)]),
        (Orders.OrdersJson.Default, [typeof(Orders.OrderEvent)]),
        (Payments.PaymentsJson.Default, [typeof(Payments.PaymentEvent), typeof(Payments.CreditNoteEvent)]),
        (FlashSales.FlashSalesJson.Default, [typeof(FlashSales.FlashSaleEvent)]),
        (Fulfilment.FulfilmentJson.Default, [typeof(Fulfilment.FulfilmentEvent)]),
        (DeadLetters.DeadLettersJson.Default, [typeof(DeadLetters.DeadLetterEvent)]),
        (Seals.SealsJson.Default, [typeof(Seals.SealEvent)]),
        (ReadModels.ReadModelsJson.Default, [typeof(ReadModels.ReadModelEvent)]),
        (Snapshots.SnapshotsJson.Default, [typeof(Snapshots.SnapshotEvent)]),
        (Reconciliation.ReconciliationJson.Default, [typeof(Reconciliation.ReconciliationEvent)]),
        (Webhooks.WebhooksJson.Default, [typeof(Webhooks.WebhookEvent)]),
        (Links.LinksJson.Default, [typeof(Links.LinkEvent)]),
    ];
}
