using Commerce.Domain;

namespace Commerce.Commands.Importing;

/// <summary>Sales that cancellations of a chunk may be matched to: those of earlier chunks that were asked for, and those of this one.</summary>
sealed class OpenSales
{
    readonly Dictionary<(CustomerId, Sku), List<SaleLine>> _byCustomer = [];
    readonly Dictionary<(OrderId, int), SaleLine> _changed = [];

    public OpenSales(IEnumerable<SaleLine> earlier)
    {
        foreach (var sale in earlier)
        {
            Of(sale.Customer, sale.Sku).Add(sale);
        }
    }

    /// <summary>Sales that are new or changed.</summary>
    public IReadOnlyList<SaleLine> Changed => [.. _changed.Values];

    /// <summary>One more sale.</summary>
    public void Add(SaleLine sale)
    {
        Of(sale.Customer, sale.Sku).Add(sale);
        _changed[(sale.Order, sale.Line)] = sale;
    }

    /// <summary>
    /// Takes back up to so many units of a SKU from what the customer bought until then at just this price, the newest first.
    /// A credit at another price does not undo a sale: for a return, an order owes its own price. Such units are credited.
    /// </summary>
    /// <returns>For each sale, its state before and the units taken.</returns>
    public IEnumerable<(SaleLine Sale, int Units)> TakeBack(CustomerId customer, Sku sku, decimal price, DateTimeOffset until, int units)
    {
        var sales = Of(customer, sku);
        var newestFirst = Enumerable.Range(0, sales.Count)
            .Where(n => sales[n].Open > 0 && sales[n].UnitPrice == price && sales[n].At <= until)
            .OrderByDescending(n => sales[n].At).ThenByDescending(n => sales[n].Number).ThenByDescending(n => sales[n].Line);
        foreach (var n in newestFirst.ToList())
        {
            if (units == 0)
            {
                yield break;
            }

            var sale = sales[n];
            var taken = Math.Min(units, sale.Open);
            units -= taken;
            sales[n] = _changed[(sale.Order, sale.Line)] = sale with { Returned = sale.Returned + taken };
            yield return (sale, taken);
        }
    }

    /// <summary>Units of the SKU that the customer bought until then and that did not come back.</summary>
    public int Kept(CustomerId customer, Sku sku, DateTimeOffset until) => Of(customer, sku).Where(s => s.At <= until).Sum(s => s.Open);

    List<SaleLine> Of(CustomerId customer, Sku sku) =>
        _byCustomer.TryGetValue((customer, sku), out var sales) ? sales : _byCustomer[(customer, sku)] = [];
}
