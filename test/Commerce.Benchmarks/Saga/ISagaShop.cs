using System.Globalization;
using Commerce.Domain;

namespace Commerce.Benchmarks.Saga;

/// <summary>Takes orders from placed to confirmed.</summary>
interface ISagaShop : IAsyncDisposable
{
    /// <summary>Places one; ends when it is confirmed.</summary>
    Task Order(SagaWish wish, CancellationToken cancellationToken);

    /// <summary>Checks that all that was ordered, and nothing else, is held, paid and confirmed.</summary>
    /// <exception cref="BenchmarkFailedException">It is not.</exception>
    Task Check(CancellationToken cancellationToken);
}

/// <summary>What an order is to hold.</summary>
/// <param name="Customer">Who wants it.</param>
/// <param name="Lines">What, and how many.</param>
sealed record SagaWish(string Customer, IReadOnlyList<(Sku Sku, int Quantity)> Lines)
{
    /// <summary>Products where there are many; a wish takes two of them.</summary>
    public const int Products = 40;

    /// <summary>Of one unit, of every product.</summary>
    public static readonly Money Price = new(4.95m, Currency.Of("GBP"));

    /// <summary>What it costs.</summary>
    public Money Total => Lines.Aggregate(Money.Zero(Price.Currency), (sum, l) => sum + Price.Charge(l.Quantity));

    /// <summary>The same wishes each time for the same seed and client: two lines of many products, or one of the one that all want.</summary>
    public static Func<SagaWish> Drawn(int seed, int client, bool isHot)
    {
        var random = new Random(seed * 1_000_003 + client);
        var customer = string.Create(CultureInfo.InvariantCulture, $"customer-{client}");
        return () =>
        {
#pragma warning disable CA5394 // not a secret
            var (first, quantity) = (isHot ? 0 : random.Next(Products), random.Next(1, 4));
#pragma warning restore CA5394
            return new(customer, isHot ? [(Sku(first), quantity)] : [(Sku(first), quantity), (Sku((first + 1) % Products), 1)]);
        };
    }

    /// <summary>A product.</summary>
    public static Sku Sku(int n) => Domain.Sku.Of(string.Create(CultureInfo.InvariantCulture, $"BENCH-{n}"));
}
