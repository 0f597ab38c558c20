using Commerce.Domain;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Queries;

/// <summary>Reads stock levels. Every method throws <see cref="ReadModelUnavailableException"/> when the read database is not there.</summary>
public sealed class StockQueries(IDocumentStore store)
{
    const char List = 's';

    /// <summary>Stock of one SKU at every location that ever held it, by location. Locations are few: no pages.</summary>
    public async Task<IReadOnlyList<StockView>> OfSku(Sku sku, CancellationToken cancellationToken) =>
        await store.Query<StockView>("where d.data ->> 'sku' = $1 order by d.id", [sku.Value], cancellationToken);

    /// <summary>Stock of everything, by SKU and location.</summary>
    public async Task<Listed<StockView>> Find(PageRequest page, CancellationToken cancellationToken)
    {
        if (page.IsLimitInvalid())
        {
            return new Listed<StockView>.Refused(ListRefusal.LimitInvalid);
        }

        var conditions = new Conditions();
        if (page.Cursor is { } cursor)
        {
            if (!Cursor.TryRead(cursor, List, 1, out var key))
            {
                return new Listed<StockView>.Refused(ListRefusal.CursorInvalid);
            }

            conditions.And("d.id > ?", key[0]);
        }

        return await Paging.Read<StockView>(store, conditions, "d.id", page, s => Cursor.Write(List, s.Id), cancellationToken);
    }
}
