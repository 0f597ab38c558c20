using System.Collections.Immutable;
using Commerce.Domain.Log;

namespace Commerce.Domain.Webhooks;

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What happens to a subscription to webhooks. Its secrets are encrypted: the log, its hashes and its copies hold nothing else.</summary>
public abstract record WebhookEvent
{
    /// <summary>Events from here on are sent there.</summary>
    /// <param name="Webhook">Its id.</param>
    /// <param name="Url">Where to.</param>
    /// <param name="Topics">Which events.</param>
    /// <param name="Scheme">How they are signed.</param>
    /// <param name="Key">What with.</param>
    [EventName("webhook-created.v1")]
    public sealed record Created(Guid Webhook, string Url, WebhookTopics Topics, WebhookScheme Scheme, WebhookKey Key) : WebhookEvent;

    /// <summary>It has moved, or wants other events.</summary>
    [EventName("webhook-changed.v1")]
    public sealed record Changed(string Url, WebhookTopics Topics) : WebhookEvent;

    /// <summary>It is signed with another key from now on, and with the one before as well for a while.</summary>
    /// <param name="Key">The new one.</param>
    /// <param name="OldUntil">Until when the old one signs too.</param>
    [EventName("webhook-key-rotated.v1")]
    public sealed record KeyRotated(WebhookKey Key, DateTimeOffset OldUntil) : WebhookEvent;

    /// <summary>Nothing is sent until it is enabled again; what happens meanwhile waits.</summary>
    [EventName("webhook-disabled.v1")]
    public sealed record Disabled(WebhookStop Reason) : WebhookEvent;

    /// <summary>It is sent to again, from where it stopped.</summary>
    [EventName("webhook-enabled.v1")]
    public sealed record Enabled : WebhookEvent;

    /// <summary>One delivery is to be made again, whatever became of it.</summary>
    /// <param name="Delivery">Id of the event that it carries.</param>
    [EventName("webhook-delivery-replay-asked.v1")]
    public sealed record DeliveryReplayAsked(Guid Delivery) : WebhookEvent;

    /// <summary>Everything after a place in the log is to be sent again.</summary>
    /// <param name="Position">The place in the log.</param>
    [EventName("webhook-replay-asked.v1")]
    public sealed record ReplayAsked(long Position) : WebhookEvent;

    /// <summary>Nothing is ever sent there again.</summary>
    [EventName("webhook-deleted.v1")]
    public sealed record Deleted : WebhookEvent;
}

/// <summary>Why nothing is sent.</summary>
public enum WebhookStop
{
    /// <summary>Somebody wanted it so.</summary>
    Operator,

    /// <summary>The receiver answered 410: it wants no more.</summary>
    Gone,
}

/// <summary>How webhooks are signed (Standard Webhooks, "Signature scheme").</summary>
public enum WebhookScheme
{
    /// <summary><c>v1</c>: HMAC-SHA256 with a secret that both sides have.</summary>
    Hmac,

    /// <summary><c>v1a</c>: Ed25519; the receiver has the public key only.</summary>
    Ed25519,
}

/// <summary>Which events are wanted.</summary>
/// <param name="Events">Names of events as the log has them, versions included, or how they begin and <c>*</c>; empty: every one that can be sent.</param>
/// <param name="StreamPrefix">How the names of their streams begin, e.g. <c>stock-MUG-1@</c>; null: however.</param>
public sealed record WebhookTopics(ImmutableArray<string> Events, string? StreamPrefix)
{
    /// <inheritdoc/>
    public bool Equals(WebhookTopics? other) => other is not null && StreamPrefix == other.StreamPrefix && Events.AsSpan().SequenceEqual(other.Events.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(StreamPrefix, Events.IsDefaultOrEmpty ? 0 : Events.Length);
}

/// <summary>A key that signs, encrypted with a master key.</summary>
/// <param name="MasterKey">Id of that master key.</param>
/// <param name="Encrypted">Nonce, what is encrypted and tag, in base64.</param>
/// <param name="PublicKey">What an Ed25519 signature is verified with (<c>whpk_…</c>); null: the scheme has none.</param>
public sealed record WebhookKey(string MasterKey, string Encrypted, string? PublicKey);
