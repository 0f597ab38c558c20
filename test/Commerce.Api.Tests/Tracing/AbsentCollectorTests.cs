using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Commerce.Api.Tests.App;
using Commerce.Commands.Embedded;

namespace Commerce.Api.Tests.Tracing;

/// <summary>A collector is nobody's condition: without it, or with one that never answers, orders go their way and the log stays quiet.</summary>
[TestFixture]
public sealed class AbsentCollectorTests
{
    [Test]
    public Task Orders_go_their_way_where_nobody_collects() => Order(FreePort.Find());

    [Test]
    public async Task Orders_go_their_way_where_the_collector_never_answers()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await Order(((IPEndPoint)silent.LocalEndpoint).Port);
    }

    // Queues of the smallest size, flushed all the time: what can go wrong with them goes wrong.
    static async Task Order(int port)
    {
        using var console = new HeardConsole();
        await using (var app = await CommerceApp.Start(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "1000"),
            ("OTEL_BSP_SCHEDULE_DELAY", "10"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "16"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "8"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "50")))
        {
            foreach (var client in Enumerable.Range(0, 3).Select(_ => new Client(app.Http)))
            {
                var order = await client.Order(await client.Stocked());
                await client.Until(order, "confirmed");
            }
        }

        Assert.That(console.Error, Is.Empty);
    }
}
