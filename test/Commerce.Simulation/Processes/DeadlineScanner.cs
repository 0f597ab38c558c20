using Commerce.Commands.Handling;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;
using Commerce.Simulation.Machinery;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.Processes;

/// <summary>Ends the waiting for payments that nobody has answered in time. What it knows it reads from the log after each start.</summary>
sealed class DeadlineScanner(Node node, NodeLog log, ICommandProcessor processor, Scheduler scheduler)
{
    /// <summary>Events of one reading.</summary>
    const int PageEventsMax = 1_000;

    /// <summary>Who the expiries are recorded by.</summary>
    const string Actor = "deadlines";

    static readonly TimeSpan Every = TimeSpan.FromSeconds(15);
    static readonly StreamFilter Payments = StreamFilter.Categories("payment");

    readonly Dictionary<StreamName, DateTimeOffset> _unanswered = [];
    LogPosition _read;

    public async Task Run()
    {
        while (true)
        {
            try
            {
                await CatchUp().ConfigureAwait(false);
                foreach (var (payment, _) in _unanswered.Where(u => u.Value <= scheduler.Now).OrderBy(u => u.Value).ToList())
                {
                    await processor.Handle(Payment.Decider, payment, new PaymentCommand.Expire(scheduler.Now), new CommandContext(Actor), CancellationToken.None).ConfigureAwait(false);
                }
            }
            catch (EventLogUnavailableException)
            {
                // The next look finds what is due.
            }

            await node.Pause(Every).ConfigureAwait(false);
        }
    }

    async Task CatchUp()
    {
        while (await log.Page(_read, Payments, PageEventsMax).ConfigureAwait(false) is [.., var last] page)
        {
            foreach (var recorded in page)
            {
                switch (EventCatalog.Read(recorded))
                {
                    case PaymentEvent.Requested { Until: { } until }:
                        _unanswered[recorded.Stream] = until;
                        break;
                    case PaymentEvent.Authorised or PaymentEvent.Declined or PaymentEvent.Expired:
                        _unanswered.Remove(recorded.Stream);
                        break;
                }
            }

            _read = last.Position;
        }
    }
}
