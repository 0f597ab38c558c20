using Commerce.Commands.FlashSales;
using Commerce.Domain.Log;
using Commerce.Simulation.Machinery;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.Processes;

/// <summary>
/// Tells the sales the time. Which there are it reads from the log after each start; every process has one, and none asks what the
/// others do: as if all believed that they lead.
/// </summary>
sealed class SaleClock(Node node, NodeLog log, FlashSaleTicker ticker, Scheduler scheduler)
{
    /// <summary>Events of one reading.</summary>
    const int PageEventsMax = 1_000;

    /// <summary>How often it looks.</summary>
    static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    readonly List<OpenSale> _open = [];
    LogPosition _read;

    public async Task Run()
    {
        while (true)
        {
            try
            {
                await CatchUp().ConfigureAwait(false);
                foreach (var sale in _open.Where(s => s.OpensAt <= scheduler.Now).ToList())
                {
                    await node.Step("tell the time to", sale.Stream).ConfigureAwait(false);
                    if (!await ticker.Tick(sale, CancellationToken.None).ConfigureAwait(false))
                    {
                        _open.Remove(sale);
                    }
                }
            }
            catch (EventLogUnavailableException)
            {
                // The next look finds it due still.
            }

            await node.Pause(Every).ConfigureAwait(false);
        }
    }

    async Task CatchUp()
    {
        while (await log.Page(_read, OpenSale.Streams, PageEventsMax).ConfigureAwait(false) is [.., var last] page)
        {
            _open.AddRange(page.Select(OpenSale.Of).OfType<OpenSale>());
            _read = last.Position;
        }
    }
}
