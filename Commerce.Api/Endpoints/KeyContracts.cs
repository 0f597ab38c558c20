using System.Collections.Immutable;
using Commerce.Domain;
using Commerce.Domain.Access;

namespace Commerce.Api.Endpoints;

/// <summary>Makes a key.</summary>
/// <param name="Client">Whose: 1 to 64 letters, digits, dots, dashes and underscores. A client may have several.</param>
/// <param name="Role"><c>consumer</c>, <c>analyst</c>, <c>auditor</c> or <c>operator</c>.</param>
/// <param name="Customers">Of a consumer: the customers that are its own, 100 at most.</param>
/// <param name="EveryCustomer">Of a consumer, in place of them: every customer, as for a shop's own pages.</param>
/// <param name="ExpiresAt">When it ends by itself; missing: never.</param>
sealed record CreateKey(string Client, string Role, ImmutableArray<CustomerId>? Customers = null, bool EveryCustomer = false, DateTimeOffset? ExpiresAt = null);

/// <summary>Makes a key that does what another does.</summary>
/// <param name="OverlapMinutes">Minutes for which the old one is valid yet, 0 to 43,200 (30 days); missing: a day.</param>
/// <param name="ExpiresAt">When the new one ends by itself; missing: never.</param>
sealed record RotateKey(int? OverlapMinutes = null, DateTimeOffset? ExpiresAt = null);

/// <summary>Ends a key.</summary>
/// <param name="Reason">Why; recorded.</param>
/// <param name="AfterMinutes">In so many minutes, 0 to 43,200 (30 days); missing: now.</param>
sealed record RevokeKey(string Reason, int? AfterMinutes = null);

/// <summary>There is a key.</summary>
/// <param name="Id">Its public part.</param>
/// <param name="Key">The key itself, shown now and never again; missing in the answer to a repeat.</param>
/// <param name="Position">Place in the log.</param>
sealed record KeyCreated(string Id, string? Key, string Position);

/// <summary>A key ends.</summary>
/// <param name="Id">Its public part.</param>
/// <param name="Position">Place in the log.</param>
sealed record KeyRevoked(string Id, string Position);

/// <summary>A key, without what is secret.</summary>
/// <param name="Id">Its public part.</param>
/// <param name="Client">Whose it is.</param>
/// <param name="Role">What it may be used for.</param>
/// <param name="Customers">Of a consumer: the customers that are its own.</param>
/// <param name="EveryCustomer">Of a consumer: whether every customer is.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="EndsAt">From when on it is refused, expired or revoked; missing: never.</param>
sealed record KeyResource(string Id, string Client, string Role, ImmutableArray<CustomerId> Customers, bool EveryCustomer, DateTimeOffset CreatedAt, DateTimeOffset? EndsAt)
{
    /// <summary>As the API shows it.</summary>
    public static KeyResource Of(AccessKey key) => new(
        key.Id, key.Grant.Client, Words.Of(key.Grant.Role), key.Grant.Customers, key.Grant.EveryCustomer, key.CreatedAt.ToUniversalTime(), key.EndsAt?.ToUniversalTime());
}

/// <summary>Keys, the newest first: all that are valid, and those that ended lately.</summary>
/// <param name="Items">They.</param>
sealed record KeyList(ImmutableArray<KeyResource> Items);
