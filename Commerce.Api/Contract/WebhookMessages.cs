using System.Text.Json.Nodes;
using Commerce.Domain.Webhooks;

namespace Commerce.Api.Contract;

/// <summary>The part of the AsyncAPI document about what is sent to subscribers: the events of trade, signed as Standard Webhooks has it.</summary>
static class WebhookMessages
{
    /// <summary>Name of their channel.</summary>
    public const string Channel = "webhooks";

    const string HeadersSchema = "webhook-headers";

    /// <summary>The channel: an address that a subscriber names (<c>POST /webhooks</c>).</summary>
    public static JsonObject ChannelObject => new()
    {
        ["address"] = null,
        ["title"] = "Webhooks",
        ["description"] = "Sent by POST to the address of each subscription that wants the event, until it answers 2xx; the same `webhook-id` is the same message.",
        ["messages"] = new JsonObject(SendableEvents.Names.Select(n => KeyValuePair.Create(NameOf(n), (JsonNode?)Reference($"#/components/messages/{NameOf(n)}")))),
    };

    /// <summary>What Commerce does there.</summary>
    public static JsonObject OperationObject => new()
    {
        ["action"] = "send",
        ["channel"] = Reference($"#/channels/{Channel}"),
        ["summary"] = "Tells subscribers what happened.",
    };

    /// <summary>Each message by its name.</summary>
    public static IEnumerable<(string Name, JsonObject Message)> Messages => SendableEvents.Names.Select(n => (NameOf(n), new JsonObject
    {
        ["name"] = n,
        ["title"] = $"{n}, as a webhook",
        ["headers"] = Reference($"#/components/schemas/{HeadersSchema}"),
        ["payload"] = Payload(n),
    }));

    /// <summary>Schemas that they share.</summary>
    public static (string Name, JsonObject Schema) Headers => (HeadersSchema, new JsonObject
    {
        ["type"] = "object",
        ["required"] = new JsonArray("webhook-id", "webhook-timestamp", "webhook-signature"),
        ["properties"] = new JsonObject
        {
            ["webhook-id"] = Text("Names the message, however often it is sent."),
            ["webhook-timestamp"] = Text("When it was sent, in whole seconds since 1970."),
            ["webhook-signature"] = Text("Its signatures (`v1,…` of HMAC-SHA256, `v1a,…` of Ed25519), separated by spaces, over `{id}.{timestamp}.{body}`."),
        },
    });

    static JsonObject Payload(string name) => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("type", "timestamp", "stream", "revision", "position", "data"),
        ["properties"] = new JsonObject
        {
            ["type"] = new JsonObject { ["const"] = name },
            ["timestamp"] = new JsonObject { ["type"] = "string", ["format"] = "date-time", ["description"] = "When it happened in the world." },
            ["stream"] = Text("Its stream."),
            ["revision"] = Text("Its place in the stream, from 0."),
            ["position"] = Text("Its place in the whole log."),
            ["data"] = Reference($"#/components/schemas/{name}"),
        },
    };

    static string NameOf(string @event) => $"webhook.{@event}";

    static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

    static JsonObject Reference(string to) => new() { ["$ref"] = to };
}
