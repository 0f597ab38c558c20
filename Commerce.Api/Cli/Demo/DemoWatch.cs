using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Commerce.Api.Cli.Demo;

/// <summary>Watches orders through the read models until nothing is left to do for any of them.</summary>
sealed class DemoWatch(ShopClient shop, TimeProvider time)
{
    /// <summary>Orders read at once.</summary>
    const int ReadersMax = 16;

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Each order as it is once it has settled.</summary>
    /// <exception cref="DemoFailedException">Some have not settled in time.</exception>
    public async Task<IReadOnlyDictionary<string, JsonNode>> Settled(IEnumerable<string> orders, TimeSpan patience, CancellationToken cancellationToken)
    {
        var settled = new ConcurrentDictionary<string, JsonNode>();
        var waiting = orders.ToList();
        var started = time.GetTimestamp();
        while (waiting.Count > 0)
        {
            await Parallel.ForEachAsync(waiting, new ParallelOptions { MaxDegreeOfParallelism = ReadersMax, CancellationToken = cancellationToken }, async (id, ct) =>
            {
                var order = await shop.Get($"/orders/{id}", ct).ConfigureAwait(false);
                if (order["settled"]?.GetValue<bool>() ?? false)
                {
                    settled[id] = order;
                }
            }).ConfigureAwait(false);

            waiting.RemoveAll(settled.ContainsKey);
            if (waiting.Count > 0 && time.GetElapsedTime(started) > patience)
            {
                throw new DemoFailedException($"{waiting.Count} orders have not settled in {patience.TotalSeconds:0} s, among them {waiting[0]}.");
            }

            await Task.Delay(waiting.Count > 0 ? Pause : TimeSpan.Zero, time, cancellationToken).ConfigureAwait(false);
        }

        return settled;
    }
}
