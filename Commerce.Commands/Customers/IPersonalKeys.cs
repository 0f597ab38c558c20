using Commerce.Domain;

namespace Commerce.Commands.Customers;

/// <summary>What there is of a customer's key.</summary>
public abstract record FoundKey
{
    FoundKey()
    {
    }

    /// <summary>There never was one.</summary>
    public sealed record Missing : FoundKey;

    /// <summary>It is there.</summary>
    public sealed record Held(PersonalKey Key) : FoundKey;

    /// <summary>It was destroyed, and the customer never gets another one.</summary>
    public sealed record Destroyed : FoundKey;
}

/// <summary>Somebody's key was destroyed.</summary>
/// <param name="Customer">Whose.</param>
/// <param name="At">When, by the clock of the keys' store.</param>
public sealed record DestroyedKey(CustomerId Customer, DateTimeOffset At);

/// <summary>
/// Customers' keys, outside the log: what is destroyed here is gone from every copy of the log as well. Nothing of it is cached: each reading
/// of personal data asks, so what is destroyed is shown nowhere from that moment on.
/// </summary>
/// <remarks>Every method throws <see cref="PersonalKeysUnavailableException"/> when keys cannot be had.</remarks>
public interface IPersonalKeys
{
    /// <summary>The customer's key; a new one where there never was any.</summary>
    Task<FoundKey> FindOrMake(CustomerId customer, CancellationToken cancellationToken);

    /// <summary>The customer's key.</summary>
    Task<FoundKey> Find(CustomerId customer, CancellationToken cancellationToken);

    /// <summary>Destroys the customer's key, for good; a customer who has none never gets one. Again, it changes nothing.</summary>
    Task Destroy(CustomerId customer, CancellationToken cancellationToken);

    /// <summary>Whose keys were destroyed, the last ones first.</summary>
    /// <param name="since">Only from this moment on.</param>
    /// <param name="countMax">That many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<DestroyedKey>> Destroyed(DateTimeOffset since, int countMax, CancellationToken cancellationToken);

    /// <summary>Stores keys that are stored with an earlier master key anew, with the current one.</summary>
    /// <param name="countMax">That many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many; 0: none is left.</returns>
    Task<int> Rewrap(int countMax, CancellationToken cancellationToken);
}

/// <summary>Keys cannot be had now: their database does not answer, or their master key is not configured.</summary>
public sealed class PersonalKeysUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
