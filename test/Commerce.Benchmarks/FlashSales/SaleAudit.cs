using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Log;

namespace Commerce.Benchmarks.FlashSales;

/// <summary>What the log says of some sales.</summary>
sealed class SaleAudit
{
    readonly HashSet<Guid> _claims = [];

    /// <summary>Units that are sold.</summary>
    public long Sold { get; private set; }

    /// <summary>Reads it, by other code than that which decides.</summary>
    /// <exception cref="BenchmarkFailedException">A sale sold more than stock gave it, a claim twice, or a customer too much.</exception>
    public static async Task<SaleAudit> Read(IEventLog log, IEnumerable<FlashSaleId> sales, CancellationToken cancellationToken)
    {
        var audit = new SaleAudit();
        foreach (var sale in sales)
        {
            await audit.Add(log, sale, cancellationToken);
        }

        return audit;
    }

    /// <summary>Whether what came since is what clients were told, and nothing else.</summary>
    /// <param name="before">What the log said before.</param>
    /// <param name="acknowledged">Ids of the claims that clients were told of.</param>
    /// <exception cref="BenchmarkFailedException">It is not.</exception>
    public void DemandGrownBy(SaleAudit before, IReadOnlyCollection<Guid> acknowledged)
    {
        if (_claims.Count != before._claims.Count + acknowledged.Count || !acknowledged.All(id => _claims.Contains(id) && !before._claims.Contains(id)))
        {
            throw new BenchmarkFailedException($"Clients were told of {acknowledged.Count} claims, the log holds {_claims.Count - before._claims.Count}, or others.");
        }
    }

    /// <summary>Whether all of it is what clients were told.</summary>
    /// <exception cref="BenchmarkFailedException">It is not.</exception>
    public void DemandHolds(IReadOnlyCollection<Guid> acknowledged) => DemandGrownBy(new(), acknowledged);

    async Task Add(IEventLog log, FlashSaleId sale, CancellationToken cancellationToken)
    {
        var (offered, sold, limit, shards, byCustomer) = (0L, 0L, 0, 1, new Dictionary<CustomerId, int>());
        for (var shard = 0; shard < shards; shard++)
        {
            await foreach (var recorded in log.ReadStream(SaleShard.StreamOf(sale, shard), ReadDirection.Forwards, 0, int.MaxValue, cancellationToken))
            {
                switch (EventCatalog.Read(recorded))
                {
                    case FlashSaleEvent.Announced e:
                        limit = e.UnitsPerCustomer;
                        break;
                    case FlashSaleEvent.Sharded e:
                        shards = e.Of;
                        break;
                    case FlashSaleEvent.Stocked e:
                        offered += e.Parts.Sum(p => (long)p.Quantity);
                        break;
                    case FlashSaleEvent.Claimed e:
                        sold += e.Quantity;
                        byCustomer[e.Customer] = byCustomer.GetValueOrDefault(e.Customer) + e.Quantity;
                        Demand(_claims.Add(e.Claim.Value) && byCustomer[e.Customer] <= limit, $"{sale}: claim {e.Claim} was made before, or its customer has too many.");
                        break;
                    case FlashSaleEvent.ClaimReturned e:
                        sold -= e.Quantity;
                        break;
                }
            }
        }

        Demand(sold <= offered, $"{sale}: {sold} of {offered} units were sold.");
        Sold += sold;
    }

    static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new BenchmarkFailedException(otherwise);
        }
    }
}
