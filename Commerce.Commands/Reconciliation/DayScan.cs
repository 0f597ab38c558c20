using Commerce.Domain;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;

namespace Commerce.Commands.Reconciliation;

/// <summary>Reads our log through for what belongs to a day.</summary>
/// <param name="date">The day, UTC.</param>
/// <param name="movementsMax">Payments and orders of it at most.</param>
sealed class DayScan(DateOnly date, int movementsMax)
{
    /// <summary>An event cannot have happened later than the log took it, but for clocks that differ.</summary>
    static readonly TimeSpan ClockSkewMax = TimeSpan.FromHours(1);

    static readonly StreamFilter Streams = StreamFilter.Categories("payment", "order", "deadletter");

    readonly DateTimeOffset _from = new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero) - ClockSkewMax;
    readonly Dictionary<StreamName, OrderId> _letters = [];

    /// <summary>Payments of which money moved on the day, and those of its orders.</summary>
    public HashSet<PaymentId> Payments { get; } = [];

    /// <summary>Orders that began to want something of their money on the day.</summary>
    public HashSet<OrderId> Orders { get; } = [];

    /// <summary>Orders of which somebody gave up a message for good, whenever that was.</summary>
    public HashSet<OrderId> InHands { get; } = [];

    /// <summary>When an event happened.</summary>
    public static DateTimeOffset WhenOf(RecordedEvent recorded) => EventMetadata.TryRead(recorded.Metadata)?.OccurredAt ?? recorded.RecordedAt;

    /// <summary>Reads it.</summary>
    /// <exception cref="ReconciliationException">The day has more than can be held.</exception>
    public async Task Read(IEventLog log, CancellationToken cancellationToken)
    {
        await foreach (var recorded in log.ReadAll(LogPosition.Start, Streams, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            if (recorded.Stream.Category == "deadletter")
            {
                NoteLetter(recorded);
            }
            else if (recorded.RecordedAt >= _from && Books.IsOn(date, WhenOf(recorded)))
            {
                Note(recorded);
                Bound(Payments.Count, "Our log", date, movementsMax);
            }
        }
    }

    /// <summary>Sees to it that a side has no more than can be held.</summary>
    /// <exception cref="ReconciliationException">It has.</exception>
    public static void Bound(int count, string side, DateOnly date, int max)
    {
        if (count > max)
        {
            throw new ReconciliationException($"{side} has more than {max} movements on {date:yyyy-MM-dd}: more than can be held against each other at once.");
        }
    }

    void Note(RecordedEvent recorded)
    {
        switch (EventCatalog.Read(recorded))
        {
            case PaymentEvent e when PaymentLedger.IsMovement(e):
                Payments.Add(PaymentId.Parse(recorded.Stream.Id, null));
                break;
            case OrderEvent e when OrderLedger.IsDemand(e):
                var order = OrderId.Parse(recorded.Stream.Id, null);
                Orders.Add(order);
                Payments.Add(PaymentId.For(order));
                break;
        }
    }

    void NoteLetter(RecordedEvent recorded)
    {
        switch (EventCatalog.Read(recorded))
        {
            case DeadLetterEvent.Kept { Order: { } order }:
                _letters[recorded.Stream] = order;
                break;
            case DeadLetterEvent.Discarded when _letters.Remove(recorded.Stream, out var order):
                InHands.Add(order);
                break;
            case DeadLetterEvent.Handled:
                _letters.Remove(recorded.Stream);
                break;
        }
    }
}
