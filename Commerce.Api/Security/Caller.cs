using Commerce.Domain;
using Commerce.Domain.Access;

namespace Commerce.Api.Security;

/// <summary>Who asks.</summary>
/// <param name="Name">The client's name: the actor of what it does, and whose its idempotency keys and rate limits are.</param>
/// <param name="Role">Its role; <see cref="AccessTable"/> says what that may be used for.</param>
sealed record Caller(string Name, AccessRole Role)
{
    readonly HashSet<CustomerId>? _customers;

    /// <summary>Who comes with a grant.</summary>
    public Caller(AccessGrant grant)
        : this(grant.Client, grant.Role) =>
        _customers = grant.Role == AccessRole.Consumer && !grant.EveryCustomer ? grant.Customers.ToHashSet() : null;

    /// <summary>The customers that are this caller's own, to whom all that it sees and does is limited; null: it is not limited.</summary>
    public IReadOnlySet<CustomerId>? Customers => _customers;

    /// <summary>
    /// Whether what concerns this customer is the caller's business. A guest's order, which has no customer, is of those only who may act for everybody.
    /// </summary>
    public bool MayActFor(CustomerId? customer) => _customers is null || (customer is { } one && _customers.Contains(one));

    /// <summary>The same of a customer as read models have them.</summary>
    public bool MayActFor(string? customer) => _customers is null || (CustomerId.TryParse(customer, null, out var one) && _customers.Contains(one));
}

/// <summary>The caller of a request.</summary>
static class Callers
{
    /// <summary>Who asks; null at an address for which nobody needs to say who they are.</summary>
    public static Caller? FindCaller(this HttpContext context) => context.Features.Get<Caller>();

    /// <summary>Who asks.</summary>
    /// <exception cref="InvalidOperationException">The address asks nobody who they are.</exception>
    public static Caller Caller(this HttpContext context) => context.FindCaller() ?? throw new InvalidOperationException("This address asks nobody who they are.");
}
