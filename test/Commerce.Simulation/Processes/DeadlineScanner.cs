using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.Deadlines;
using Commerce.Domain.Log;
using Commerce.Simulation.Machinery;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.Processes;

/// <summary>
/// Wakes what is due, again and again with growing pauses, until the log says that the deadline is met. What is open it reads
/// from the log after each start; every process has one, and none asks what the others do: as if all believed that they lead.
/// </summary>
sealed class DeadlineScanner(Node node, NodeLog log, DeadlineWaker waker, SagaOptions options, Scheduler scheduler)
{
    /// <summary>Events of one reading.</summary>
    const int PageEventsMax = 1_000;

    /// <summary>How often it looks: a run is minutes long, and no more than seconds matter to it.</summary>
    static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    /// <summary>A defect that is made on purpose: units that were reserved without the saga saying so are nobody's business.</summary>
    public bool ForgetsStrays { get; init; }

    readonly Dictionary<StreamName, (Deadline Deadline, DateTimeOffset WakeAt)> _open = [];
    LogPosition _read;

    public async Task Run()
    {
        while (true)
        {
            try
            {
                await CatchUp().ConfigureAwait(false);
                foreach (var (deadline, _) in _open.Values.Where(o => o.WakeAt <= scheduler.Now).OrderBy(o => o.WakeAt).ThenBy(o => o.Deadline.Stream.Value, StringComparer.Ordinal).ToList())
                {
                    await node.Step("wake order", deadline.Order).ConfigureAwait(false);
                    await waker.Wake(deadline, CancellationToken.None).ConfigureAwait(false);
                    _open[deadline.Stream] = (deadline with { Wakings = deadline.Wakings + 1 }, scheduler.Now + options.WakingPause(deadline.Wakings));
                }
            }
            catch (Exception e) when (e is EventLogUnavailableException or SagaConflictException)
            {
                // The next look finds it due still.
            }

            await node.Pause(Every).ConfigureAwait(false);
        }
    }

    async Task CatchUp()
    {
        while (await log.Page(_read, DeadlineChange.Streams, PageEventsMax).ConfigureAwait(false) is [.., var last] page)
        {
            foreach (var change in page.SelectMany(recorded => DeadlineChange.Of(recorded, options.Policy.TimeToPay)))
            {
                switch (change)
                {
                    case DeadlineChange.Set { Deadline: var set } when !(ForgetsStrays && StockWatch.IsOf(set)):
                        _open.TryAdd(set.Stream, (set, set.DueAt));
                        break;
                    case DeadlineChange.Ended ended:
                        _open.Remove(ended.Stream);
                        break;
                }
            }

            _read = last.Position;
        }
    }
}
