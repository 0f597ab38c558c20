using System.Collections.Immutable;
using Commerce.Commands.Handling;
using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;

namespace Commerce.Commands.FlashSales;

/// <summary>
/// Gives a sale its units: each location is asked for what is missing, in the order of the house, and what they gave is what
/// the sale offers. Done again, however often, by whomever, each step says what it said the first time.
/// </summary>
public sealed class FlashSaleStocker(ICommandProcessor commands, FlashSaleShards shards, FulfilmentPolicy policy, TimeProvider time)
{
    /// <summary>Units of a SKU that are available now, at all locations.</summary>
    public async Task<long> Available(Sku sku, CancellationToken cancellationToken)
    {
        var stocks = await Task.WhenAll(policy.Locations.Select(l => commands.Load(Stock.Decider, Stock.StreamOf(sku, l), cancellationToken))).ConfigureAwait(false);
        return stocks.Sum(s => (long)s.State.Available);
    }

    /// <summary>Gives the units and has the sale offer them.</summary>
    /// <param name="sale">What was announced.</param>
    /// <param name="context">Who asks; its commands carry no id, for they have their effect once by themselves.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <exception cref="Domain.Log.EventLogUnavailableException">The log does not answer; done again, it goes on where it was.</exception>
    public async Task<CommandOutcome> Give(FlashSaleEvent.Announced sale, CommandContext context, CancellationToken cancellationToken)
    {
        var parts = ImmutableArray.CreateBuilder<SalePart>();
        var missing = sale.Units;
        foreach (var location in policy.Locations)
        {
            if (missing > 0)
            {
                var given = await Allocate(sale, location, missing, context, cancellationToken).ConfigureAwait(false);
                parts.Add(new(location, given));
                missing -= given;
            }
        }

        var count = await shards.CountOf(sale.Sale, cancellationToken).ConfigureAwait(false);
        for (var number = count - 1; number > 0; number--)
        {
            var shard = new SaleShard(number, count);
            await AnnounceShard(sale, shard, context, cancellationToken).ConfigureAwait(false);
            await Offer(sale, shard, parts, context, cancellationToken).ConfigureAwait(false);
        }

        return await Offer(sale, new(0, count), parts, context, cancellationToken).ConfigureAwait(false);
    }

    // By the terms of the first, at a time at which they were good.
    async Task AnnounceShard(FlashSaleEvent.Announced e, SaleShard shard, CommandContext context, CancellationToken cancellationToken)
    {
        var announce = new FlashSaleCommand.Announce(e.Opens, e.Sale, e.Sku, e.Name, e.Units, e.UnitPrice, e.Opens, e.Closes, e.UnitsPerCustomer, e.MinutesToPay) { Shard = shard };
        var refusal = await commands.Insist(FlashSale.Decider, SaleShard.StreamOf(e.Sale, shard.Number), announce, context with { BeginsStream = true }, time, cancellationToken).ConfigureAwait(false);
        if (refusal is not null && refusal != FlashSaleRejections.Exists)
        {
            throw new InvalidOperationException($"A shard of flash sale {e.Sale} was refused: {refusal.Code}.");
        }
    }

    Task<CommandOutcome> Offer(FlashSaleEvent.Announced sale, SaleShard shard, IEnumerable<SalePart> parts, CommandContext context, CancellationToken cancellationToken) => commands.InsistOnAnswer(
        FlashSale.Decider, SaleShard.StreamOf(sale.Sale, shard.Number), new FlashSaleCommand.Stock([.. parts.Select(p => p with { Quantity = shard.ShareOf(p.Quantity) })]), context, time, cancellationToken);

    async Task<int> Allocate(FlashSaleEvent.Announced sale, LocationId location, int quantity, CommandContext context, CancellationToken cancellationToken)
    {
        var stream = Stock.StreamOf(sale.Sku, location);
        var outcome = await commands.InsistOnAnswer(Stock.Decider, stream, new StockCommand.Allocate(sale.Sale, quantity), context, time, cancellationToken).ConfigureAwait(false);
        return outcome switch
        {
            CommandOutcome.Accepted { Events: [StockEvent.Allocated allocated] } => allocated.Quantity,

            // It was asked before, and says what it gave then: another answer would lead to a location that was never asked.
            CommandOutcome.Accepted => (await commands.Load(Stock.Decider, stream, cancellationToken).ConfigureAwait(false)).State.Sales[sale.Sale].Given,
            CommandOutcome.Rejected rejected => throw new InvalidOperationException($"{stream} refused to keep {quantity} units: {rejected.Rejection.Code}."),
            _ => throw new InvalidOperationException($"{stream}: {outcome}"),
        };
    }
}
