using System.Text.Json;
using Commerce.Domain.Log;

namespace Commerce.Projections.Auditing;

/// <summary>
/// Replays the whole log, up to its head at the beginning, and checks the sums of the trade. Independent of the code that
/// decides: it reads the events and has its own arithmetic, and calls no decider. It may run beside a working system, for
/// the log is causal: what led to an event stands before it.
/// </summary>
public sealed class Auditor(IEventLog log)
{
    /// <summary>Audits the log.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    public async Task<AuditReport> Run(AuditOptions options, IProgress<AuditProgress>? progress, CancellationToken cancellationToken)
    {
        var book = new AuditBook(options);
        AuditCheck[] checks =
        [
            new LogCheck(book), new OrderCheck(book), new PaymentCheck(book), new StockCheck(book),
            new FulfilmentCheck(book), new SettlementCheck(book), new MoneyCheck(book), new FlashSaleCheck(book),
        ];
        await Replay(book, checks, progress, cancellationToken).ConfigureAwait(false);
        foreach (var check in checks)
        {
            check.Finish();
        }

        return checks.Aggregate(book.Report(new AuditReport()), (report, check) => check.Report(report));
    }

    async Task Replay(AuditBook book, AuditCheck[] checks, IProgress<AuditProgress>? progress, CancellationToken cancellationToken)
    {
        var head = await log.Head(cancellationToken).ConfigureAwait(false);
        var (after, events) = (LogPosition.Start, 0L);
        while (after < head)
        {
            var (read, from) = (0, after);
            await foreach (var recorded in log.ReadAll(after, StreamFilter.All, AuditOptions.ReadEventsMax, cancellationToken).ConfigureAwait(false))
            {
                if (recorded.Position > head)
                {
                    break;
                }

                See(book, checks, recorded);
                read++;
                after = recorded.Position > after ? recorded.Position : after;
            }

            events += read;
            progress?.Report(new AuditProgress(events, after, head));
            if (after == from)
            {
                // Nothing further on: the rest up to the head is not for us, or the positions are broken, which is told already.
                break;
            }
        }
    }

    static void See(AuditBook book, AuditCheck[] checks, RecordedEvent recorded)
    {
        var @event = Read(book, recorded);
        foreach (var check in checks)
        {
            try
            {
                check.On(recorded, @event);
            }
            catch (OverflowException)
            {
                book.Offend(recorded, "beyond-counting", "The figures of this event are beyond what can be counted.");
            }
        }
    }

    static object? Read(AuditBook book, RecordedEvent recorded)
    {
        try
        {
            return EventCatalog.Read(recorded);
        }
        catch (JsonException e)
        {
            book.Offend(recorded, "event-unreadable", $"The bytes are not a {recorded.Type}: {e.Message}");
            return null;
        }
    }
}
