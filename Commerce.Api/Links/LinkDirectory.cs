using Commerce.Domain.Links;
using Commerce.Projections.Queries;
using Microsoft.Extensions.Caching.Memory;

namespace Commerce.Api.Links;

/// <summary>A link, as far as following it needs it.</summary>
/// <param name="Link">Its id.</param>
/// <param name="Target">Where it leads.</param>
/// <param name="ExpiresAt">When it ends.</param>
sealed record KnownLink(Guid Link, string Target, DateTimeOffset ExpiresAt);

/// <summary>
/// Links by their codes, through two levels: what this process looked up lately, then the read model in PostgreSQL. A link never changes, so
/// what is known stays true. That there is none is remembered for a moment as well, so that whoever guesses asks the database little.
/// </summary>
sealed class LinkDirectory(LinkQueries queries) : IDisposable
{
    /// <summary>Links that are remembered at most: some 400 bytes each.</summary>
    public const int LinksMax = 50_000;

    /// <summary>Codes without a link that are remembered at most, apart from links: guesses push no link out.</summary>
    public const int MissesMax = 50_000;

    /// <summary>How long a link is remembered after it was last followed.</summary>
    static readonly TimeSpan LinkKept = TimeSpan.FromMinutes(10);

    /// <summary>How long it is remembered that there is none: so late does another process know a new link that was asked for too early.</summary>
    static readonly TimeSpan MissKept = TimeSpan.FromSeconds(5);

    readonly MemoryCache _links = new(new MemoryCacheOptions { SizeLimit = LinksMax });
    readonly MemoryCache _misses = new(new MemoryCacheOptions { SizeLimit = MissesMax });

    /// <summary>The link of a code, or null.</summary>
    /// <exception cref="Projections.Documents.ReadModelUnavailableException">It is not known here, and the read database is not there.</exception>
    public ValueTask<KnownLink?> Find(LinkCode code, CancellationToken cancellationToken) =>
        _links.TryGetValue<KnownLink>(code, out var known) ? new(known)
        : _misses.TryGetValue(code, out _) ? new((KnownLink?)null)
        : new(LookUp(code, cancellationToken));

    /// <summary>Remembers a link that was just made: its maker may send it at once, before the read model has it.</summary>
    public void Put(LinkCode code, KnownLink link)
    {
        _misses.Remove(code);
        _links.Set(code, link, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = LinkKept });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _links.Dispose();
        _misses.Dispose();
    }

    async Task<KnownLink?> LookUp(LinkCode code, CancellationToken cancellationToken)
    {
        if (await queries.Get(code, cancellationToken).ConfigureAwait(false) is { } found)
        {
            var link = new KnownLink(found.Link, found.Target, found.ExpiresAt);
            Put(code, link);
            return link;
        }

        _misses.Set(code, true, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = MissKept });
        return null;
    }
}
