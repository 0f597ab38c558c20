using Commerce.Domain;
using Commerce.Domain.Inventory;

namespace Commerce.Commands.Importing;

/// <summary>A chunk's plan while it is made.</summary>
sealed class ChunkBook(IEnumerable<SaleLine> openSales)
{
    readonly Dictionary<Sku, List<StockMove>> _stock = [];
    readonly List<RejectedLine> _rejected = [];

    /// <summary>What cancellations may be matched to.</summary>
    public OpenSales Sales { get; } = new(openSales);

    /// <summary>Orders so far.</summary>
    public List<PlannedOrder> Orders { get; } = [];

    /// <summary>Returns so far.</summary>
    public List<PlannedReturn> Returns { get; } = [];

    /// <summary>Credit notes so far.</summary>
    public List<PlannedCredit> Credits { get; } = [];

    /// <summary>The catalogue so far.</summary>
    public Dictionary<Sku, PlannedProduct> Products { get; } = [];

    /// <summary>Where lines went so far.</summary>
    public ImportFigures Figures { get; set; } = new();

    /// <summary>Lines rejected so far.</summary>
    public int RejectedCount => _rejected.Count;

    /// <summary>One more movement of stock.</summary>
    public void Move(Sku sku, Occasion occasion, StockCommand command)
    {
        if (!_stock.TryGetValue(sku, out var moves))
        {
            _stock[sku] = moves = [];
        }

        moves.Add(new StockMove(occasion, command));
    }

    /// <summary>One more line that is not imported.</summary>
    public void Reject(RetailLine line, string reason)
    {
        _rejected.Add(new RejectedLine(line.Line, reason));
        Figures = Figures with { Rejected = Figures.Rejected + line.Tally };
    }

    /// <summary>The plan, with the invoices that it covers.</summary>
    public ChunkPlan Close(IReadOnlyDictionary<string, long> invoices) => new()
    {
        Orders = Orders,
        Returns = Returns,
        Credits = Credits,
        Stock = _stock,
        Products = Products,
        Invoices = invoices,
        Sales = Sales.Changed,
        Rejected = _rejected,
        Figures = Figures,
    };
}
