using System.Collections.Concurrent;
using Commerce.Commands.Payments;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;

namespace Commerce.Commands.Reconciliation;

/// <summary>What both sides say of a day.</summary>
/// <param name="Ours">Every movement of each payment that either side moved on it.</param>
/// <param name="Theirs">The statement, and what the provider told of payments that it lacks.</param>
/// <param name="News">The same as news, to be recorded.</param>
sealed record BothBooks(IReadOnlyCollection<OwnMovement> Ours, IReadOnlyList<ProviderMovement> Theirs, IReadOnlyDictionary<MovementId, PaymentNews> News);

/// <summary>Gathers what both sides say of a day: the provider's statement, and our log, which is read through for the payments that moved on it.</summary>
sealed class DayBooks(IEventLog log, IPaymentProvider provider, ReconciliationOptions options)
{
    /// <summary>Streams that are read, and payments that are looked up, at once.</summary>
    const int AtOnceMax = 16;

    /// <summary>An event cannot have happened later than the log took it, but for clocks that differ.</summary>
    static readonly TimeSpan ClockSkewMax = TimeSpan.FromHours(1);

    static readonly StreamFilter Payments = StreamFilter.Categories("payment");

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
            Bound(statement.Count, "The provider's statement", date);
        }

        var moved = await Moved(date, cancellationToken).ConfigureAwait(false);
        moved.UnionWith(statement.Select(n => n.Payment));
        var ours = await Ledgers(moved, cancellationToken).ConfigureAwait(false);
        var lacking = Books.Lacking(date, ours, statement.Select(n => Movement(n, date)));
        var told = await LookUp([.. lacking.Take(options.LookupsMax)], cancellationToken).ConfigureAwait(false);

        // What it has on this very day and its statement lacks is missing there all the same: the statement is what it settles by.
        statement.AddRange(told.Where(n => n.At is not { } at || !Books.IsOn(date, at)));
        return new(ours, [.. statement.Select(n => Movement(n, date))], statement.GroupBy(IdOf).ToDictionary(g => g.Key, g => g.First()));
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

    async Task<HashSet<PaymentId>> Moved(DateOnly date, CancellationToken cancellationToken)
    {
        var moved = new HashSet<PaymentId>();
        var from = new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero) - ClockSkewMax;
        await foreach (var recorded in log.ReadAll(LogPosition.Start, Payments, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            if (recorded.RecordedAt >= from && Books.IsOn(date, WhenOf(recorded)) && EventCatalog.Read(recorded) is PaymentEvent e && PaymentLedger.IsMovement(e))
            {
                moved.Add(PaymentId.Parse(recorded.Stream.Id, null));
                Bound(moved.Count, "Our log", date);
            }
        }

        return moved;
    }

    async Task<IReadOnlyCollection<OwnMovement>> Ledgers(HashSet<PaymentId> payments, CancellationToken cancellationToken)
    {
        var movements = new ConcurrentBag<OwnMovement>();
        await Parallel.ForEachAsync(payments, AtOnce(cancellationToken), async (payment, ct) =>
        {
            var ledger = PaymentLedger.Of(payment);
            await foreach (var recorded in log.ReadStream(Payment.StreamOf(payment), ReadDirection.Forwards, 0, int.MaxValue, ct).ConfigureAwait(false))
            {
                ledger = EventCatalog.Read(recorded) is PaymentEvent e ? ledger.After(e, WhenOf(recorded)) : ledger;
            }

            foreach (var movement in ledger.Movements.Values)
            {
                movements.Add(movement);
            }
        }).ConfigureAwait(false);
        return movements;
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

    void Bound(int count, string side, DateOnly date)
    {
        if (count > options.MovementsMax)
        {
            throw new ReconciliationException($"{side} has more than {options.MovementsMax} movements on {date:yyyy-MM-dd}: more than can be held against each other at once.");
        }
    }

    static ParallelOptions AtOnce(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = cancellationToken };

    static DateTimeOffset WhenOf(RecordedEvent recorded) => EventMetadata.TryRead(recorded.Metadata)?.OccurredAt ?? recorded.RecordedAt;
}
