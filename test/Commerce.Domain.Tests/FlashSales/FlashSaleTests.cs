using Commerce.Domain.FlashSales;
using Commerce.Domain.Log;
using static Commerce.Domain.Tests.FlashSales.FlashSaleWords;

namespace Commerce.Domain.Tests.FlashSales;

public sealed class FlashSaleTests
{
    [Test]
    public void A_sale_is_announced_once()
    {
        Given().When(Announce).Then(Announced);
        Given(Announced).When(Announce).ThenRejected("sale-exists");
    }

    static IEnumerable<TestCaseData> Impossible()
    {
        yield return new(Announce with { Name = " " }, "name-invalid");
        yield return new(Announce with { Units = 0 }, "units-invalid");
        yield return new(Announce with { Units = FlashSale.UnitsMax + 1 }, "units-invalid");
        yield return new(Announce with { UnitPrice = new Money(0, Currency.Of("GBP")) }, "price-invalid");
        yield return new(Announce with { UnitPrice = new Money(1.00001m, Currency.Of("GBP")) }, "price-invalid");
        yield return new(Announce with { UnitPrice = new Money(Money.AmountMax, Currency.Of("GBP")) }, "price-invalid");
        yield return new(Announce with { Closes = Noon }, "times-invalid");
        yield return new(Announce with { At = One }, "times-invalid");
        yield return new(Announce with { Closes = Noon.AddDays(32) }, "times-invalid");
        yield return new(Announce with { UnitsPerCustomer = 0 }, "units-per-customer-invalid");
        yield return new(Announce with { UnitsPerCustomer = 1_001 }, "units-per-customer-invalid");
        yield return new(Announce with { MinutesToPay = 0 }, "minutes-to-pay-invalid");
        yield return new(Announce with { MinutesToPay = 1_441 }, "minutes-to-pay-invalid");
    }

    [TestCaseSource(nameof(Impossible))]
    public void What_cannot_be_sold_is_not_announced(FlashSaleCommand announcement, string code) => Given().When(announcement).ThenRejected(code);

    [Test]
    public void Nothing_is_asked_of_a_sale_that_there_is_not()
    {
        Given().When(Wants(1, "ann")).ThenRejected("sale-unknown", RejectionKind.NotFound);
        Given().When(Tick(0)).ThenRejected("sale-unknown", RejectionKind.NotFound);
    }

    [Test]
    public void It_offers_what_stock_gave_once()
    {
        Given(Announced).When(new FlashSaleCommand.Stock([new(Main, 7), new(Spare, 0)])).Then(Stocked((Main, 7)));
        Open(7).When(new FlashSaleCommand.Stock([new(Main, 9)])).ThenNothing();
        Open(7).Shows(s => s is { Units: 7, Remaining: 7 });
    }

    [Test]
    public void Claims_are_taken_between_opening_and_closing_by_a_sale_that_has_its_units()
    {
        Open(3).When(Wants(1, "ann", atMinute: -0.1)).ThenRejected("sale-not-open", ("opensInSeconds", 6));
        Open(3).When(Wants(1, "ann")).Then(Claimed(1, "ann"));
        Open(3).When(Wants(1, "ann", atMinute: 59)).Then(Claimed(1, "ann", atMinute: 59));
        Open(3).When(Wants(1, "ann", atMinute: 60)).ThenRejected("sale-closed");
        Open(3, Closed(), Rest(1, 3)).When(Wants(1, "ann")).ThenRejected("sale-closed");
        Given(Announced).When(Wants(1, "ann")).ThenRejected("sale-not-stocked");
    }

    [Test]
    public void The_last_unit_goes_to_the_first_and_the_next_is_told_that_none_is_left()
    {
        Open(2, Claimed(1, "ann")).When(Wants(2, "ben")).Then(Claimed(2, "ben"));
        Open(2, Claimed(1, "ann"), Claimed(2, "ben")).When(Wants(3, "cat")).ThenRejected("sold-out", ("available", 0));
        Open(2, Claimed(1, "ann")).When(Wants(2, "ben", 2)).ThenRejected("sold-out", ("available", 1));
    }

    [Test]
    public void Nobody_claims_more_than_a_customer_may()
    {
        Open(9, Claimed(1, "ann", 2)).When(Wants(2, "ann")).ThenRejected("limit-reached", ("left", 0));
        Open(9, Claimed(1, "ann")).When(Wants(2, "ann", 2)).ThenRejected("limit-reached", ("left", 1));
        Open(9).When(Wants(1, "ann", 3)).ThenRejected("quantity-invalid", ("unitsPerCustomer", 2));
        Open(9).When(Wants(1, "ann", 0)).ThenRejected("quantity-invalid", ("unitsPerCustomer", 2));
        Open(9, Claimed(1, "ann", 2), Returned(1, 2)).When(Wants(2, "ann", 2)).Then(Claimed(2, "ann", 2));
    }

    [Test]
    public void A_claim_asked_for_twice_is_told_its_place_again_however_late()
    {
        var until = Noon.AddMinutes(15).ToUnixTimeSeconds();
        Open(2, Claimed(1, "ann"), Claimed(2, "ben")).When(Wants(1, "ann")).ThenRejected("claim-known", ("payUntil", until), ("place", 1), ("quantity", 1));
        Open(2, Claimed(1, "ann"), Returned(1), Closed(), Rest(1, 2)).When(Wants(1, "ann", atMinute: 99)).ThenRejected("claim-known", ("payUntil", until), ("place", 1), ("quantity", 1));
        Open(2, ClaimedWithPayment(1, "ann"), Paid(1, "ann")).When(Wants(1, "ann", token: "tok")).ThenRejected("claim-known", ("place", 1), ("quantity", 1));
    }

    [Test]
    public void A_claim_under_the_id_of_another_is_refused()
    {
        Open(9, Claimed(1, "ann")).When(Wants(1, "ben")).ThenRejected("idempotency-key-reused");
        Open(9, Claimed(1, "ann")).When(Wants(1, "ann", 2)).ThenRejected("idempotency-key-reused");
        Open(9, Claimed(1, "ann")).When(Wants(1, "ann", token: "tok")).ThenRejected("idempotency-key-reused");
        Open(9, ClaimedWithPayment(1, "ann"), Paid(1, "ann")).When(Wants(1, "ann", token: "other")).ThenRejected("idempotency-key-reused");
    }

    [Test]
    public void A_claim_with_a_payment_needs_no_other()
    {
        Open(2).When(Wants(1, "ann", 2, "tok")).Then(ClaimedWithPayment(1, "ann", 2), Paid(1, "ann", 2));
        Open(2).When(Wants(1, "ann", token: "line\nbreak")).ThenRejected("payment-token-invalid");
    }

    [Test]
    public void A_claim_is_paid_in_time_or_not_at_all()
    {
        Open(2, Claimed(1, "ann")).When(Pay(1)).Then(Paid(1, "ann"));
        Open(2, Claimed(1, "ann")).When(Pay(1, atMinute: 15)).ThenRejected("claim-returned");
        Open(2, Claimed(1, "ann"), Returned(1)).When(Pay(1)).ThenRejected("claim-returned");
        Open(2, Claimed(1, "ann"), Paid(1, "ann")).When(Pay(1, atMinute: 99)).ThenNothing();
        Open(2, Claimed(1, "ann"), Paid(1, "ann")).When(Pay(1, token: "other")).ThenRejected("claim-paid");
        Open(2).When(Pay(1)).ThenRejected("claim-unknown", RejectionKind.NotFound);
        Open(2, Claimed(1, "ann")).When(Pay(1, token: "")).ThenRejected("payment-token-invalid");
    }

    [Test]
    public void What_is_not_paid_in_time_is_offered_again()
    {
        FlashSaleEvent[] claims = [Claimed(1, "ann"), Claimed(2, "ben", atMinute: 1), Claimed(3, "cat", atMinute: 2), Paid(2, "ben")];
        Open(3, claims).When(Tick(14)).ThenNothing();
        Open(3, claims).When(Tick(15)).Then(Returned(1));
        Open(3, claims).When(Tick(17)).Then(Returned(1), Returned(3));
        Open(3, [.. claims, Returned(1)]).When(Tick(16)).ThenNothing();
        Open(3, [.. claims, Returned(1)]).When(Wants(4, "dan", atMinute: 16)).Then(Claimed(4, "dan", atMinute: 16));
    }

    [Test]
    public void At_its_end_it_closes_and_gives_back_what_nobody_has()
    {
        Open(5, Claimed(1, "ann", 2)).When(Tick(60)).Then(Closed(), Returned(1, 2), Rest(1, 5));
        Open(5, Claimed(1, "ann", atMinute: 50)).When(Tick(60)).Then(Closed(), Rest(1, 4));
        Open(5, Claimed(1, "ann", atMinute: 50), Closed(), Rest(1, 4)).When(Tick(65)).Then(Returned(1), Rest(2, 1));
        Open(5, Closed(), Rest(1, 5)).When(Tick(65)).ThenNothing();
    }

    [Test]
    public void It_is_closed_before_its_end_once()
    {
        Open(5, Claimed(1, "ann")).When(new FlashSaleCommand.Close()).Then(Closed(isEarly: true), Rest(1, 4));
        Open(5, Closed(isEarly: true), Rest(1, 5)).When(new FlashSaleCommand.Close()).ThenNothing();
        Given(Announced, Closed(isEarly: true)).When(new FlashSaleCommand.Stock([new(Main, 7)])).Then(Stocked((Main, 7)), Rest(1, 7));
    }

    [Test]
    public void Units_of_an_order_that_is_undone_are_offered_again_once()
    {
        FlashSaleEvent[] ordered = [Claimed(1, "ann", 2), Paid(1, "ann", 2)];
        Open(2, ordered).When(new FlashSaleCommand.Return(Claim(1), 2)).Then(Returned(1, 2, ClaimReturnReason.OrderUndone));
        Open(2, [.. ordered, Returned(1, 1, ClaimReturnReason.OrderUndone)]).When(new FlashSaleCommand.Return(Claim(1), 1)).ThenNothing();
        Open(2, ordered).When(new FlashSaleCommand.Return(Claim(1), 3)).ThenRejected("return-invalid");
        Open(2).When(new FlashSaleCommand.Return(Claim(1), 1)).ThenRejected("claim-unknown");
        Open(2, [.. ordered, Closed()]).When(new FlashSaleCommand.Return(Claim(1), 2)).Then(Returned(1, 2, ClaimReturnReason.OrderUndone), Rest(1, 2));
    }

    [Test]
    public void Each_claim_is_served_from_one_place_and_goes_back_there()
    {
        FlashSaleEvent[] two = [Announced, Stocked((Main, 1), (Spare, 2)), Claimed(1, "ann")];
        Given(two).When(Wants(2, "ben", 2)).Then(Claimed(2, "ben", 2, part: 1));
        Given([.. two, Claimed(2, "ben", part: 1), Returned(1)]).When(Wants(3, "cat", 2)).ThenRejected("sold-out", ("available", 1));
        Given([.. two, Claimed(2, "ben", part: 1)]).When(Pay(2)).Then(Paid(2, "ben", at: Spare));
        Given([.. two, Returned(1)]).When(new FlashSaleCommand.Close()).Then(Closed(isEarly: true), Rest(1, 1), Rest(1, 2, Spare));
    }

    [Test]
    public void A_claim_takes_few_bytes_of_the_log()
    {
        var claim = new FlashSaleEvent.Claimed(new OrderId(Guid.NewGuid()), CustomerId.Of("customer-1234567"), 1, 1_000_000, 0, Noon);
        Assert.That(EventCatalog.ToJson(claim), Has.Length.LessThan(170));
    }
}
