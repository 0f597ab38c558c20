using Commerce.Domain.FlashSales;
using static Commerce.Domain.Tests.FlashSales.FlashSaleWords;

namespace Commerce.Domain.Tests.FlashSales;

/// <summary>What a sale with a million customers takes of a process.</summary>
[NonParallelizable]
public sealed class MillionCustomersTests
{
    const int Customers = 1_000_000;

    /// <summary>Bytes that a customer with one claim may take, their name of 16 letters included: 100 MB a million.</summary>
    const int BytesPerCustomerMax = 100;

    [Test]
    public void A_million_customers_fit_into_a_hundred_megabytes()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var sale = new[] { Announced, Stocked((Main, Customers)) }.Aggregate(FlashSale.None, FlashSale.Evolve);
        for (var n = 1; n <= Customers; n++)
        {
            sale = FlashSale.Evolve(sale, new FlashSaleEvent.Claimed(Id(n), Customer(n), 1, n, 0, Noon.AddMinutes(15)));
        }

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Customers;
        TestContext.Out.WriteLine($"{bytes:0.0} bytes a customer");
        Assert.That(bytes, Is.LessThan(BytesPerCustomerMax));
        Assert.That((sale.Claimed, sale.UnitsOf(Customer(777_777)), sale.Find(Id(777_777))?.Left, sale.UnitsOf(Customer(0)), sale.Find(Id(0))), Is.EqualTo((Customers, 1, 1, 0, (ClaimEntry?)null)));
    }

    static OrderId Id(int n) => new(Uuid.FromName(Sale.Value, $"{n}"));

    static CustomerId Customer(int n) => CustomerId.Of($"customer-{n:0000000}");
}
