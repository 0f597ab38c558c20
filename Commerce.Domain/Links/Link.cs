using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;
using static Commerce.Domain.Decision;

namespace Commerce.Domain.Links;

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What happens to a short link.</summary>
public abstract record LinkEvent
{
    /// <summary>Whoever has its code is led to its target.</summary>
    /// <param name="Link">Its id.</param>
    /// <param name="Code">Its code.</param>
    /// <param name="Target">A relative address of this host, or an absolute one.</param>
    /// <param name="Order">The order that it is about; null: none.</param>
    /// <param name="ExpiresAt">When it ends.</param>
    [EventName("link-created.v1")]
    public sealed record Created(Guid Link, LinkCode Code, string Target, OrderId? Order, DateTimeOffset ExpiresAt) : LinkEvent;

    /// <summary>It was followed so many times, as one process counted since it last said so.</summary>
    [EventName("link-followed.v1")]
    public sealed record Followed(LinkCode Code, long Times) : LinkEvent;
}

/// <summary>What can be asked of a short link.</summary>
public abstract record LinkCommand
{
    /// <summary>Make it.</summary>
    /// <param name="Now">The time.</param>
    /// <param name="Link">Its id.</param>
    /// <param name="Code">Its code.</param>
    /// <param name="Target">Where it leads; whoever asks has checked that it may lead there.</param>
    /// <param name="Order">The order that it is about.</param>
    /// <param name="ExpiresAt">When it ends.</param>
    public sealed record Create(DateTimeOffset Now, Guid Link, LinkCode Code, string Target, OrderId? Order, DateTimeOffset ExpiresAt) : LinkCommand;

    /// <summary>Note how often it was followed.</summary>
    public sealed record NoteFollowed(long Times) : LinkCommand;
}

/// <summary>Why a command to a link, or following one, is refused.</summary>
public static class LinkRejections
{
    /// <summary>No such link.</summary>
    public static readonly Rejection Unknown = new("link-unknown", "There is no such link.", RejectionKind.NotFound);

    /// <summary>It is there.</summary>
    public static readonly Rejection Exists = new("link-exists", "There is a link with this id already.", RejectionKind.Conflict);

    /// <summary>Not a target.</summary>
    public static readonly Rejection TargetInvalid = new(
        "link-target-invalid",
        $"A link leads to an order's page, to an address of this host that begins with one slash, or to one of https on a host that is allowed by configuration; at most {Link.TargetLengthMax} characters.");

    /// <summary>Not an end.</summary>
    public static readonly Rejection ExpiryInvalid = new("link-expiry-invalid", $"A link ends in the future, within {Link.LifetimeMax.Days} days.");
}

/// <summary>A short link.</summary>
/// <param name="Code">Its code; null: there is none yet.</param>
public sealed record Link(LinkCode? Code)
{
    /// <summary>Characters of a target at most.</summary>
    public const int TargetLengthMax = 2_000;

    /// <summary>How long a link lasts at most.</summary>
    public static readonly TimeSpan LifetimeMax = TimeSpan.FromDays(400);

    /// <summary>How long it lasts where nothing is said: longer than an order takes to be paid, sent and sent back.</summary>
    public static readonly TimeSpan LifetimeDefault = TimeSpan.FromDays(90);

    /// <summary>Before it is made.</summary>
    public static readonly Link None = new((LinkCode?)null);

    /// <summary>The aggregate.</summary>
    public static readonly Decider<LinkCommand, LinkEvent, Link> Decider = new("link", None, Decide, Evolve);

    /// <summary>Its stream.</summary>
    public static StreamName StreamOf(Guid id) => StreamName.For("link", id.ToString("D"));

    /// <summary>The link after an event.</summary>
    public static Link Evolve(Link link, LinkEvent @event) => @event switch
    {
        LinkEvent.Created e => new(e.Code),
        LinkEvent.Followed => link,
        _ => throw new UnreachableException(),
    };

    /// <summary>What a command leads to.</summary>
    public static Decision<LinkEvent> Decide(LinkCommand command, Link link) => command switch
    {
        LinkCommand.Create when link.Code is not null => LinkRejections.Exists,
        LinkCommand.Create c when !FreeText.IsValid(c.Target, TargetLengthMax) => LinkRejections.TargetInvalid,
        LinkCommand.Create c when c.ExpiresAt <= c.Now || c.ExpiresAt > c.Now + LifetimeMax => LinkRejections.ExpiryInvalid,
        LinkCommand.Create c => new LinkEvent.Created(c.Link, c.Code, c.Target, c.Order, c.ExpiresAt),

        LinkCommand.NoteFollowed when link.Code is null => LinkRejections.Unknown,
        LinkCommand.NoteFollowed { Times: <= 0 } => Nothing,
        LinkCommand.NoteFollowed c when link.Code is { } code => new LinkEvent.Followed(code, c.Times),
        _ => throw new UnreachableException(),
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LinkEvent.Created))]
[JsonSerializable(typeof(LinkEvent.Followed))]
sealed partial class LinksJson : JsonSerializerContext;
