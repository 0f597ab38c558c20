using System.Globalization;
using Commerce.Domain;
using Commerce.Domain.Orders;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Queries;

/// <summary>Which orders are wanted; null means any.</summary>
public sealed record OrderFilter
{
    /// <summary>Where they stand.</summary>
    public OrderStatus? Status { get; init; }

    /// <summary>Who ordered.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>Who of them may have ordered, whatever else is wanted.</summary>
    public IEnumerable<CustomerId>? Customers { get; init; }

    /// <summary>Where to, exactly as ordered.</summary>
    public string? Country { get; init; }

    /// <summary>A SKU on one of their lines. Found through the sales lines, which another projection keeps.</summary>
    public Sku? Sku { get; init; }

    /// <summary>Whether something of them is being undone.</summary>
    public bool? IsCompensating { get; init; }

    /// <summary>Placed at this moment or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Placed before this moment.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The projections that are read for it: who waits for a position waits for all of them.</summary>
    public IReadOnlyList<string> Projections => Sku is null ? [ProjectionNames.Orders] : [ProjectionNames.Orders, ProjectionNames.Sales];
}

/// <summary>Reads orders. Every method throws <see cref="ReadModelUnavailableException"/> when the read database is not there.</summary>
public sealed class OrderQueries(IDocumentStore store)
{
    const char List = 'o';

    readonly DocumentReads<OrderView, Guid> _orders = new(store, ProjectionNames.Orders);

    /// <summary>The order, or null.</summary>
    public async Task<OrderView?> Get(OrderId id, CancellationToken cancellationToken) =>
        await _orders.Find(id.Value, cancellationToken) is { PlacedAt: not null } order ? order : null;

    /// <summary>Orders that pass the filter, the last placed first.</summary>
    public async Task<Listed<OrderView>> Find(OrderFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        if (page.IsLimitInvalid())
        {
            return new Listed<OrderView>.Refused(ListRefusal.LimitInvalid);
        }

        var conditions = new Conditions()
            .And("d.placed_at is not null")
            .AndIf(filter.Status?.ToString(), "d.status = ?")
            .AndIf(filter.Customer?.Value, "d.customer = ?")
            .AndIf(filter.Customers?.Select(c => c.Value).ToArray(), "d.customer = any(?)")
            .AndIf(filter.Country, "d.country = ?")
            .AndIf(filter.From?.ToUniversalTime(), "d.placed_at >= ?")
            .AndIf(filter.To?.ToUniversalTime(), "d.placed_at < ?")
            .AndIf(filter.Sku?.Value, "d.id in (select s.order_id from analytics.sales_lines as s where s.sku = ? and s.kind = 'sale')");
        if (filter.IsCompensating is { } isCompensating)
        {
            conditions.And(isCompensating ? "d.compensating_since is not null" : "d.compensating_since is null");
        }

        if (page.Cursor is { } cursor)
        {
            if (!TryRead(cursor, out var placedAt, out var id))
            {
                return new Listed<OrderView>.Refused(ListRefusal.CursorInvalid);
            }

            conditions.And("(d.placed_at, d.id) < (?, ?)", placedAt, id);
        }

        return await Paging.Read<OrderView>(store, conditions, "d.placed_at desc, d.id desc", page, Write, cancellationToken);
    }

    static string Write(OrderView order) =>
        Cursor.Write(List, (order.PlacedAt ?? default).UtcTicks.ToString(CultureInfo.InvariantCulture), order.Id.ToString("D"));

    static bool TryRead(string cursor, out DateTimeOffset placedAt, out Guid id)
    {
        (placedAt, id) = (default, default);
        if (!Cursor.TryRead(cursor, List, 2, out var key)
            || !long.TryParse(key[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            || ticks > DateTimeOffset.MaxValue.Ticks
            || !Guid.TryParseExact(key[1], "D", out id))
        {
            return false;
        }

        placedAt = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }
}
