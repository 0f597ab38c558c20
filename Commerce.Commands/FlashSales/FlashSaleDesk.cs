using Commerce.Commands.Handling;
using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using MassTransit;

namespace Commerce.Commands.FlashSales;

/// <summary>
/// Does what follows from a flash sale: stock gives its units, claims that have a payment become orders, and what is left goes
/// back to stock. Every fact may come twice and has its effect once.
/// </summary>
sealed class FlashSaleDesk(ICommandProcessor processor, FlashSaleStocker stocker, FlashSaleShards shards, IEventLog log, Func<long> nextNumber, TimeProvider time) :
    IConsumer<FlashSaleAnnounced>, IConsumer<ClaimPaid>, IConsumer<FlashSaleRestReturned>, IConsumer<FlashSaleUnitsGiven>
{
    /// <summary>Who its commands are recorded by.</summary>
    public const string Actor = "flash-sales";

    /// <summary>Sales whose terms are remembered; the others are one short read.</summary>
    const int TermsKeptMax = 1_000;

    readonly RecentlyUsed<FlashSaleId, FlashSaleEvent.Announced> _terms = new(TermsKeptMax);

    public Task Consume(ConsumeContext<FlashSaleAnnounced> context) => Handle(context);

    public Task Consume(ConsumeContext<ClaimPaid> context) => Handle(context);

    public Task Consume(ConsumeContext<FlashSaleRestReturned> context) => Handle(context);

    public Task Consume(ConsumeContext<FlashSaleUnitsGiven> context) => Handle(context);

    /// <summary>Does what follows from the message's event.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer: the same message again goes on.</exception>
    /// <exception cref="Numbering.OrderNumbersUnavailableException">No order number can be given now.</exception>
    public Task Handle(HandledMessage cause, CancellationToken cancellationToken) => cause.Event switch
    {
        FlashSaleEvent.Announced e => Give(e, cause, cancellationToken),
        FlashSaleEvent.PaymentGiven e => Place(e, cause, cancellationToken),
        FlashSaleEvent.RestReturned e => TakeBack(e, cause, cancellationToken),
        FlashSaleEvent.UnitsGiven e => Bring(e, cause, cancellationToken),
        var other => throw new InvalidOperationException($"Nothing follows from {other.GetType()}."),
    };

    async Task Handle<T>(ConsumeContext<T> context)
        where T : FactMessage
    {
        using var cause = HandledMessage.Of(context, Actor, context.IsFirst());
        await Handle(cause, context.CancellationToken).ConfigureAwait(false);
    }

    async Task Give(FlashSaleEvent.Announced sale, Cause cause, CancellationToken cancellationToken)
    {
        if (await stocker.Give(sale, cause.Command(null), cancellationToken).ConfigureAwait(false) is CommandOutcome.Rejected refused)
        {
            throw Unexplained(refused.Rejection);
        }
    }

    async Task Place(FlashSaleEvent.PaymentGiven paid, HandledMessage cause, CancellationToken cancellationToken)
    {
        var terms = await TermsOf(paid.Sale, cancellationToken).ConfigureAwait(false);
        var command = new OrderCommand.Place(
            paid.Claim, nextNumber(), terms.UnitPrice.Currency, paid.Customer, null, paid.Token, OrderOrigin.Client, [new(1, terms.Sku, terms.Name, paid.Quantity, terms.UnitPrice)])
        {
            Sale = new(paid.Sale, paid.Location),
        };
        var context = cause.Command($"{paid.Claim}/place") with { BeginsStream = cause.IsFirst };
        var refusal = await processor.Insist(Order.Decider, Order.StreamOf(paid.Claim), command, context, time, cancellationToken).ConfigureAwait(false);
        if (refusal is not null && refusal != OrderRejections.Exists)
        {
            throw Unexplained(refusal);
        }
    }

    async Task TakeBack(FlashSaleEvent.RestReturned rest, Cause cause, CancellationToken cancellationToken)
    {
        var command = new StockCommand.ReturnAllocation(rest.Sale, rest.Quantity, rest.Number);
        if (await processor.Insist(Stock.Decider, Stock.StreamOf(rest.Sku, rest.Location), command, cause.Command(null), time, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            throw Unexplained(refusal);
        }
    }

    async Task Bring(FlashSaleEvent.UnitsGiven given, Cause cause, CancellationToken cancellationToken)
    {
        if (await shards.Take(given, cause.Command(null), time, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            throw Unexplained(refusal);
        }
    }

    async ValueTask<FlashSaleEvent.Announced> TermsOf(FlashSaleId sale, CancellationToken cancellationToken)
    {
        if (_terms.TryGet(sale, out var known))
        {
            return known;
        }

        await foreach (var first in log.ReadStream(FlashSale.StreamOf(sale), ReadDirection.Forwards, 0, 1, cancellationToken).ConfigureAwait(false))
        {
            if (EventCatalog.Read(first) is FlashSaleEvent.Announced announced)
            {
                _terms.Put(sale, announced);
                return announced;
            }
        }

        throw new InvalidOperationException($"Flash sale {sale} was never announced.");
    }

    static InvalidOperationException Unexplained(Rejection refusal) => new($"A flash sale was refused what its story allows ({refusal.Code}: {refusal.Detail}).");
}
