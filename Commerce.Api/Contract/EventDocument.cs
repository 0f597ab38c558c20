using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.Domain.Access;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;
using Commerce.Domain.ReadModels;

namespace Commerce.Api.Contract;

/// <summary>
/// The AsyncAPI document: every event type of the log with its JSON schema, made of the types that are written, by the category of streams in
/// which they stand. <c>GET /asyncapi.json</c> serves it, <c>commerce contract events</c> prints it.
/// </summary>
static class EventDocument
{
    /// <summary>Where it is.</summary>
    public const string Path = "/asyncapi.json";

    /// <summary>Version of AsyncAPI.</summary>
    const string Version = "3.1.0";

    const string Intro =
        "What happened, as the log holds it and as `GET /audit/events`, `GET /audit/streams/{stream}` and exports tell it. A name is a storage format: its schema never changes, "
        + "what has to say something else comes as a next version (`.v2`), and events of an earlier version, marked as deprecated, stay readable.";

    static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static readonly Lazy<string> Made = new(() => Make().ToJsonString(Layout));

    /// <summary>The whole, as text.</summary>
    public static string Text => Made.Value;

    static JsonObject Make()
    {
        var types = EventCatalog.Types.OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
        return new()
        {
            ["asyncapi"] = Version,
            ["info"] = new JsonObject
            {
                ["title"] = "Events of Commerce",
                ["version"] = Http.ApiDocument.Name,
                ["description"] = Intro,
                ["license"] = new JsonObject { ["name"] = "All rights reserved" },
            },
            ["defaultContentType"] = "application/json",
            ["channels"] = Object([.. types.GroupBy(t => CategoryOf(t.Type)).Select(c => (c.Key, Channel(c.Key, c.Select(t => t.Name)))), (WebhookMessages.Channel, WebhookMessages.ChannelObject)]),
            ["operations"] = Object([.. types.Select(t => CategoryOf(t.Type)).Distinct().Select(c => ($"tell-{c}", Operation(c))), ("send-webhooks", WebhookMessages.OperationObject)]),
            ["components"] = new JsonObject
            {
                ["messages"] = Object([.. types.Select(t => (t.Name, Message(t.Name, t.Type))), .. WebhookMessages.Messages]),
                ["schemas"] = Object([("metadata", EventSchemas.OfMetadata()), WebhookMessages.Headers, .. types.Select(t => (t.Name, EventSchemas.Of(t.Type)))]),
            },
        };
    }

    // The class whose cases are the events is called after the category of their streams.
    static string CategoryOf(Type @event) => @event.DeclaringType switch
    {
        { } type when type == typeof(AccessKeyEvent) => AccessKeys.Decider.Category,
        { } type when type == typeof(CreditNoteEvent) => CreditNote.Decider.Category,
        { } type when type == typeof(ReadModelEvent) => ReadModel.Decider.Category,
        var type => type?.Name.Replace("Event", string.Empty, StringComparison.Ordinal).ToLowerInvariant() ?? throw new InvalidOperationException($"{@event} is no case of a class of events."),
    };

    static JsonObject Channel(string category, IEnumerable<string> names) => new()
    {
        ["address"] = $"{category}-{{id}}",
        ["title"] = $"Streams {category}-…",
        ["messages"] = Object(names.Select(n => (n, Reference($"#/components/messages/{n}")))),
        ["parameters"] = new JsonObject { ["id"] = new JsonObject { ["description"] = "Whose stream it is." } },
    };

    static JsonObject Operation(string category) => new()
    {
        ["action"] = "send",
        ["channel"] = Reference($"#/channels/{category}"),
        ["summary"] = $"What happens in streams {category}-… is recorded, and told to whoever asks.",
    };

    static JsonObject Message(string name, Type type)
    {
        var message = new JsonObject
        {
            ["name"] = name,
            ["title"] = name,
            ["headers"] = Reference("#/components/schemas/metadata"),
            ["payload"] = Reference($"#/components/schemas/{name}"),
        };
        if (Documentation.SummaryOf(type) is { } summary)
        {
            message["summary"] = summary;
        }

        if (type.IsAssignableTo(typeof(IOldVersion)))
        {
            message["x-deprecated"] = true;
        }

        return message;
    }

    static JsonObject Reference(string to) => new() { ["$ref"] = to };

    static JsonObject Object(IEnumerable<(string Name, JsonObject Value)> parts) => new(parts.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)p.Value)));
}
