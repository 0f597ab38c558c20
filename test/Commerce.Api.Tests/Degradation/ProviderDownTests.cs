using Commerce.Api.Composition;
using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests.Degradation;

/// <summary>The payment provider goes away under a running application, and comes back.</summary>
[TestFixture]
public sealed class ProviderDownTests
{
    /// <summary>As many failures as open the circuit.</summary>
    const int Orders = 10;

    [Test]
    public async Task Without_the_provider_orders_wait_and_they_go_on_by_themselves_when_it_is_back()
    {
        await using var provider = await StubbornProvider.Start();
        await using var wire = Wire.To("127.0.0.1", new Uri(provider.Address).Port);
        await using var app = await CommerceApp.Start(
            (CommerceSettings.ProviderKey, $"http://127.0.0.1:{wire.Port}/"), (CommerceSettings.SandboxKey, "false"), (CommerceSettings.BreakerOpensKey, "00:00:01"));
        var shopper = new Shopper(app);
        await shopper.Stock("MUG");
        await wire.Cut();

        var orders = new List<string>();
        for (var n = 0; n < Orders; n++)
        {
            var placed = await shopper.Order("MUG", $"order-{n}");
            Assert.That(placed.Status, Is.EqualTo(201), placed.Text);
            orders.Add(placed.Header("Location") ?? string.Empty);
        }

        var health = await shopper.Until("/health/ready", r => Provider(r) != "circuit closed");
        Assert.That(health.Status, Is.EqualTo(200), "Requests can be answered.");
        Assert.That((await shopper.Until(orders[0], r => r.Status == 200)).Field("status"), Is.EqualTo("placed"));

        wire.Mend();
        foreach (var order in orders)
        {
            await shopper.Until(order, r => r.Status == 200 && r.Field("status") == "confirmed");
        }

        Assert.That(provider.Done, Has.Count.EqualTo(Orders), "Each is authorised once.");
        await shopper.Until("/health/ready", r => Provider(r) == "circuit closed");
    }

    static string? Provider(Reply health) =>
        health.Json.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "paymentProvider").GetProperty("detail").GetString();
}
