using Commerce.Domain.FlashSales;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Simulation.Machinery;

namespace Commerce.Simulation.Tests;

/// <summary>Whatever goes wrong on the way: every order ends as it should, and the books agree.</summary>
public sealed class SeedTests
{
    /// <summary>Seeds that are played.</summary>
    const int Seeds = 500;

    /// <summary>Orders of a seed, at the least.</summary>
    const int OrdersMin = 24;

    /// <summary>What the simulated shop trades by.</summary>
    static readonly Type[] Traded = [typeof(OrderEvent), typeof(StockEvent), typeof(PaymentEvent), typeof(FulfilmentEvent), typeof(FlashSaleEvent)];

    /// <summary>Past trade, and what only older versions wrote.</summary>
    static readonly string[] OfThePast = ["fulfilment-imported.v1", "stock-shipped.v1", "stock-returned.v1", "payment-requested.v1", "order-cancelled.v1"];

    [Test]
    public void Nothing_offends_whatever_goes_wrong_on_the_way()
    {
        var options = new Options(1, Seeds, HasTrace: false, default);
        var output = new StringWriter();

        var totals = Simulations.All(options, run =>
        {
            if (run.Failures.Count > 0)
            {
                Simulations.Show(run, options, output);
            }
        });

        Assert.That(totals.Failed, Is.Zero, output.ToString());
        Assert.That(totals.Orders.Values.Sum(), Is.GreaterThanOrEqualTo(Seeds * OrdersMin));

        // What never happened would prove nothing: every fault struck, races were lost, everything that can be written was,
        // and orders ended in every way.
        Assert.That(totals.Struck.Where(s => s.Value == 0).Select(s => s.Key), Is.Empty);
        Assert.That(totals.Struck.Keys, Is.EquivalentTo(Enum.GetValues<Fault>()));
        Assert.That(EventCatalog.Types.Where(t => Traded.Contains(t.Type.DeclaringType)).Select(t => t.Name).Except(OfThePast).Except(totals.Events.Keys), Is.Empty);
        Assert.That(totals.RacesLost, Is.GreaterThan(Seeds));
        Assert.That(totals.Orders.Keys, Is.EquivalentTo(new[] { "cancelled", "completed", "confirmed", "partiallyshipped", "rejected", "returned" }));
    }

    [Test]
    public void The_same_seed_gives_the_same_log_to_the_byte_and_another_gives_another()
    {
        var first = Digests();

        Assert.That(Digests(), Is.EqualTo(first));
        Assert.That(first, Is.Unique);
    }

    static string[] Digests() => [.. Enumerable.Range(1, 10).Select(seed => Run.Of(seed).Digest)];
}
