using System.Collections.Concurrent;
using Commerce.Domain;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Customers;

/// <summary>
/// Who is erased, in memory, for those who take orders and claims by the ten thousand a second and cannot ask for each. An erasure elsewhere
/// is known here within <see cref="LookEvery"/>; while the keys' database does not answer, what was known before counts.
/// </summary>
public sealed partial class ErasedCustomers(IPersonalKeys keys, TimeProvider time, ILogger<ErasedCustomers> logger, int knownMax = ErasedCustomers.KnownMax) : BackgroundService
{
    /// <summary>How often it looks who was erased.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Customers that are known at most, some 30 MB of them; where there are more, the others are asked for one by one.</summary>
    public const int KnownMax = 250_000;

    /// <summary>Each look begins so long before the last one found: a transaction that ends late brings an earlier time.</summary>
    static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<CustomerId, bool> _known = [];
    volatile bool _knowsAll = true;
    DateTimeOffset _since = DateTimeOffset.UnixEpoch;
    bool _isAnswered = true;

    /// <summary>Whether the customer is erased, as far as it is known here.</summary>
    public ValueTask<bool> Has(CustomerId customer, CancellationToken cancellationToken) =>
        _known.ContainsKey(customer) ? ValueTask.FromResult(true)
        : _knowsAll ? ValueTask.FromResult(false)
        : Ask(customer, cancellationToken);

    /// <summary>Notes who was erased by this process.</summary>
    public void Add(CustomerId customer)
    {
        if (_known.Count < knownMax)
        {
            _known[customer] = true;
        }
        else
        {
            _knowsAll &= _known.ContainsKey(customer);
        }
    }

    /// <summary>Looks who was erased before the first order is taken, then begins.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await Look(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(LookEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Look(stoppingToken).ConfigureAwait(false);
        }
    }

    async Task Look(CancellationToken cancellationToken)
    {
        try
        {
            var erased = await keys.Destroyed(_since, knownMax + 1, cancellationToken).ConfigureAwait(false);
            foreach (var one in erased)
            {
                Add(one.Customer);
            }

            _since = erased is [var last, ..] ? last.At - Overlap : _since;
            _isAnswered = true;
        }
        catch (PersonalKeysUnavailableException e)
        {
            // Once for each time that it is away, not once a second.
            if (_isAnswered)
            {
                NotAnswered(logger, e.Message);
            }

            _isAnswered = false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    // An order is taken while the database is away, as others are.
    async ValueTask<bool> Ask(CustomerId customer, CancellationToken cancellationToken)
    {
        try
        {
            return await keys.Find(customer, cancellationToken).ConfigureAwait(false) is FoundKey.Destroyed;
        }
        catch (PersonalKeysUnavailableException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Who was erased elsewhere is not known for now: {Reason}")]
    static partial void NotAnswered(ILogger logger, string reason);
}
