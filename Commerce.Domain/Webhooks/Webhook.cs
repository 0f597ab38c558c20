using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;
using static Commerce.Domain.Decision;

namespace Commerce.Domain.Webhooks;

/// <summary>What can be asked of a subscription to webhooks.</summary>
public abstract record WebhookCommand
{
    /// <summary>Send events there.</summary>
    public sealed record Create(Guid Webhook, string Url, WebhookTopics Topics, WebhookScheme Scheme, WebhookKey Key) : WebhookCommand;

    /// <summary>Send elsewhere, or others.</summary>
    public sealed record Change(string Url, WebhookTopics Topics) : WebhookCommand;

    /// <summary>Sign with another key.</summary>
    public sealed record RotateKey(WebhookKey Key, DateTimeOffset OldUntil) : WebhookCommand;

    /// <summary>Send nothing for now.</summary>
    public sealed record Disable(WebhookStop Reason) : WebhookCommand;

    /// <summary>Send again.</summary>
    public sealed record Enable : WebhookCommand;

    /// <summary>Make one delivery again.</summary>
    public sealed record ReplayDelivery(Guid Delivery) : WebhookCommand;

    /// <summary>Send everything after a place in the log again.</summary>
    public sealed record Replay(long Position) : WebhookCommand;

    /// <summary>Never send anything again.</summary>
    public sealed record Delete : WebhookCommand;
}

/// <summary>Why a command to a subscription is refused.</summary>
public static class WebhookRejections
{
    /// <summary>No such subscription.</summary>
    public static readonly Rejection Unknown = new("webhook-unknown", "There is no such subscription to webhooks.", RejectionKind.NotFound);

    /// <summary>It is there.</summary>
    public static readonly Rejection Exists = new("webhook-exists", "There is a subscription with this id already.", RejectionKind.Conflict);

    /// <summary>No such delivery.</summary>
    public static readonly Rejection DeliveryUnknown = new("webhook-delivery-unknown", "This subscription has no such delivery, or none that is still kept: replay from a position of the log.", RejectionKind.NotFound);

    /// <summary>Not an address.</summary>
    public static readonly Rejection UrlInvalid = new(
        "webhook-url-invalid", $"A webhook's address is an absolute one of http or https of at most {Webhook.UrlLengthMax} characters, without a user, a password or a fragment.");

    /// <summary>Not encrypted on the way.</summary>
    public static readonly Rejection UrlNotSecure = new("webhook-url-not-secure", "A webhook's address is one of https; http has to be allowed by configuration.");

    /// <summary>Too many.</summary>
    public static readonly Rejection TooMany = new("too-many-webhooks", "There are as many subscriptions as there may be already.", RejectionKind.Conflict);

    /// <summary>Not events.</summary>
    public static readonly Rejection EventsInvalid = new(
        "webhook-events-invalid", $"Events are at most {Webhook.EventsMax} names of events that can be sent, versions included, like order-placed.v1, or how such names begin and {SendableEvents.Wildcard}.");

    /// <summary>Not how a stream's name begins.</summary>
    public static readonly Rejection StreamPrefixInvalid = new("webhook-stream-prefix-invalid", $"A stream prefix has 1 to {StreamName.LengthMax} characters, none of them a control character.");
}

/// <summary>Where a subscription stands.</summary>
public enum WebhookStatus
{
    /// <summary>Not there.</summary>
    None,

    /// <summary>It is sent to.</summary>
    Enabled,

    /// <summary>It is not sent to for now.</summary>
    Disabled,

    /// <summary>It is never sent to again.</summary>
    Deleted,
}

/// <summary>A subscription to webhooks: some events of the log are sent to an address.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Url">Where to.</param>
/// <param name="Topics">Which events.</param>
/// <param name="Scheme">How they are signed.</param>
/// <param name="Key">What with.</param>
/// <param name="OldKey">What with as well; null: nothing else.</param>
/// <param name="OldUntil">Until when.</param>
public sealed record Webhook(WebhookStatus Status, string Url, WebhookTopics Topics, WebhookScheme Scheme, WebhookKey? Key, WebhookKey? OldKey = null, DateTimeOffset OldUntil = default)
{
    /// <summary>Subscriptions at most: each is sent to on its own, so all together are bounded by this.</summary>
    public const int CountMax = 100;

    /// <summary>Characters of an address at most.</summary>
    public const int UrlLengthMax = 2_000;

    /// <summary>Names of events in one subscription at most.</summary>
    public const int EventsMax = 50;

    /// <summary>Before it is there.</summary>
    public static readonly Webhook None = new(WebhookStatus.None, string.Empty, new([], null), default, null);

    /// <summary>The aggregate.</summary>
    public static readonly Decider<WebhookCommand, WebhookEvent, Webhook> Decider = new("webhook", None, Decide, Evolve);

    /// <summary>Its stream.</summary>
    public static StreamName StreamOf(Guid id) => StreamName.For("webhook", id.ToString("D"));

    /// <summary>The subscription after an event.</summary>
    public static Webhook Evolve(Webhook webhook, WebhookEvent @event) => @event switch
    {
        WebhookEvent.Created e => new(WebhookStatus.Enabled, e.Url, e.Topics, e.Scheme, e.Key),
        WebhookEvent.Changed e => webhook with { Url = e.Url, Topics = e.Topics },
        WebhookEvent.KeyRotated e => webhook with { Key = e.Key, OldKey = webhook.Key, OldUntil = e.OldUntil },
        WebhookEvent.Disabled => webhook with { Status = WebhookStatus.Disabled },
        WebhookEvent.Enabled => webhook with { Status = WebhookStatus.Enabled },
        WebhookEvent.DeliveryReplayAsked or WebhookEvent.ReplayAsked => webhook,
        WebhookEvent.Deleted => None with { Status = WebhookStatus.Deleted },
        _ => throw new UnreachableException(),
    };

    /// <summary>What a command leads to.</summary>
    public static Decision<WebhookEvent> Decide(WebhookCommand command, Webhook webhook) => command switch
    {
        WebhookCommand.Create when webhook.Status != WebhookStatus.None => WebhookRejections.Exists,
        WebhookCommand.Create c when Refused(c.Url, c.Topics) is { } refusal => refusal,
        WebhookCommand.Create c => new WebhookEvent.Created(c.Webhook, c.Url, c.Topics, c.Scheme, c.Key),

        _ when webhook.Status is WebhookStatus.None or WebhookStatus.Deleted => WebhookRejections.Unknown,

        WebhookCommand.Change c when Refused(c.Url, c.Topics) is { } refusal => refusal,
        WebhookCommand.Change c when c.Url == webhook.Url && c.Topics == webhook.Topics => Nothing,
        WebhookCommand.Change c => new WebhookEvent.Changed(c.Url, c.Topics),
        WebhookCommand.RotateKey c => new WebhookEvent.KeyRotated(c.Key, c.OldUntil),
        WebhookCommand.Disable when webhook.Status == WebhookStatus.Disabled => Nothing,
        WebhookCommand.Disable c => new WebhookEvent.Disabled(c.Reason),
        WebhookCommand.Enable when webhook.Status == WebhookStatus.Enabled => Nothing,
        WebhookCommand.Enable => new WebhookEvent.Enabled(),
        WebhookCommand.ReplayDelivery c => new WebhookEvent.DeliveryReplayAsked(c.Delivery),
        WebhookCommand.Replay c => new WebhookEvent.ReplayAsked(c.Position),
        WebhookCommand.Delete => new WebhookEvent.Deleted(),
        _ => throw new UnreachableException(),
    };

    static Rejection? Refused(string url, WebhookTopics topics) =>
        !IsAddress(url) ? WebhookRejections.UrlInvalid
        : topics.Events.Length > EventsMax || !topics.Events.All(SendableEvents.IsKnown) ? WebhookRejections.EventsInvalid
        : !FreeText.IsNullOrValid(topics.StreamPrefix, StreamName.LengthMax) ? WebhookRejections.StreamPrefixInvalid
        : null;

    static bool IsAddress(string url) =>
        FreeText.IsValid(url, UrlLengthMax)
        && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.Host.Length > 0 && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WebhookEvent.Created))]
[JsonSerializable(typeof(WebhookEvent.Changed))]
[JsonSerializable(typeof(WebhookEvent.KeyRotated))]
[JsonSerializable(typeof(WebhookEvent.Disabled))]
[JsonSerializable(typeof(WebhookEvent.Enabled))]
[JsonSerializable(typeof(WebhookEvent.DeliveryReplayAsked))]
[JsonSerializable(typeof(WebhookEvent.ReplayAsked))]
[JsonSerializable(typeof(WebhookEvent.Deleted))]
sealed partial class WebhooksJson : JsonSerializerContext;
