using System.Collections.Immutable;
using Commerce.Api.Endpoints;
using Commerce.Commands.Webhooks;
using Commerce.Projections;

namespace Commerce.Api.Webhooks;

/// <summary>Subscribes an address to events.</summary>
/// <param name="Url">Where they are sent, by POST; https.</param>
/// <param name="Events">Names of events with their versions, like <c>order-placed.v1</c>, or how names begin, like <c>order-*</c>; missing: every event of trade.</param>
/// <param name="StreamPrefix">How the names of their streams begin, e.g. <c>stock-MUG-1@</c>; missing: however.</param>
/// <param name="Scheme"><c>hmac</c>, as when nothing is said, or <c>ed25519</c>.</param>
sealed record CreateWebhook(string Url, ImmutableArray<string>? Events = null, string? StreamPrefix = null, string? Scheme = null);

/// <summary>Moves a subscription, or has it want other events: all of it as it is to be.</summary>
/// <param name="Url">Where they are sent.</param>
/// <param name="Events">Names of events; missing: every event of trade.</param>
/// <param name="StreamPrefix">How the names of their streams begin; missing: however.</param>
sealed record ChangeWebhook(string Url, ImmutableArray<string>? Events = null, string? StreamPrefix = null);

/// <summary>Gives a subscription a new key.</summary>
/// <param name="OverlapHours">Hours in which the old key signs as well, 0 to 720; 24 where nothing is said.</param>
sealed record RotateWebhookKey(int? OverlapHours = null);

/// <summary>Sends everything after a place in the log again.</summary>
/// <param name="FromPosition">The place, as answers give it; 0: from the beginning.</param>
sealed record ReplayWebhook(string FromPosition);

/// <summary>A subscription has a key.</summary>
/// <param name="WebhookId">The subscription.</param>
/// <param name="Key">What its webhooks are verified with: a secret (<c>whsec_…</c>), shown here and nowhere else, or a public key (<c>whpk_…</c>).</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record WebhookKeyed(Guid WebhookId, string Key, string Position);

/// <summary>A command to a subscription is done.</summary>
/// <param name="WebhookId">The subscription.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record WebhookAccepted(Guid WebhookId, string Position);

/// <summary>A subscription to webhooks.</summary>
sealed record WebhookResource
{
    /// <summary>Its id.</summary>
    public required Guid WebhookId { get; init; }

    /// <summary>Where events are sent.</summary>
    public required string Url { get; init; }

    /// <summary>Which; empty: every event of trade.</summary>
    public required ImmutableArray<string> Events { get; init; }

    /// <summary>How the names of their streams begin; missing: however.</summary>
    public string? StreamPrefix { get; init; }

    /// <summary>How they are signed: <c>hmac</c> or <c>ed25519</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>What Ed25519 signatures are verified with.</summary>
    public string? PublicKey { get; init; }

    /// <summary>Until when the key before signs as well.</summary>
    public DateTimeOffset? OldKeyUntil { get; init; }

    /// <summary><c>enabled</c> or <c>disabled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Why it is disabled: <c>operator</c>, or <c>gone</c>, the receiver answered 410.</summary>
    public string? DisabledBy { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>As the read model has it.</summary>
    public static WebhookResource Of(WebhookView webhook) => new()
    {
        WebhookId = webhook.Id,
        Url = webhook.Url,
        Events = webhook.Events,
        StreamPrefix = webhook.StreamPrefix,
        Scheme = Words.Of(webhook.Scheme),
        PublicKey = webhook.PublicKey,
        OldKeyUntil = webhook.OldKeyUntil,
        Status = Words.Of(webhook.Status),
        DisabledBy = webhook.DisabledBy is { } reason ? Words.Of(reason) : null,
        CreatedAt = webhook.CreatedAt,
        ChangedAt = webhook.ChangedAt,
    };
}

/// <summary>Every subscription to webhooks, by id.</summary>
/// <param name="Items">The subscriptions.</param>
sealed record WebhookList(ImmutableArray<WebhookResource> Items);

/// <summary>An event on its way to a subscription.</summary>
/// <param name="DeliveryId">Its id: that of the event.</param>
/// <param name="MessageId">Header <c>webhook-id</c> of every try.</param>
/// <param name="State"><c>waiting</c>, <c>delivered</c>, or <c>failed</c>: given up after the last try.</param>
/// <param name="Type">The event's name.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Position">Its place in the log.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="NextAt">When it is tried next; missing: it is over.</param>
/// <param name="LastAt">When it was tried last; missing: never.</param>
/// <param name="LastStatus">What the receiver answered then; missing: nothing.</param>
/// <param name="LastError">Why that try failed; missing: it did not.</param>
sealed record WebhookDeliveryResource(
    Guid DeliveryId, string MessageId, string State, string Type, string Stream, string Position, int Attempts, DateTimeOffset? NextAt, DateTimeOffset? LastAt, int? LastStatus, string? LastError)
{
    /// <summary>As it is kept.</summary>
    public static WebhookDeliveryResource Of(WebhookDelivery delivery) => new(
        delivery.Event, WebhookDesk.MessageIdOf(delivery), Words.Of(delivery.State), delivery.Type, delivery.Stream.Value, delivery.Position.ToString(), delivery.Attempts,
        delivery.State == WebhookDeliveryState.Waiting ? delivery.DueAt : null, delivery.LastAt, delivery.LastStatus, delivery.LastError);
}

/// <summary>A page of deliveries, those of the newest events first.</summary>
/// <param name="Items">The deliveries.</param>
/// <param name="Next">Cursor of the next page; missing on the last.</param>
sealed record WebhookDeliveryPage(ImmutableArray<WebhookDeliveryResource> Items, string? Next = null);
