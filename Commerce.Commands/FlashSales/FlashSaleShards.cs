using Commerce.Commands.Handling;
using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Log;

namespace Commerce.Commands.FlashSales;

/// <summary>
/// Brings what is asked of a sale to the stream that decides it. Where a customer's shard has too little left, others give it some before
/// the customer is told that all is sold: given there, then taken here; where that is cut short, the relay has it taken later.
/// </summary>
/// <param name="commands">Decides.</param>
/// <param name="log">Tells how many shards a sale has.</param>
public sealed class FlashSaleShards(ICommandProcessor commands, IEventLog log)
{
    /// <summary>Sales whose number of shards is remembered; the others are one short read.</summary>
    const int SalesKeptMax = 1_000;

    /// <summary>Events at the head of a sale that say it: its terms, and what follows them.</summary>
    const int HeadEvents = 2;

    readonly RecentlyUsed<FlashSaleId, int> _counts = new(SalesKeptMax);
    readonly Dictionary<StreamName, List<TaskCompletionSource<bool>>> _fetching = [];

    /// <summary>Streams of the sale; 1 where nothing else is known.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    public async ValueTask<int> CountOf(FlashSaleId sale, CancellationToken cancellationToken)
    {
        if (_counts.TryGet(sale, out var known))
        {
            return known;
        }

        var count = 0;
        await foreach (var recorded in log.ReadStream(FlashSale.StreamOf(sale), ReadDirection.Forwards, 0, HeadEvents, cancellationToken).ConfigureAwait(false))
        {
            count = EventCatalog.Read(recorded) is FlashSaleEvent.Sharded sharded ? sharded.Of : 1;
        }

        if (count > 0)
        {
            _counts.Put(sale, count);
        }

        return Math.Max(count, 1);
    }

    /// <summary>Has a claim decided by its customer's shard, whose units are evened out with the others' before it says that all is sold.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="shard">The customer's.</param>
    /// <param name="claim">What is wanted.</param>
    /// <param name="context">Who asks.</param>
    /// <param name="cancellationToken">The caller goes.</param>
    /// <exception cref="EventLogUnavailableException">The log does not answer; the same claim again settles what became of it.</exception>
    public async Task<CommandOutcome> Claim(FlashSaleId sale, SaleShard shard, FlashSaleCommand.Claim claim, CommandContext context, CancellationToken cancellationToken)
    {
        var stream = SaleShard.StreamOf(sale, shard.Number);
        var outcome = await commands.Handle(FlashSale.Decider, stream, claim, context, cancellationToken).ConfigureAwait(false);

        // What was fetched others may take first: as often as there are shards, which each time give the half of what they have.
        for (var attempt = 1; attempt < shard.Of && IsSoldOut(outcome) && await Fetch(sale, shard, stream, claim.Quantity, context, cancellationToken).ConfigureAwait(false); attempt++)
        {
            outcome = await commands.Handle(FlashSale.Decider, stream, claim, context, cancellationToken).ConfigureAwait(false);
        }

        return outcome;
    }

    /// <summary>Closes all shards; the answer is that of the first, at the place where all of it can be seen.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="context">Who asks; a revision that is wanted is that of the first.</param>
    /// <param name="cancellationToken">The caller goes.</param>
    /// <exception cref="EventLogUnavailableException">The log does not answer; closing again goes on.</exception>
    public async Task<CommandOutcome> Close(FlashSaleId sale, CommandContext context, CancellationToken cancellationToken)
    {
        var count = await CountOf(sale, cancellationToken).ConfigureAwait(false);
        var first = await commands.Handle(FlashSale.Decider, FlashSale.StreamOf(sale), new FlashSaleCommand.Close(), context, cancellationToken).ConfigureAwait(false);
        for (var number = 1; number < count && first is CommandOutcome.Accepted done; number++)
        {
            var outcome = await commands.Handle(
                FlashSale.Decider, SaleShard.StreamOf(sale, number), new FlashSaleCommand.Close(), context with { IfRevision = null }, cancellationToken).ConfigureAwait(false);
            first = outcome is CommandOutcome.Accepted closed ? done with { Position = closed.Position > done.Position ? closed.Position : done.Position } : outcome;
        }

        return first;
    }

    /// <summary>Offers what another shard gave; done again, it is done once.</summary>
    internal Task<Rejection?> Take(FlashSaleEvent.UnitsGiven given, CommandContext context, TimeProvider time, CancellationToken cancellationToken) => commands.Insist(
        FlashSale.Decider, SaleShard.StreamOf(given.Sale, given.To), new FlashSaleCommand.TakeUnits(given.From, given.Number, given.Location, given.Quantity), context, time, cancellationToken);

    static bool IsSoldOut(CommandOutcome outcome) => outcome is CommandOutcome.Rejected { Rejection: var rejection } && rejection.Code == FlashSaleRejections.SoldOut.Code;

    // Who comes while units are fetched waits for those: a thousand customers of an empty shard ask the others once.
    async Task<bool> Fetch(FlashSaleId sale, SaleShard shard, StreamName stream, int quantity, CommandContext context, CancellationToken cancellationToken)
    {
        if (Join(stream) is { } fetched)
        {
            return await fetched.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var found = await FetchOnce(sale, shard, quantity, new(context.Actor) { CorrelationId = context.CorrelationId, TraceParent = context.TraceParent }).ConfigureAwait(false);
            End(stream).ForEach(waiting => waiting.TrySetResult(found));
            return found;
        }
        catch (Exception e)
        {
            // Nobody may be told that all is sold because somebody else's question found no answer.
            End(stream).ForEach(waiting => waiting.TrySetException(e));
            throw;
        }
    }

    /// <summary>What comes of the fetching that is under way; null: there was none, and the caller's begins.</summary>
    Task<bool>? Join(StreamName stream)
    {
        lock (_fetching)
        {
            if (_fetching.TryAdd(stream, []))
            {
                return null;
            }

            var waiting = new TaskCompletionSource<bool>();
            _fetching[stream].Add(waiting);
            return waiting.Task;
        }
    }

    /// <summary>Ends the fetching; those who wait for it.</summary>
    List<TaskCompletionSource<bool>> End(StreamName stream)
    {
        lock (_fetching)
        {
            return _fetching.Remove(stream, out var waiting) ? waiting : [];
        }
    }

    async Task<bool> FetchOnce(FlashSaleId sale, SaleShard shard, int quantity, CommandContext context)
    {
        for (var n = 1; n < shard.Of; n++)
        {
            var giver = SaleShard.StreamOf(sale, (shard.Number + n) % shard.Of);
            var given = await commands.Handle(FlashSale.Decider, giver, new FlashSaleCommand.GiveUnits(shard.Number, quantity), context, CancellationToken.None).ConfigureAwait(false);
            if (given is CommandOutcome.Accepted { Events: [FlashSaleEvent.UnitsGiven units] })
            {
                var taken = await commands.Handle(
                    FlashSale.Decider, SaleShard.StreamOf(sale, units.To), new FlashSaleCommand.TakeUnits(units.From, units.Number, units.Location, units.Quantity), context, CancellationToken.None).ConfigureAwait(false);
                return taken is CommandOutcome.Accepted;
            }
        }

        return false;
    }
}
