using System.Collections.Immutable;

namespace Commerce.Domain.Access;

/// <summary>What can be done to the keys of the API.</summary>
public abstract record AccessKeyCommand
{
    /// <summary>Make a key known.</summary>
    /// <param name="Id">Its public part.</param>
    /// <param name="Hash">SHA-256 of the whole key, hexadecimal.</param>
    /// <param name="Grant">Whose it is, and for what.</param>
    /// <param name="At">Now.</param>
    public sealed record Create(string Id, string Hash, AccessGrant Grant, DateTimeOffset At) : AccessKeyCommand;

    /// <summary>End a key.</summary>
    /// <param name="Id">Its public part.</param>
    /// <param name="EndsAt">From when on; in the past: at once.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="At">Now.</param>
    public sealed record Revoke(string Id, DateTimeOffset EndsAt, string Reason, DateTimeOffset At) : AccessKeyCommand;

    /// <summary>Make a key known that does what another did, and end that one a while later: its client changes from one to the other meanwhile.</summary>
    /// <param name="Id">Public part of the old one.</param>
    /// <param name="NewId">Public part of the new one.</param>
    /// <param name="NewHash">SHA-256 of the new one, hexadecimal.</param>
    /// <param name="OldEndsAt">When the old one ends.</param>
    /// <param name="ExpiresAt">When the new one ends by itself; null: never.</param>
    /// <param name="At">Now.</param>
    public sealed record Rotate(string Id, string NewId, string NewHash, DateTimeOffset OldEndsAt, DateTimeOffset? ExpiresAt, DateTimeOffset At) : AccessKeyCommand;
}

/// <summary>Whose a key is, and what it may be used for.</summary>
/// <param name="Client">Name of the client.</param>
/// <param name="Role">Its role.</param>
public sealed record AccessGrant(string Client, AccessRole Role)
{
    /// <summary>Of a consumer: the customers that are its own.</summary>
    public ImmutableArray<CustomerId> Customers { get; init; } = [];

    /// <summary>Of a consumer: whether every customer is, whoever comes yet.</summary>
    public bool EveryCustomer { get; init; }

    /// <summary>When it ends by itself; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Why a command to the keys is refused.</summary>
public static class AccessRejections
{
    /// <summary>No such key.</summary>
    public static readonly Rejection Unknown = new("access-key-unknown", "There is no such key.", RejectionKind.NotFound);

    /// <summary>Its public part is another key's.</summary>
    public static readonly Rejection Known = new("access-key-known", "Another key has this public part: make a new one.", RejectionKind.Conflict);

    /// <summary>It has ended: what it did would begin anew.</summary>
    public static readonly Rejection Ended = new("access-key-ended", "The key has ended: create another one.", RejectionKind.Conflict);

    /// <summary>Not a client's name.</summary>
    public static readonly Rejection ClientInvalid = new("client-invalid", $"A client's name has 1 to {ClientName.LengthMax} ASCII letters, digits, dots, dashes and underscores, and is none that the house acts under itself.");

    /// <summary>Customers and role do not go together.</summary>
    public static readonly Rejection CustomersInvalid = new("customers-invalid", $"A consumer has 1 to {AccessKeys.CustomersMax} customers of its own, or every customer; other roles have none.");

    /// <summary>It would never be valid.</summary>
    public static readonly Rejection ExpiryInvalid = new("expiry-invalid", "A key expires later than now.");

    /// <summary>There are as many as every process can keep in mind.</summary>
    public static readonly Rejection TooMany = new("too-many-access-keys", $"There are {AccessKeys.KeysMax} keys already: revoke some.", RejectionKind.Conflict);

    /// <summary>Not a reason.</summary>
    public static readonly Rejection ReasonInvalid = new("reason-invalid", $"A reason has 1 to {AccessKeys.ReasonLengthMax} characters, none of them a control character.");
}
