using Commerce.Testing.Logs;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>A sale in which a fifth does not pay, at its full size.</summary>
public sealed class ThousandClaimsTests
{
    const int Units = 1_000;
    const int UnpaidEvery = 5;

    [Test]
    public async Task Of_a_thousand_claims_two_hundred_are_not_paid_go_back_and_are_sold_again()
    {
        await using var store = await Shop.On(LogEngine.InMemory, ShortPauses.Options(null));
        await store.Receive("mug", Units);
        await store.Start();
        var sale = new SaleCounter(store, "mug");
        await sale.Open(Units);

        var first = await Task.WhenAll(Enumerable.Range(0, Units + 50).Select(n => sale.Claim($"customer-{n}", n % UnpaidEvery == 0 ? null : "tok")));
        Assert.That(first.CountBy(c => c.Refusal ?? "claimed").ToDictionary(), Is.EqualTo(new Dictionary<string, int> { ["claimed"] = Units, ["sold-out"] = 50 }));

        // What is paid is paid before the clock moves on: a payment under way has a time of its own.
        await store.Happens("order-confirmed.v1", Units - (Units / UnpaidEvery));
        sale.LetTimeToPayPass();
        await sale.Offers(Units / UnpaidEvery);
        var second = await Task.WhenAll(Enumerable.Range(0, Units).Select(n => sale.Claim($"second-{n}", "tok")));
        Assert.That(second.Count(c => c.Refusal is null), Is.EqualTo(Units / UnpaidEvery));

        await store.Happens("order-confirmed.v1", Units);
        var (state, stock) = (await sale.Sale(), await store.StockOf("mug"));
        Assert.That((state.Remaining, state.Claimed, state.Claims), Is.EqualTo((0, Units, Units + (Units / UnpaidEvery))));
        Assert.That((stock.OnHand, stock.Available, await sale.KeptByStock(), store.Letters.Letters.Count), Is.EqualTo((Units, 0, 0, 0)));
    }
}
