using Commerce.Domain.FlashSales;
using FsCheck;
using FsCheck.Fluent;
using static Commerce.Domain.Tests.FlashSales.FlashSaleWords;

namespace Commerce.Domain.Tests.FlashSales;

/// <summary>A sale that is spread over streams: how it is, and how units move between them.</summary>
public sealed class SaleShardTests
{
    static FlashSaleEvent Sharded(int number, int of = 3) => new FlashSaleEvent.Sharded(number, of);

    static FlashSaleEvent Gave(int to, int number, int quantity) => new FlashSaleEvent.UnitsGiven(Sale, 0, to, number, Main, quantity);

    static FlashSaleEvent Took(int from, int number, int quantity, LocationId? at = null) => new FlashSaleEvent.UnitsTaken(from, number, at ?? Main, quantity);

    static FlashSaleCommand Take(int from, int number, int quantity, LocationId? at = null) => new FlashSaleCommand.TakeUnits(from, number, at ?? Main, quantity);

    [Test]
    public void A_shard_says_which_it_is_and_a_sale_of_one_stream_says_nothing()
    {
        var announce = (FlashSaleCommand.Announce)Announce;
        Given().When(announce with { Shard = new(1, 3) }).Then(Announced, Sharded(1));
        Given().When(announce with { Shard = new(0, 1) }).Then(Announced);
    }

    [TestCase(0, 0)]
    [TestCase(0, 17)]
    [TestCase(3, 3)]
    [TestCase(-1, 3)]
    [TestCase(0, 11)]
    public void A_number_of_shards_beyond_the_limit_or_the_units_is_refused(int number, int of) =>
        Given().When(((FlashSaleCommand.Announce)Announce) with { Shard = new(number, of) }).ThenRejected("shards-invalid");

    [Test]
    public void A_shard_gives_half_of_what_it_has_or_what_is_wanted_where_that_is_more()
    {
        Given(Announced, Sharded(0), Stocked((Main, 9))).When(new FlashSaleCommand.GiveUnits(2, 1)).Then(Gave(2, 1, 4));
        Given(Announced, Sharded(0), Stocked((Main, 3))).When(new FlashSaleCommand.GiveUnits(2, 2)).Then(Gave(2, 1, 2));
        Given(Announced, Sharded(0), Stocked((Main, 1))).When(new FlashSaleCommand.GiveUnits(2, 2)).Then(Gave(2, 1, 1));
        Given(Announced, Sharded(0), Stocked((Main, 9)), Gave(2, 1, 4)).When(new FlashSaleCommand.GiveUnits(2, 1)).Then(Gave(2, 2, 2));
        Given(Announced, Sharded(0), Stocked((Main, 9)), Gave(2, 1, 4)).When(new FlashSaleCommand.GiveUnits(1, 1)).Then(Gave(1, 1, 2));
    }

    [Test]
    public void A_shard_that_has_nothing_or_is_closed_gives_nothing()
    {
        Given(Announced, Sharded(0), Stocked()).When(new FlashSaleCommand.GiveUnits(1, 1)).ThenRejected("sold-out", ("available", 0));
        Given(Announced, Sharded(0), Stocked((Main, 2)), Closed()).When(new FlashSaleCommand.GiveUnits(1, 1)).ThenRejected("sale-closed");
        Given(Announced, Sharded(0), Stocked((Main, 2))).When(new FlashSaleCommand.GiveUnits(0, 1)).ThenRejected("shard-unknown");
        Given(Announced, Sharded(0), Stocked((Main, 2))).When(new FlashSaleCommand.GiveUnits(3, 1)).ThenRejected("shard-unknown");
        Open(2).When(new FlashSaleCommand.GiveUnits(1, 1)).ThenRejected("shard-unknown");
    }

    [Test]
    public void Units_are_taken_once_however_often_they_come_and_can_be_claimed_then()
    {
        Given(Announced, Sharded(1), Stocked()).When(Take(0, 1, 2)).Then(Took(0, 1, 2));
        Given(Announced, Sharded(1), Stocked(), Took(0, 1, 2)).When(Take(0, 1, 2)).ThenNothing();
        Given(Announced, Sharded(1), Stocked(), Took(0, 2, 2)).When(Take(0, 1, 2)).Then(Took(0, 1, 2));
        Given(Announced, Sharded(1), Stocked(), Took(0, 1, 2)).When(Take(2, 1, 2)).Then(Took(2, 1, 2));
        Given(Announced, Sharded(1), Stocked((Main, 1)), Took(0, 1, 2, Spare)).When(In(1, "ann", 2)).Then(new FlashSaleEvent.Claimed(IdIn(1), CustomerId.Of("ann"), 2, 1, 1, Noon.AddMinutes(15)));
    }

    [Test]
    public void A_claim_is_made_where_its_id_says_that_it_is()
    {
        Given(Announced, Sharded(1), Stocked((Main, 3))).When(In(2, "ann", 1)).ThenRejected("claim-elsewhere");
        Given(Announced, Sharded(1), Stocked((Main, 3))).When(Wants(1, "ann")).ThenRejected("claim-elsewhere");
        Open(3).When(In(1, "ann", 1)).ThenRejected("claim-elsewhere");
    }

    static OrderId IdIn(int shard) => new SaleShard(shard, 3).ClaimOf(Sale.Value);

    static FlashSaleCommand In(int shard, string customer, int quantity) => new FlashSaleCommand.Claim(Noon, IdIn(shard), CustomerId.Of(customer), quantity, null);

    [Test]
    public void A_closed_shard_takes_units_and_gives_them_back_to_stock_under_a_number_that_no_other_shard_uses()
    {
        Given(Announced, Sharded(1), Stocked((Main, 1)), Closed(), Rest(2, 1)).When(Take(0, 1, 2)).Then(Took(0, 1, 2), Rest(5, 2));
        Given(Announced, Sharded(0), Stocked((Main, 1))).When(Tick(60)).Then(Closed(), Rest(1, 1));
    }

    [FsCheck.NUnit.Property]
    public void All_shards_together_have_all_units(PositiveInt units, PositiveInt of)
    {
        var count = 1 + (of.Get % SaleShard.CountMax);
        Assert.That(Enumerable.Range(0, count).Sum(n => new SaleShard(n, count).ShareOf(units.Get)), Is.EqualTo(units.Get));
    }

    [FsCheck.NUnit.Property]
    public void A_claim_names_the_stream_of_its_customer_for_ever(Guid seed, PositiveInt of, NonNegativeInt customer)
    {
        var shard = SaleShard.For(CustomerId.Of($"customer-{customer.Get}"), 1 + (of.Get % SaleShard.CountMax));
        var claim = shard.ClaimOf(seed);
        Assert.That(claim, Is.EqualTo(shard.ClaimOf(seed)));
        Assert.That(SaleShard.StreamOf(Sale, claim), Is.EqualTo(SaleShard.StreamOf(Sale, shard.Number)));
        Assert.That(SaleShard.Read(SaleShard.StreamOf(Sale, claim)), Is.EqualTo((Sale, shard.Number)));
    }

    [Test]
    public void A_claim_of_a_sale_of_one_stream_is_there_whatever_its_id()
    {
        Assert.That(SaleShard.StreamOf(Sale, new OrderId(Uuid.FromName(Sale.Value, "1"))), Is.EqualTo(FlashSale.StreamOf(Sale)));
        Assert.That(SaleShard.StreamOf(Sale, new OrderId(Guid.CreateVersion7())), Is.EqualTo(FlashSale.StreamOf(Sale)));
        Assert.That(() => SaleShard.Read(Domain.Log.StreamName.For("flashsale", $"{Sale}.1.2")), Throws.InstanceOf<FormatException>());
    }

    [Test]
    public void Customers_come_to_all_shards_alike()
    {
        var counts = Enumerable.Range(0, 16_000).Select(n => SaleShard.For(CustomerId.Of($"customer-{n:000000}"), SaleShard.CountMax).Number).CountBy(n => n).ToList();
        Assert.That(counts, Has.Count.EqualTo(SaleShard.CountMax));
        Assert.That(counts.Select(c => c.Value), Is.All.InRange(800, 1_200));
    }
}
