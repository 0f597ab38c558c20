using System.Security.Cryptography;
using Commerce.Commands.Customers;
using Commerce.Domain;

namespace Commerce.Commands.Tests.Customers;

/// <summary>Keys of a process that forgets them.</summary>
sealed class InMemoryPersonalKeys : IPersonalKeys
{
    readonly Lock _lock = new();
    readonly Dictionary<CustomerId, (PersonalKey? Key, DateTimeOffset DestroyedAt)> _keys = [];

    /// <summary>Called before a key is destroyed.</summary>
    public Action<CustomerId>? Destroying { get; set; }

    /// <summary>Called after a key was destroyed.</summary>
    public Action<CustomerId>? HasDestroyed { get; set; }

    public Task<FoundKey> FindOrMake(CustomerId customer, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _keys.TryAdd(customer, (new(RandomNumberGenerator.GetBytes(PersonalKey.SecretBytes)), default));
        }

        return Find(customer, cancellationToken);
    }

    public Task<FoundKey> Find(CustomerId customer, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<FoundKey>(!_keys.TryGetValue(customer, out var kept) ? new FoundKey.Missing()
                : kept.Key is { } key ? new FoundKey.Held(key)
                : new FoundKey.Destroyed());
        }
    }

    public Task Destroy(CustomerId customer, CancellationToken cancellationToken)
    {
        Destroying?.Invoke(customer);
        lock (_lock)
        {
            if (!_keys.TryGetValue(customer, out var kept) || kept.Key is not null)
            {
                _keys[customer] = (null, TimeProvider.System.GetUtcNow());
            }
        }

        HasDestroyed?.Invoke(customer);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<DestroyedKey>> Destroyed(DateTimeOffset since, int countMax, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<DestroyedKey>>(
                [.. _keys.Where(k => k.Value.Key is null && k.Value.DestroyedAt >= since).OrderByDescending(k => k.Value.DestroyedAt).Take(countMax).Select(k => new DestroyedKey(k.Key, k.Value.DestroyedAt))]);
        }
    }

    public Task<int> Rewrap(int countMax, CancellationToken cancellationToken) => Task.FromResult(0);
}
