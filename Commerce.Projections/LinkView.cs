using System.Diagnostics;
using Commerce.Domain.Links;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>A short link, by its code.</summary>
public sealed record LinkView : IDocument<string>
{
    /// <summary>Its code.</summary>
    public required string Id { get; init; }

    /// <summary>Id of its stream.</summary>
    public required Guid Link { get; init; }

    /// <summary>Where it leads.</summary>
    public required string Target { get; init; }

    /// <summary>The order that it is about; null: none.</summary>
    public Guid? Order { get; init; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How often it was followed, as far as processes have told.</summary>
    public long Clicks { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Revision of its stream.</summary>
    public long Revision { get; init; }

    /// <summary>Place in the log of the last event in it.</summary>
    public long Position { get; init; }

    /// <summary>The link after an event.</summary>
    public static LinkView? Apply(LinkView? link, ProjectedEvent e)
    {
        var next = e.Event switch
        {
            LinkEvent.Created x => new LinkView { Id = x.Code.Value, Link = x.Link, Target = x.Target, Order = x.Order?.Value, ExpiresAt = x.ExpiresAt, CreatedAt = e.OccurredAt },
            LinkEvent.Followed x => link is null ? null : link with { Clicks = link.Clicks + x.Times },
            _ => throw new UnreachableException($"{e.Event.GetType()} is no event of a link."),
        };
        return next is null ? null : next with { Revision = e.Recorded.Revision, Position = e.Position };
    }

    /// <summary>Which link an event is of.</summary>
    public static string IdOf(ProjectedEvent e) => e.Event switch
    {
        LinkEvent.Created x => x.Code.Value,
        LinkEvent.Followed x => x.Code.Value,
        _ => throw new UnreachableException($"{e.Event.GetType()} is no event of a link."),
    };
}
