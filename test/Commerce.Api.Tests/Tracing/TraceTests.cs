using Commerce.Api.Tests.App;
using Commerce.Testing;
using Commerce.Testing.Telemetry;

namespace Commerce.Api.Tests.Tracing;

/// <summary>One order is one trace, from the client's request to the last projection, as a collector gets it over OTLP.</summary>
[TestFixture]
public sealed class TraceTests
{
    /// <summary>Lines of the snapshot: an order that is shipped at once, its two calls of the provider included.</summary>
    internal const int SpansOfAnOrder = 76;

    [Test]
    public async Task An_order_is_one_tree_from_the_request_to_the_projections()
    {
        await using var collector = await OtlpCollector.Start();
        await using var app = await CommerceApp.Start([.. collector.Settings]);
        var client = new Client(app.Http);
        var order = await client.Order(await client.Stocked());
        await client.Until(order, "confirmed");
        await client.Ship(order);
        await client.Until(order, "completed");

        var tree = await collector.Until(c => SpanTree.Of(c, client), t => t.Count >= SpansOfAnOrder);
        Assert.That(tree.OrphansOf(client), Is.Empty);
        await Snapshot.Verify(tree.Below(client), "txt");
    }
}
