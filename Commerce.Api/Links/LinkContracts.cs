using Commerce.Domain;
using Commerce.Projections;

namespace Commerce.Api.Links;

/// <summary>Makes a short link, either to a page of an order or to an address.</summary>
/// <param name="OrderId">The order that it leads to; with <c>page</c>.</param>
/// <param name="Page">Which page of the order: <c>payment</c> or <c>tracking</c>.</param>
/// <param name="Url">An address of this host that begins with a slash, or one of https on a host that is allowed by configuration.</param>
/// <param name="ExpiresAt">When it ends; 90 days from now where nothing is said, 400 days at most.</param>
sealed record CreateLink(OrderId? OrderId = null, string? Page = null, string? Url = null, DateTimeOffset? ExpiresAt = null);

/// <summary>A short link is made.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Path">Where it is followed, on this host.</param>
/// <param name="Target">Where it leads.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record LinkCreated(string Code, string Path, string Target, DateTimeOffset ExpiresAt, string Position);

/// <summary>A short link.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Path">Where it is followed, on this host.</param>
/// <param name="Target">Where it leads.</param>
/// <param name="OrderId">The order that it is about; missing: none.</param>
/// <param name="Clicks">How often it was followed, as far as it is in the read model: some seconds late, and without what a process had counted when it died.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends.</param>
sealed record LinkResource(string Code, string Path, string Target, Guid? OrderId, string Clicks, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Where a code is followed.</summary>
    public static string PathOf(string code) => $"/s/{code}";

    /// <summary>As the read model has it.</summary>
    public static LinkResource Of(LinkView link) => new(
        link.Id, PathOf(link.Id), link.Target, link.Order, Http.LoggedJson.Text(link.Clicks), link.CreatedAt, link.ExpiresAt);
}
