using System.Collections.Concurrent;
using Commerce.Commands.Payments;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;

namespace Commerce.Commands.Reconciliation;

/// <summary>What both sides say of a day.</summary>
/// <param name="Ours">Every movement of each payment that either side moved on it.</param>
/// <param name="Theirs">The statement, and what the provider told of payments that it lacks.</param>
/// <param name="News">The same as news, to be recorded.</param>
/// <param name="Orders">What the orders of these payments want.</param>
sealed record BothBooks(
    IReadOnlyCollection<OwnMovement> Ours, IReadOnlyList<ProviderMovement> Theirs, IReadOnlyDictionary<MovementId, PaymentNews> News, IReadOnlyCollection<OrderLedger> Orders);

/// <summary>Gathers what both sides say of a day: the provider's statement, and our log, which is read through for the payments that moved on it and the orders that want something of them.</summary>
sealed class DayBooks(IEventLog log, IPaymentProvider provider, ReconciliationOptions options)
{
    /// <summary>Streams that are read, and payments that are looked up, at once.</summary>
    const int AtOnceMax = 16;

    /// <summary>Gathers them.</summary>
    /// <exception cref="ReconciliationException">A side has more movements than can be held.</exception>
    /// <exception cref="PaymentProviderUnavailableException">The provider does not answer.</exception>
    /// <exception cref="PaymentProviderFaultException">What it says makes no sense.</exception>
    public async Task<BothBooks> Gather(DateOnly date, CancellationToken cancellationToken)
    {
        var statement = new List<PaymentNews>();
        await foreach (var news in provider.Statement(date, cancellationToken).ConfigureAwait(false))
        {
            statement.Add(news);
            DayScan.Bound(statement.Count, "The provider's statement", date, options.MovementsMax);
        }

        var scan = new DayScan(date, options.MovementsMax);
        await scan.Read(log, cancellationToken).ConfigureAwait(false);
        var ours = await Ledgers(scan.Payments.Union(statement.Select(n => n.Payment)), cancellationToken).ConfigureAwait(false);
        var orders = await OrderLedgers(scan.Orders.Union(ours.Select(o => o.Order)), scan.InHands, cancellationToken).ConfigureAwait(false);
        var lacking = Books.Lacking(date, ours, statement.Select(n => Movement(n, date)));
        var told = await LookUp([.. lacking.Take(options.LookupsMax)], cancellationToken).ConfigureAwait(false);

        // What it has on this very day and its statement lacks is missing there all the same: the statement is what it settles by.
        statement.AddRange(told.Where(n => n.At is not { } at || !Books.IsOn(date, at)));
        return new(ours, [.. statement.Select(n => Movement(n, date))], statement.GroupBy(IdOf).ToDictionary(g => g.Key, g => g.First()), orders);
    }

    static MovementId IdOf(PaymentNews news) => new(news.Payment, news.Movement, news.Id);

    // A line that does not say when it happened is of the day whose statement it stands in.
    static ProviderMovement Movement(PaymentNews news, DateOnly date) => new(
        IdOf(news),
        news.Amount,
        news.Answer switch
        {
            ProviderAnswer.Approved => MovementState.Done,
            ProviderAnswer.Declined => MovementState.Declined,
            _ => MovementState.Awaited,
        },
        (news.Answer as ProviderAnswer.Approved)?.Reference,
        news.At ?? new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero));

    async Task<IReadOnlyCollection<OwnMovement>> Ledgers(IEnumerable<PaymentId> payments, CancellationToken cancellationToken)
    {
        var movements = new ConcurrentBag<OwnMovement>();
        await Parallel.ForEachAsync(payments, AtOnce(cancellationToken), async (payment, ct) =>
        {
            var ledger = PaymentLedger.Of(payment);
            await foreach (var recorded in log.ReadStream(Payment.StreamOf(payment), ReadDirection.Forwards, 0, int.MaxValue, ct).ConfigureAwait(false))
            {
                ledger = EventCatalog.Read(recorded) is PaymentEvent e ? ledger.After(e, DayScan.WhenOf(recorded)) : ledger;
            }

            foreach (var movement in ledger.Movements.Values)
            {
                movements.Add(movement);
            }
        }).ConfigureAwait(false);
        return movements;
    }

    async Task<IReadOnlyCollection<OrderLedger>> OrderLedgers(IEnumerable<OrderId> orders, HashSet<OrderId> inHands, CancellationToken cancellationToken)
    {
        var ledgers = new ConcurrentBag<OrderLedger>();
        await Parallel.ForEachAsync(orders, AtOnce(cancellationToken), async (order, ct) =>
        {
            var ledger = OrderLedger.Of(order, inHands.Contains(order));
            await foreach (var recorded in log.ReadStream(Order.StreamOf(order), ReadDirection.Forwards, 0, int.MaxValue, ct).ConfigureAwait(false))
            {
                ledger = EventCatalog.Read(recorded) is OrderEvent e ? ledger.After(e, DayScan.WhenOf(recorded)) : ledger;
            }

            ledgers.Add(ledger);
        }).ConfigureAwait(false);
        return ledgers;
    }

    async Task<IEnumerable<PaymentNews>> LookUp(IReadOnlyList<PaymentId> payments, CancellationToken cancellationToken)
    {
        var told = new ConcurrentBag<PaymentNews>();
        await Parallel.ForEachAsync(payments, AtOnce(cancellationToken), async (payment, ct) =>
        {
            foreach (var news in await provider.Find(payment, ct).ConfigureAwait(false))
            {
                told.Add(news);
            }
        }).ConfigureAwait(false);
        return told;
    }

    static ParallelOptions AtOnce(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = cancellationToken };
}
