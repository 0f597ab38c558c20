using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Degradation;

/// <summary>The broker goes away under a running application, and comes back.</summary>
[TestFixture]
public sealed class BrokerDownTests
{
    [Test]
    public async Task Without_the_broker_orders_are_taken_and_they_are_fulfilled_when_it_is_back()
    {
        var broker = (await RabbitMqForTests.Server()).NewVirtualHost();
        await using var wire = Wire.To(broker.Host, broker.Port);
        await using var app = await CommerceApp.Start((CommerceSettings.BusKey, new UriBuilder(broker) { Host = "127.0.0.1", Port = wire.Port }.Uri.ToString()));
        var shopper = new Shopper(app);
        await shopper.Stock("MUG");
        await wire.Cut();
        await shopper.Until("/health/ready", r => Bus(r) == "degraded");

        var placed = await shopper.Order("MUG", "order-1");
        Assert.That(placed.Status, Is.EqualTo(201), placed.Text);
        var waiting = await shopper.Until(placed.Header("Location") ?? string.Empty, r => r.Status == 200);
        Assert.That(waiting.Field("status"), Is.EqualTo("placed"));
        Assert.That((await shopper.Get("/health/ready")).Status, Is.EqualTo(200), "Requests can be answered.");

        wire.Mend();
        await shopper.Until(placed.Header("Location") ?? string.Empty, r => r.Status == 200 && r.Field("status") == "confirmed");
        await shopper.Until("/health/ready", r => Bus(r) == "up");
    }

    static string? Bus(Reply health) => health.Json.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "bus").GetProperty("status").GetString();
}
