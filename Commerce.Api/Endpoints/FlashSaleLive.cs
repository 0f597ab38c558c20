using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Commerce.Domain;
using Commerce.Projections;
using Commerce.Projections.Documents;

namespace Commerce.Api.Endpoints;

/// <summary>Figures of a flash sale as they are now.</summary>
/// <param name="SaleId">The sale.</param>
/// <param name="Status"><c>announced</c>, <c>open</c>, <c>soldOut</c> for now, or <c>closed</c>.</param>
/// <param name="Units">Units that stock gave.</param>
/// <param name="Remaining">Units that nobody has claimed.</param>
/// <param name="Claimed">Units that are claimed and not offered again.</param>
/// <param name="Claims">Claims that were made.</param>
/// <param name="Orders">Claims that became orders.</param>
sealed record FlashSaleNow(Guid SaleId, string Status, int Units, int Remaining, int Claimed, int Claims, int Orders)
{
    /// <summary>As the read model has it.</summary>
    public static FlashSaleNow Of(FlashSaleView sale, DateTimeOffset now) =>
        new(sale.Id, FlashSaleResource.StatusOf(sale, now), sale.Units, sale.Remaining, sale.Claimed, sale.Claims, sale.Orders);
}

/// <summary>
/// Tells listeners how sales go. However many listen to a sale, its read model is looked at once in a while; who is slow misses
/// what was between, never the latest.
/// </summary>
/// <param name="read">Reads a sale; null: there is none.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">The process ends.</param>
sealed class FlashSaleLive(Func<FlashSaleId, CancellationToken, Task<FlashSaleView?>> read, TimeProvider time, CancellationToken stopping)
{
    /// <summary>Listeners of this process at most: each holds a connection and some kilobytes.</summary>
    public const int ListenersMax = 5_000;

    /// <summary>How often a sale's figures are read: faster than a person sees.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>After so long without news a listener is told that there are none, so that no proxy takes the connection for dead.</summary>
    public static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(15);

    /// <summary>After so long a listener has to come again, with the id of what it heard last: so processes get rid of connections.</summary>
    public static readonly TimeSpan ListeningMax = TimeSpan.FromMinutes(10);

    readonly ConcurrentDictionary<FlashSaleId, Look> _looks = [];
    int _listeners;

    /// <summary>Takes a place among the listeners, to be given up by <see cref="Leave"/>; false: there is none.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _listeners) <= ListenersMax)
        {
            return true;
        }

        Interlocked.Decrement(ref _listeners);
        return false;
    }

    /// <summary>Gives the place up.</summary>
    public void Leave() => Interlocked.Decrement(ref _listeners);

    /// <summary>What happens from now on, beginning with what is known, up to the figures of the closed sale; for who has a place.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="heard">Position of what was heard last; that is not told again.</param>
    /// <param name="cancellationToken">The listener goes.</param>
    public async IAsyncEnumerable<LiveNews> Listen(FlashSaleId sale, long heard, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        using var limit = new CancellationTokenSource(ListeningMax, time);
        using var end = limit.Token.Register(over.Cancel);
        var toldAt = time.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            var view = await Latest(sale, over.Token).ConfigureAwait(false);
            if (view is not null && (view.Position > heard || view.IsClosed))
            {
                (heard, toldAt) = (view.Position, time.GetTimestamp());
                yield return new LiveNews.Figures(FlashSaleNow.Of(view, time.GetUtcNow()), view.Position);
                if (view.IsClosed)
                {
                    yield break;
                }
            }
            else if (time.GetElapsedTime(toldAt) >= HeartbeatEvery)
            {
                toldAt = time.GetTimestamp();
                yield return new LiveNews.None();
            }

            await Task.Delay(LookEvery, time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Whoever comes first within the time reads for all.
    async Task<FlashSaleView?> Latest(FlashSaleId sale, CancellationToken cancellationToken)
    {
        var look = _looks.AddOrUpdate(sale, Begin, (id, last) => time.GetElapsedTime(last.At) < LookEvery ? last : Begin(id));
        Forget();
        try
        {
            return await look.View.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ReadModelUnavailableException)
        {
            // Nothing is told while the read database is away.
            return null;
        }
    }

    Look Begin(FlashSaleId sale) => new(time.GetTimestamp(), new Lazy<Task<FlashSaleView?>>(() => read(sale, stopping)));

    void Forget()
    {
        foreach (var (sale, look) in _looks)
        {
            if (time.GetElapsedTime(look.At) > HeartbeatEvery)
            {
                _looks.TryRemove(KeyValuePair.Create(sale, look));
            }
        }
    }

    sealed record Look(long At, Lazy<Task<FlashSaleView?>> Reading)
    {
        public Task<FlashSaleView?> View => Reading.Value;
    }
}
