using Commerce.Api.Tests.Crash;
using Commerce.Faults.Site;
using Commerce.Testing;
using Commerce.Testing.Telemetry;

namespace Commerce.Api.Tests.Tracing;

/// <summary>The roles as processes of their own, over RabbitMQ: the trace is the same.</summary>
[TestFixture]
public sealed class RolesApartTests
{
    /// <summary>For four starts, a database and a broker included, on a busy machine.</summary>
    const int TimeMaxMs = 300_000;

    static readonly string[] Roles = ["api", "relay", "sagas", "projections"];

    [Test]
    [CancelAfter(TimeMaxMs)]
    public async Task An_order_is_the_same_tree_over_four_processes(CancellationToken ct)
    {
        await using var collector = await OtlpCollector.Start();
        await using var premises = await Premises.Take(Surroundings.RabbitMq, ct);
        var environment = collector.Settings.Append(("Commerce__Payments__Sandbox", "true")).ToDictionary(s => s.Item1, s => s.Item2);
        var processes = Roles.Select(role => ServingProcess.Serve(role, [.. premises.Arguments, "--roles", role], environment)).ToList();
        try
        {
            await Task.WhenAll(processes.Select(p => p.Start(ct)));
            using var http = new HttpClient { BaseAddress = processes[0].Address, DefaultRequestHeaders = { Authorization = ServingProcess.Credentials } };
            var client = new Client(http);
            var order = await client.Order(await client.Stocked());
            await client.Until(order, "confirmed");
            await client.Ship(order);
            await client.Until(order, "completed");

            var tree = await collector.Until(c => SpanTree.Of(c, client), t => t.Count >= TraceTests.SpansOfAnOrder);
            Assert.That(tree.OrphansOf(client), Is.Empty);
            await Snapshot.Verify(tree.Below(client), "txt");
        }
        finally
        {
            foreach (var process in processes)
            {
                await process.DisposeAsync();
            }
        }
    }
}
