using System.Collections.Immutable;
using System.Diagnostics;
using Commerce.Domain.Log;

namespace Commerce.Domain.Access;

/// <summary>A key as the log has it.</summary>
/// <param name="Id">Its public part.</param>
/// <param name="Hash">SHA-256 of the whole key, hexadecimal.</param>
/// <param name="Grant">Whose it is, and for what.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="EndsAt">From when on it is refused, expired or revoked; null: never.</param>
public sealed record AccessKey(string Id, string Hash, AccessGrant Grant, DateTimeOffset CreatedAt, DateTimeOffset? EndsAt)
{
    /// <summary>Whether it is refused at that moment.</summary>
    public bool HasEnded(DateTimeOffset at) => EndsAt <= at;
}

/// <summary>All keys of the API: one stream, so that whoever follows it knows all of them.</summary>
/// <param name="ById">Those that are valid, and those that ended not long ago.</param>
public sealed record AccessKeys(ImmutableDictionary<string, AccessKey> ById)
{
    /// <summary>Keys that are valid at once at most: every process that serves the API has them in memory, some 10 MB with ten customers each.</summary>
    public const int KeysMax = 10_000;

    /// <summary>Customers of one key at most.</summary>
    public const int CustomersMax = 100;

    /// <summary>Characters of a person's reason at most.</summary>
    public const int ReasonLengthMax = 200;

    /// <summary>Keys that are kept in mind, ended ones included; when there are more, those that have ended are forgotten.</summary>
    const int RememberedMax = 2 * KeysMax;

    /// <summary>Before the first key.</summary>
    public static readonly AccessKeys None = new(ImmutableDictionary.Create<string, AccessKey>(StringComparer.Ordinal));

    /// <summary>The aggregate.</summary>
    public static readonly Decider<AccessKeyCommand, AccessKeyEvent, AccessKeys> Decider = new("access", None, Decide, Evolve);

    /// <summary>Its only stream.</summary>
    public static readonly StreamName Stream = StreamName.For(Decider.Category, "keys");

    /// <summary>The keys with one more event.</summary>
    public static AccessKeys Evolve(AccessKeys keys, AccessKeyEvent @event) => @event switch
    {
        AccessKeyEvent.Created e => new(keys.RememberedAt(e.CreatedAt).SetItem(e.Id, KeyOf(e))),
        AccessKeyEvent.Revoked e when keys.ById.TryGetValue(e.Id, out var key) => new(keys.ById.SetItem(e.Id, key with { EndsAt = key.EndsAt < e.EndsAt ? key.EndsAt : e.EndsAt })),
        AccessKeyEvent.Revoked => keys,
        _ => throw new UnreachableException(),
    };

    /// <summary>What a command leads to.</summary>
    public static Decision<AccessKeyEvent> Decide(AccessKeyCommand command, AccessKeys keys) => command switch
    {
        // A key that was chosen beforehand is brought along at every start.
        AccessKeyCommand.Create c when keys.ById.TryGetValue(c.Id, out var known) => known.Hash == c.Hash ? Decision.Nothing : AccessRejections.Known,
        AccessKeyCommand.Create c => keys.DecideCreate(c.Id, c.Hash, c.Grant, c.At),

        AccessKeyCommand.Revoke c when !FreeText.IsValid(c.Reason, ReasonLengthMax) => AccessRejections.ReasonInvalid,
        AccessKeyCommand.Revoke c when keys.ById.TryGetValue(c.Id, out var key) => DecideRevoke(key, c.EndsAt < c.At ? c.At : c.EndsAt, c.Reason),
        AccessKeyCommand.Revoke => AccessRejections.Unknown,

        AccessKeyCommand.Rotate c when !keys.ById.ContainsKey(c.Id) => AccessRejections.Unknown,
        AccessKeyCommand.Rotate c when keys.ById.ContainsKey(c.NewId) => AccessRejections.Known,
        AccessKeyCommand.Rotate c => keys.DecideRotate(c, keys.ById[c.Id]),
        _ => throw new UnreachableException(),
    };

    Decision<AccessKeyEvent> DecideCreate(string id, string hash, AccessGrant grant, DateTimeOffset at) =>
        !ClientName.IsValid(grant.Client) || ClientName.Reserved.Contains(grant.Client) ? AccessRejections.ClientInvalid
        : !CustomersFit(grant) ? AccessRejections.CustomersInvalid
        : grant.ExpiresAt <= at ? AccessRejections.ExpiryInvalid
        : ById.Values.Count(key => !key.HasEnded(at)) >= KeysMax ? AccessRejections.TooMany
        : new AccessKeyEvent.Created(id, hash, grant.Client, grant.Role, grant.Customers, grant.EveryCustomer, at, grant.ExpiresAt);

    static Decision<AccessKeyEvent> DecideRevoke(AccessKey key, DateTimeOffset endsAt, string reason) =>
        key.HasEnded(endsAt) ? Decision.Nothing : new AccessKeyEvent.Revoked(key.Id, endsAt, reason);

    Decision<AccessKeyEvent> DecideRotate(AccessKeyCommand.Rotate c, AccessKey old)
    {
        if (old.HasEnded(c.At))
        {
            return AccessRejections.Ended;
        }

        var created = DecideCreate(c.NewId, c.NewHash, old.Grant with { ExpiresAt = c.ExpiresAt }, c.At);
        var ended = DecideRevoke(old, c.OldEndsAt < c.At ? c.At : c.OldEndsAt, $"{c.NewId} takes its place.");
        return created.Rejection is { } rejection ? rejection : Decision<AccessKeyEvent>.Of([.. created.Events, .. ended.Events]);
    }

    static bool CustomersFit(AccessGrant grant) =>
        grant.Role != AccessRole.Consumer ? grant.Customers.IsEmpty && !grant.EveryCustomer
        : grant.EveryCustomer ? grant.Customers.IsEmpty
        : grant.Customers.Length is > 0 and <= CustomersMax;

    static AccessKey KeyOf(AccessKeyEvent.Created e) => new(
        e.Id, e.Hash, new(e.Client, e.Role) { Customers = e.Customers, EveryCustomer = e.EveryCustomer, ExpiresAt = e.ExpiresAt }, e.CreatedAt, e.ExpiresAt);

    ImmutableDictionary<string, AccessKey> RememberedAt(DateTimeOffset at) =>
        ById.Count < RememberedMax ? ById : ById.RemoveRange(ById.Values.Where(key => key.HasEnded(at)).Select(key => key.Id));
}
