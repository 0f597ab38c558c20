using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Importing;

/// <summary>Orders a chunk's commands by stream and cuts them into appends, each stream's in the order of the file.</summary>
/// <param name="chunk">Names the chunk.</param>
sealed class ChunkParts(string chunk)
{
    /// <summary>Who asks, in every event's metadata.</summary>
    public const string Actor = "import";

    // Rough sizes in the log, with metadata; see StreamParts.
    const int WeightOfEvent = 450;
    const int WeightOfLine = 250;
    const int BytesOfCharMax = 6;

    readonly Dictionary<Occasion, ReadOnlyMemory<byte>> _metadata = [];

    /// <summary>Each SKU that is sold.</summary>
    public IEnumerable<IReadOnlyList<StreamPart<ProductCommand, Product>>> Products(ChunkPlan plan)
    {
        foreach (var (sku, planned) in plan.Products)
        {
            var (stream, metadata) = (Product.StreamOf(sku), Metadata(planned.Occasion));
            yield return
            [
                new(stream, ImportIds.Batch(chunk, stream.Value, 0), product =>
                    PastTrade.Offer(sku, planned, product).Select(c => new Step<ProductCommand>(c, metadata, WeightOfEvent))),
            ];
        }
    }

    /// <summary>Each order, and what comes back of it or of an earlier one.</summary>
    public IEnumerable<IReadOnlyList<StreamPart<OrderCommand, Order>>> Orders(ChunkPlan plan) =>
        ByOrder<OrderCommand, Order>(plan, Order.StreamOf, PastTrade.Sell, PastTrade.TakeBack);

    /// <summary>Each payment, and what is given back of it.</summary>
    public IEnumerable<IReadOnlyList<StreamPart<PaymentCommand, Payment>>> Payments(ChunkPlan plan) =>
        ByOrder<PaymentCommand, Payment>(plan, order => Payment.StreamOf(PaymentId.For(order)), PastTrade.Pay, PastTrade.Refund);

    /// <summary>What each order's fulfilment has to know.</summary>
    public IEnumerable<IReadOnlyList<StreamPart<FulfilmentEvent, int>>> Fulfilments(ChunkPlan plan) =>
        ByOrder<FulfilmentEvent, int>(plan, FulfilmentState.StreamOf, PastTrade.Fulfil, PastTrade.Settle);

    /// <summary>Each SKU's movements, after an opening receipt of what they need beyond what is there.</summary>
    public IEnumerable<IReadOnlyList<StreamPart<StockCommand, Stock>>> Stocks(ChunkPlan plan) => plan.Stock.Select(s => Cut<StockCommand, Stock>(
        Stock.StreamOf(s.Key, PastTrade.Location),
        s.Value.Select(m => new Step<StockCommand>(m.Command, Metadata(m.Occasion), WeightOf(m.Command))),
        (stock, moves) => PastTrade.Missing(stock, moves.Select(m => m.Command)) is > 0 and var missing
            ? moves.Prepend(new(new StockCommand.Receive(missing, "opening stock"), moves[0].Metadata, WeightOfEvent))
            : moves));

    /// <summary>Each credit note.</summary>
    public IEnumerable<IReadOnlyList<StreamPart<CreditNoteCommand, CreditNote>>> Credits(ChunkPlan plan) => plan.Credits.Select(c => Cut<CreditNoteCommand, CreditNote>(
        CreditNote.StreamOf(c.Issue.Reference),
        [new(c.Issue, Metadata(c.Occasion), WeightOfEvent + (WeightOfLine * c.Issue.Lines.Length))],
        (_, steps) => steps));

    static int WeightOf(StockCommand command) =>
        command is StockCommand.WriteOff or StockCommand.Receive ? WeightOfEvent + (BytesOfCharMax * Stock.TextLengthMax) : WeightOfEvent;

    static int WeightOf(PlannedOrder o) => WeightOfEvent + o.Place.Lines.Sum(l => WeightOfLine + (BytesOfCharMax * l.Name.Length));

    static int WeightOf(PlannedReturn r) => WeightOfEvent + (WeightOfLine * r.Lines.Length);

    IEnumerable<IReadOnlyList<StreamPart<TCommand, TState>>> ByOrder<TCommand, TState>(
        ChunkPlan plan, Func<OrderId, StreamName> streamOf, Func<PlannedOrder, TCommand[]> sell, Func<PlannedReturn, TCommand[]> takeBack)
    {
        var sold = plan.Orders.Select(o => (o.Place.Order, Steps: Steps(o.Occasion, WeightOf(o), sell(o))));
        var returned = plan.Returns.Select(r => (r.Order, Steps: Steps(r.Occasion, WeightOf(r), takeBack(r))));
        return sold.Concat(returned)
            .GroupBy(s => s.Order)
            .Select(g => Cut<TCommand, TState>(streamOf(g.Key), g.SelectMany(s => s.Steps), (_, steps) => steps));
    }

    // The first command of an order or return is the one that names its lines.
    IEnumerable<Step<TCommand>> Steps<TCommand>(Occasion occasion, int weightOfFirst, TCommand[] commands) =>
        commands.Select((c, n) => new Step<TCommand>(c, Metadata(occasion), n == 0 ? weightOfFirst : WeightOfEvent));

    List<StreamPart<TCommand, TState>> Cut<TCommand, TState>(
        StreamName stream, IEnumerable<Step<TCommand>> steps, Func<TState, List<Step<TCommand>>, IEnumerable<Step<TCommand>>> given) =>
        [.. StreamParts.Cut(steps).Select((part, n) => new StreamPart<TCommand, TState>(stream, ImportIds.Batch(chunk, stream.Value, n), state => given(state, part)))];

    ReadOnlyMemory<byte> Metadata(Occasion occasion)
    {
        if (!_metadata.TryGetValue(occasion, out var metadata))
        {
            var command = ImportIds.Command(occasion.Invoice);
            _metadata[occasion] = metadata = new EventMetadata { OccurredAt = occasion.At, CorrelationId = command, CommandId = command, Actor = Actor }.ToJson();
        }

        return metadata;
    }
}
