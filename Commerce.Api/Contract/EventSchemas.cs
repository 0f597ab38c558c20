using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Api.Contract;

/// <summary>JSON schemas of events, of the types that are written.</summary>
static class EventSchemas
{
    /// <summary>Values that write themselves, and not as any text.</summary>
    static readonly Dictionary<Type, Func<JsonObject>> Values = new()
    {
        [typeof(OrderId)] = () => Text("An order.", "uuid"),
        [typeof(PaymentId)] = () => Text("A payment.", "uuid"),
        [typeof(FlashSaleId)] = () => Text("A flash sale.", "uuid"),
        [typeof(Money)] = () => new()
        {
            ["type"] = "object",
            ["description"] = "An exact amount in one currency.",
            ["properties"] = new JsonObject { ["amount"] = Text("A decimal number."), ["currency"] = Text("Currency of ISO 4217.") },
            ["required"] = new JsonArray("amount", "currency"),
        },
    };

    static readonly JsonSchemaExporterOptions Options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };

    /// <summary>Schema of an event.</summary>
    public static JsonObject Of(Type @event) => Whole(EventCatalog.JsonOf(@event).GetJsonSchemaAsNode(Options));

    /// <summary>Schema of what is known of an event beside what happened.</summary>
    public static JsonObject OfMetadata() => Whole(EventMetadata.Json.GetJsonSchemaAsNode(Options));

    static JsonObject Whole(JsonNode schema)
    {
        var whole = schema.AsObject();
        whole["type"] = "object";
        return whole;
    }

    static JsonObject Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var writesItself = context.PropertyInfo?.CustomConverter is not null || (schema is JsonValue && type != typeof(JsonElement));
        var known = Values.TryGetValue(type, out var value) ? value() : writesItself ? Text(Documentation.SummaryOf(type)) : schema as JsonObject ?? [];
        if (writesItself && MayBeNull(context, type))
        {
            known["type"] = new JsonArray(known["type"]?.DeepClone(), "null");
        }

        AsWritten(known);
        if (context.PropertyInfo?.AttributeProvider is MemberInfo member && Documentation.SummaryOf(member) is { } summary)
        {
            known["description"] = summary;
        }

        return known;
    }

    // Numbers are read from texts as well, and written as numbers.
    static void AsWritten(JsonObject schema)
    {
        if (schema["type"] is JsonArray types && types.Any(t => t?.ToString() is "integer" or "number") && types.FirstOrDefault(t => t?.ToString() == "string") is { } text)
        {
            types.Remove(text);
            schema.Remove("pattern");
            schema["type"] = types.Count == 1 ? types[0]?.DeepClone() : types.DeepClone();
        }
    }

    static bool MayBeNull(JsonSchemaExporterContext context, Type type) =>
        type != context.TypeInfo.Type || (!type.IsValueType && context.PropertyInfo is { IsGetNullable: true });

    static JsonObject Text(string? description, string? format = null)
    {
        var text = new JsonObject { ["type"] = "string", ["description"] = description };
        if (format is not null)
        {
            text["format"] = format;
        }

        return text;
    }
}
