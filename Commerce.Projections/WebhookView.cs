using System.Collections.Immutable;
using System.Diagnostics;
using Commerce.Domain.Webhooks;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>A subscription to webhooks, without what it is signed with: only a public key is shown.</summary>
public sealed record WebhookView : IDocument<Guid>
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Where it stands.</summary>
    public WebhookStatus Status { get; init; }

    /// <summary>Why nothing is sent; null: it is sent to.</summary>
    public WebhookStop? DisabledBy { get; init; }

    /// <summary>Where to.</summary>
    public required string Url { get; init; }

    /// <summary>Which events; empty: every one that can be sent.</summary>
    public ImmutableArray<string> Events { get; init; } = [];

    /// <summary>How the names of their streams begin; null: however.</summary>
    public string? StreamPrefix { get; init; }

    /// <summary>How they are signed.</summary>
    public WebhookScheme Scheme { get; init; }

    /// <summary>What Ed25519 signatures are verified with; null: the scheme has none.</summary>
    public string? PublicKey { get; init; }

    /// <summary>Until when the key before signs as well; null: there was none.</summary>
    public DateTimeOffset? OldKeyUntil { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Revision of its stream: its ETag.</summary>
    public long Revision { get; init; }

    /// <summary>Place in the log of the last event in it.</summary>
    public long Position { get; init; }

    /// <summary>The subscription after an event.</summary>
    public static WebhookView? Apply(WebhookView? webhook, ProjectedEvent e)
    {
        var next = e.Event is WebhookEvent.Created c
            ? Of(c.Topics, new() { Id = c.Webhook, Url = c.Url, Status = WebhookStatus.Enabled, Scheme = c.Scheme, PublicKey = c.Key.PublicKey, CreatedAt = e.OccurredAt })
            : webhook is null ? null : Changed(webhook, e.Event);
        return next is null ? null : next with { ChangedAt = e.OccurredAt, Revision = e.Recorded.Revision, Position = e.Position };
    }

    static WebhookView Changed(WebhookView webhook, object told) => told switch
    {
        WebhookEvent.Changed e => Of(e.Topics, webhook with { Url = e.Url }),
        WebhookEvent.KeyRotated e => webhook with { PublicKey = e.Key.PublicKey, OldKeyUntil = e.OldUntil },
        WebhookEvent.Disabled e => webhook with { Status = WebhookStatus.Disabled, DisabledBy = e.Reason },
        WebhookEvent.Enabled => webhook with { Status = WebhookStatus.Enabled, DisabledBy = null },
        WebhookEvent.DeliveryReplayAsked or WebhookEvent.ReplayAsked => webhook,
        WebhookEvent.Deleted => webhook with { Status = WebhookStatus.Deleted },
        _ => throw new UnreachableException($"{told.GetType()} is no event of a webhook."),
    };

    static WebhookView Of(WebhookTopics topics, WebhookView webhook) => webhook with { Events = topics.Events, StreamPrefix = topics.StreamPrefix };
}
