using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Orders;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>Flash sales: claims become orders, and what is not paid is sold again.</summary>
public abstract partial class FulfilmentPath
{
    [Test]
    public async Task A_claim_with_a_payment_becomes_an_order_out_of_what_stock_keeps_for_the_sale()
    {
        var sale = new SaleCounter(Store, "mug");
        await sale.Open(units: 6);
        Assert.That(((await Store.StockOf("mug")).Available, await sale.KeptByStock()), Is.EqualTo((4, 6)));

        var (now, later) = ((await sale.Claim("ann", "tok")).Claim, (await sale.Claim("ben")).Claim);
        Assert.That(await sale.Pay(later), Is.Null);
        foreach (var claim in new[] { now, later })
        {
            await Store.Settles(claim, FulfilmentPhase.Confirmed);
        }

        var (stock, order) = (await Store.StockOf("mug"), await Store.OrderOf(now));
        Assert.That((stock.Available, await sale.KeptByStock(), stock.ReservedTotal), Is.EqualTo((4, 4, 2)));
        Assert.That((order.Status, order.Total.Amount, order.Number > 0), Is.EqualTo((OrderStatus.Confirmed, 10m, true)));
    }

    [Test]
    public async Task What_is_not_paid_in_time_is_sold_again_and_the_sums_are_exact()
    {
        await Store.Receive("mug", 10);
        var sale = new SaleCounter(Store, "mug");
        await sale.Open(units: 20);
        var claims = new List<OrderId>();
        for (var n = 0; n < 20; n++)
        {
            claims.Add((await sale.Claim($"customer-{n}", n % 5 == 0 ? null : "tok")).Claim);
        }

        Assert.That((await sale.Claim("late")).Refusal, Is.EqualTo("sold-out"));
        await Store.Happens("order-confirmed.v1", 16);
        sale.LetTimeToPayPass();
        await sale.Offers(4);
        Assert.That(await sale.Pay(claims[0]), Is.EqualTo("claim-returned"));
        for (var n = 0; n < 4; n++)
        {
            claims[n * 5] = (await sale.Claim($"second-{n}", "tok")).Claim;
        }

        Assert.That((await sale.Claim("late")).Refusal, Is.EqualTo("sold-out"));
        foreach (var claim in claims)
        {
            await Store.Settles(claim, FulfilmentPhase.Confirmed);
        }

        var stock = await Store.StockOf("mug");
        Assert.That((stock.OnHand, stock.Available, await sale.KeptByStock(), stock.ReservedTotal), Is.EqualTo((20, 0, 0, 20)));
        Assert.That((Store.Provider.Books.Count, Store.Letters.Letters.Count), Is.EqualTo((20, 0)));
    }

    [Test]
    public async Task A_declined_payment_brings_the_units_back_into_the_sale_after_stock_has_them()
    {
        var sale = new SaleCounter(Store, "mug");
        await sale.Open(units: 1);
        var (declined, _) = await sale.Claim("ann", ScriptedProvider.Declined);
        await Store.Settles(declined, FulfilmentPhase.Undone);
        await sale.Offers(1);
        Assert.That((await Store.SagaOf(declined)).IsClaimReturned, Is.True);

        var (again, _) = await sale.Claim("ann", "tok");
        await Store.Settles(again, FulfilmentPhase.Confirmed);
        Assert.That(((await Store.StockOf("mug")).Available, await sale.KeptByStock()), Is.EqualTo((9, 0)));
    }

    [Test]
    public async Task A_closed_sale_gives_back_what_is_left_and_later_what_comes_back_to_it()
    {
        var sale = new SaleCounter(Store, "mug");
        await sale.Open(units: 5);
        var (kept, cancelled) = ((await sale.Claim("ann", "tok")).Claim, (await sale.Claim("ben", "tok")).Claim);
        await sale.Claim("cat");
        await Store.Settles(kept, FulfilmentPhase.Confirmed);
        await Store.Settles(cancelled, FulfilmentPhase.Confirmed);

        Assert.That(await sale.Close(), Is.Null);
        await Store.Until(async () => (await Store.StockOf("mug")).Available == 7);
        await Store.Ask(cancelled, new OrderCommand.Cancel("changed my mind"));
        await Store.Until(async () => (await Store.StockOf("mug")).Available == 8);
        sale.LetTimeToPayPass();
        await Store.Until(async () => (await Store.StockOf("mug")).Available == 9);

        var state = await sale.Sale();
        Assert.That((state.Remaining, state.Claimed, state.GivenBack, await sale.KeptByStock()), Is.EqualTo((0, 1, 4, 0)));
    }

    [Test]
    public async Task A_sale_closes_by_itself_and_the_clock_forgets_it()
    {
        var sale = new SaleCounter(Store, "tea");
        await sale.Open(units: 3);
        await sale.Claim("ann");
        Store.Time.Pass(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(16));
        await Store.Until(async () => (await Store.StockOf("tea")).Available == 3);
        await Shop.Tried(() => Store.OpenSales.Count == 0);
        Assert.That(((await sale.Sale()).IsClosed, (await sale.Claim("ben")).Refusal), Is.EqualTo((true, "sale-closed")));
    }

    [Test]
    public async Task A_sale_of_several_locations_sells_each_unit_where_it_is()
    {
        await Store.Receive("mug", 2, "spare");
        var sale = new SaleCounter(Store, "mug");
        await sale.Open(units: 12);
        Assert.That((await sale.KeptByStock(), await sale.KeptByStock("spare")), Is.EqualTo((10, 2)));
        for (var n = 0; n < 12; n++)
        {
            await Store.Settles((await sale.Claim($"customer-{n}", "tok")).Claim, FulfilmentPhase.Confirmed);
        }

        Assert.That(((await Store.StockOf("mug")).ReservedTotal, (await Store.StockOf("mug", "spare")).ReservedTotal), Is.EqualTo((10, 2)));
    }

    [Test]
    public async Task What_a_sale_says_may_be_heard_twice()
    {
        var sale = new SaleCounter(Store, "mug");
        await sale.Open(units: 3);
        var (paid, _) = await sale.Claim("ann", "tok");
        await Store.Settles(paid, FulfilmentPhase.Confirmed);
        await sale.Close();
        await Store.Until(async () => (await Store.StockOf("mug")).Available == 9);
        await Store.TellAllAgain();
        var stock = await Store.StockOf("mug");
        Assert.That((stock.OnHand, stock.Available, stock.ReservedTotal, await sale.KeptByStock(), Store.Letters.Letters.Count), Is.EqualTo((10, 9, 1, 0, 0)));
    }
}
