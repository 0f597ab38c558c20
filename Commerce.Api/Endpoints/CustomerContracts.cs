using System.Text.Json.Serialization;
using Commerce.Domain;
using Commerce.Domain.Customers;
using Commerce.Projections;

namespace Commerce.Api.Endpoints;

/// <summary>Registers a customer.</summary>
/// <param name="Name">What they are called, 1 to 200 characters.</param>
/// <param name="Email">One bare e-mail address, at most 254 characters.</param>
/// <param name="Phone">Digits, spaces and +()-./, at most 32 characters.</param>
/// <param name="Address">Where they live.</param>
sealed record RegisterCustomer(string Name, string Email, string? Phone = null, PostalAddress? Address = null)
{
    /// <summary>As it is encrypted.</summary>
    public PersonalDetails ToDomain() => new(Name, Email, Phone, Address);

    /// <summary>Nothing of it: what is personal prints itself nowhere.</summary>
    public override string ToString() => nameof(RegisterCustomer);
}

/// <summary>Erases a customer.</summary>
/// <param name="Reason">Why: <c>customerRequest</c>, <c>consentWithdrawn</c>, <c>noLongerNeeded</c>, <c>unlawfullyHeld</c> or <c>legalObligation</c>; a word, so that nobody writes into it who is to be forgotten.</param>
/// <param name="AskedBy">Who asked: <c>customer</c>, as when nothing is said, <c>house</c> or <c>authority</c>.</param>
sealed record EraseCustomer(string Reason, string? AskedBy = null);

/// <summary>A command to a customer is done.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record CustomerAccepted(CustomerId CustomerId, string Position);

/// <summary>A customer is erased: their key is destroyed.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Erased">True.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record CustomerErased(CustomerId CustomerId, bool Erased, string Position);

/// <summary>A customer.</summary>
sealed record CustomerResource
{
    /// <summary>Their id: what orders refer to.</summary>
    public required string CustomerId { get; init; }

    /// <summary>Whether they are erased: then nothing of them is known any more.</summary>
    public required bool Erased { get; init; }

    /// <summary>What they are called; null once they are erased.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Name { get; init; }

    /// <summary>Their e-mail address; null once they are erased.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Email { get; init; }

    /// <summary>Their phone number; null where it is not known, and once they are erased.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Phone { get; init; }

    /// <summary>Where they live; null where it is not known, and once they are erased.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required PostalAddress? Address { get; init; }

    /// <summary>When they were registered.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>When they last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>When they were erased.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>Why they were erased.</summary>
    public string? ErasureReason { get; init; }

    /// <summary>Who asked for it.</summary>
    public string? ErasureAskedBy { get; init; }

    /// <summary>As the read model has them.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="details">What is personal; null: they are erased.</param>
    public static CustomerResource Of(CustomerView customer, PersonalDetails? details) => new()
    {
        CustomerId = customer.Id,
        Erased = details is null,
        Name = details?.Name,
        Email = details?.Email,
        Phone = details?.Phone,
        Address = details?.Address,
        RegisteredAt = customer.RegisteredAt,
        ChangedAt = customer.ChangedAt,
        ErasedAt = customer.ErasedAt,
        ErasureReason = customer.ErasureReason is { } reason ? Words.Of(reason) : null,
        ErasureAskedBy = customer.ErasureAskedBy is { } party ? Words.Of(party) : null,
    };

    /// <summary>Nothing of it: what is personal prints itself nowhere.</summary>
    public override string ToString() => nameof(CustomerResource);
}
