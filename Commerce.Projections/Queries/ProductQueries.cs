using Commerce.Domain;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Queries;

/// <summary>Which products are wanted; null means any.</summary>
public sealed record ProductFilter
{
    /// <summary>How the SKU begins.</summary>
    public string? SkuPrefix { get; init; }

    /// <summary>How the name begins, upper and lower case alike.</summary>
    public string? NamePrefix { get; init; }

    /// <summary>Whether they are discontinued.</summary>
    public bool? IsDiscontinued { get; init; }
}

/// <summary>Reads the catalogue. Every method throws <see cref="ReadModelUnavailableException"/> when the read database is not there.</summary>
public sealed class ProductQueries(IDocumentStore store)
{
    const char List = 'p';

    readonly DocumentReads<ProductView, string> _products = new(store, ProjectionNames.Products);

    /// <summary>The product, or null.</summary>
    public Task<ProductView?> Get(Sku sku, CancellationToken cancellationToken) => _products.Find(sku.Value, cancellationToken);

    /// <summary>Products that pass the filter, by SKU.</summary>
    public async Task<Listed<ProductView>> Find(ProductFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        if (page.IsLimitInvalid())
        {
            return new Listed<ProductView>.Refused(ListRefusal.LimitInvalid);
        }

        var conditions = new Conditions()
            .AndIf(filter.SkuPrefix is { } sku ? Paging.Prefix(sku) : null, "d.id like ?")
            .AndIf(filter.NamePrefix is { } name ? Paging.Prefix(name) : null, "d.data ->> 'name' ilike ?")
            .AndIf(filter.IsDiscontinued, "(d.data ->> 'isDiscontinued')::boolean = ?");
        if (page.Cursor is { } cursor)
        {
            if (!Cursor.TryRead(cursor, List, 1, out var key))
            {
                return new Listed<ProductView>.Refused(ListRefusal.CursorInvalid);
            }

            conditions.And("d.id > ?", key[0]);
        }

        return await Paging.Read<ProductView>(store, conditions, "d.id", page, p => Cursor.Write(List, p.Id), cancellationToken);
    }
}
