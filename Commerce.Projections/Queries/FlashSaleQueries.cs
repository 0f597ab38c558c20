using Commerce.Domain;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Queries;

/// <summary>Reads flash sales. Every method throws <see cref="ReadModelUnavailableException"/> when the read database is not there.</summary>
public sealed class FlashSaleQueries(IDocumentStore store)
{
    const char List = 'f';

    /// <summary>The sale, or null.</summary>
    public async Task<FlashSaleView?> Get(FlashSaleId id, CancellationToken cancellationToken) =>
        await store.Load<FlashSaleView, Guid>([id.Value], cancellationToken) is [var sale] ? sale : null;

    /// <summary>A claim of the sale, or null.</summary>
    public async Task<FlashSaleClaimView?> GetClaim(FlashSaleId id, OrderId claim, CancellationToken cancellationToken) =>
        await store.Load<FlashSaleClaimView, Guid>([claim.Value], cancellationToken) is [var found] && found.Sale == id.Value ? found : null;

    /// <summary>Flash sales, by id.</summary>
    public async Task<Listed<FlashSaleView>> Find(PageRequest page, CancellationToken cancellationToken)
    {
        if (page.IsLimitInvalid())
        {
            return new Listed<FlashSaleView>.Refused(ListRefusal.LimitInvalid);
        }

        var conditions = new Conditions();
        if (page.Cursor is { } cursor)
        {
            if (!Cursor.TryRead(cursor, List, 1, out var key) || !Guid.TryParse(key[0], out var after))
            {
                return new Listed<FlashSaleView>.Refused(ListRefusal.CursorInvalid);
            }

            conditions.And("d.id > ?", after);
        }

        return await Paging.Read<FlashSaleView>(store, conditions, "d.id", page, s => Cursor.Write(List, s.Id.ToString()), cancellationToken);
    }
}
