using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Importing;

/// <summary>Appends what a chunk's plan says: all its streams at once, catalogue and orders begun first.</summary>
/// <remarks>Streams do not wait for each other: readers of the log may meet an order's stock before the order, here as in live trade.</remarks>
sealed class ChunkWriter(IEventLog log)
{
    /// <summary>Streams written at once: enough that the log can put a thousand appends into one transaction.</summary>
    public const int StreamsInFlightMax = 2_048;

    /// <summary>SKUs whose stock and catalogue entry are kept: four times what a year of the wholesaler's trade knows, some hundred bytes each.</summary>
    const int SkusCachedMax = 16_384;

    // Nothing is left to decide in the fulfilment of past trade; it is only told.
    static readonly Decider<FulfilmentEvent, FulfilmentEvent, int> Told = new("fulfilment", 0, (told, _) => told, (events, _) => events + 1);

    readonly StreamWriter<ProductCommand, ProductEvent, Product> _products = new(log, Product.Decider, SkusCachedMax);
    readonly StreamWriter<StockCommand, StockEvent, Stock> _stock = new(log, Stock.Decider, SkusCachedMax);
    readonly StreamWriter<OrderCommand, OrderEvent, Order> _orders = new(log, Order.Decider, cachedMax: 0);
    readonly StreamWriter<PaymentCommand, PaymentEvent, Payment> _payments = new(log, Payment.Decider, cachedMax: 0);
    readonly StreamWriter<FulfilmentEvent, FulfilmentEvent, int> _fulfilments = new(log, Told, cachedMax: 0);
    readonly StreamWriter<CreditNoteCommand, CreditNoteEvent, CreditNote> _credits = new(log, CreditNote.Decider, cachedMax: 0);

    /// <summary>Writes the plan; writing it again changes nothing.</summary>
    /// <param name="chunk">Names the chunk: the same for the same part of the same file.</param>
    /// <param name="plan">What to append.</param>
    /// <param name="cancellationToken">Stops between two appends.</param>
    /// <exception cref="ImportException">A stream refuses what the file says.</exception>
    public async Task Write(string chunk, ChunkPlan plan, CancellationToken cancellationToken)
    {
        var parts = new ChunkParts(chunk);
        await Run(
            [
                .. Writes(parts.Products(plan), _products),
                .. Writes(parts.Orders(plan), _orders),
                .. Writes(parts.Stocks(plan), _stock),
                .. Writes(parts.Payments(plan), _payments),
                .. Writes(parts.Fulfilments(plan), _fulfilments),
                .. Writes(parts.Credits(plan), _credits),
            ],
            cancellationToken).ConfigureAwait(false);
    }

    static Task Run(IReadOnlyCollection<Func<CancellationToken, Task>> writes, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        writes,
        new ParallelOptions { MaxDegreeOfParallelism = StreamsInFlightMax, CancellationToken = cancellationToken },
        async (write, ct) => await write(ct).ConfigureAwait(false));

    static IEnumerable<Func<CancellationToken, Task>> Writes<TCommand, TEvent, TState>(
        IEnumerable<IReadOnlyList<StreamPart<TCommand, TState>>> streams, StreamWriter<TCommand, TEvent, TState> writer)
        where TEvent : class
        => streams.Select(parts => (Func<CancellationToken, Task>)(async ct =>
        {
            foreach (var part in parts)
            {
                await writer.Write(part, ct).ConfigureAwait(false);
            }
        }));
}
