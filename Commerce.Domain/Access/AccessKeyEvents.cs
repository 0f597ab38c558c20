using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;

namespace Commerce.Domain.Access;

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What was done to the keys of the API. No event holds a key: only a hash, from which nobody gets it back.</summary>
public abstract record AccessKeyEvent
{
    /// <summary>There is a key.</summary>
    /// <param name="Id">Its public part.</param>
    /// <param name="Hash">SHA-256 of the whole key, hexadecimal. A key is random and long: a slow hash would make it no safer.</param>
    /// <param name="Client">Whose it is.</param>
    /// <param name="Role">What it may be used for.</param>
    /// <param name="Customers">Of a consumer: the customers that are its own.</param>
    /// <param name="EveryCustomer">Of a consumer: whether every customer is, as of a shop's own pages.</param>
    /// <param name="CreatedAt">Since when.</param>
    /// <param name="ExpiresAt">When it ends by itself; null: never.</param>
    [EventName("access-key-created.v1")]
    public sealed record Created(
        string Id, string Hash, string Client, AccessRole Role, ImmutableArray<CustomerId> Customers, bool EveryCustomer, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt) : AccessKeyEvent;

    /// <summary>A key ends before its time.</summary>
    /// <param name="Id">Its public part.</param>
    /// <param name="EndsAt">From when on it is refused.</param>
    /// <param name="Reason">Why, for a person.</param>
    [EventName("access-key-revoked.v1")]
    public sealed record Revoked(string Id, DateTimeOffset EndsAt, string Reason) : AccessKeyEvent;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AccessKeyEvent.Created))]
[JsonSerializable(typeof(AccessKeyEvent.Revoked))]
sealed partial class AccessJson : JsonSerializerContext;
