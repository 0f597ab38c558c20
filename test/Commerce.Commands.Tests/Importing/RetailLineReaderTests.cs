using Commerce.Commands.Importing;

namespace Commerce.Commands.Tests.Importing;

public sealed class RetailLineReaderTests
{
    [Test]
    public void A_line_is_read_with_its_customer_as_an_id_and_its_time_as_UTC()
    {
        var line = Read("536365,85123A,WHITE HANGING HEART ,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom").Line;

        Assert.That(line, Is.EqualTo(new RetailLine(
            7, "536365", Domain.Sku.Of("85123A"), "WHITE HANGING HEART", 6, new(2010, 12, 1, 8, 26, 0, TimeSpan.Zero), 2.55m, Domain.CustomerId.Of("17850"), "United Kingdom")));
    }

    [Test]
    public void A_guest_has_no_customer_and_a_price_may_have_three_decimals()
    {
        var line = Read("C1,m,,-1,2010-12-01 08:26:00,0.001,,").Line;

        Assert.That((line?.Customer, line?.Country, line?.Price, line?.IsCancellation), Is.EqualTo(((Domain.CustomerId?)null, (string?)null, 0.001m, true)));
    }

    [TestCase("536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0", "the line has 7 columns instead of 8")]
    [TestCase("", "the line is empty")]
    [TestCase(",85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,UK", "the invoice number '' is not 1 to 32 letters and digits")]
    [TestCase("536365,,HEART,6,2010-12-01 08:26:00,2.55,17850.0,UK", "the stock code '' is empty or too long")]
    [TestCase("536365,85123A,HEART,six,2010-12-01 08:26:00,2.55,17850.0,UK", "the quantity 'six' is not a whole number")]
    [TestCase("536365,85123A,HEART,1.5,2010-12-01 08:26:00,2.55,17850.0,UK", "the quantity '1.5' is not a whole number")]
    [TestCase("536365,85123A,HEART,1000000000000,2010-12-01 08:26:00,2.55,17850.0,UK", "the quantity '1000000000000' is beyond 500000")]
    [TestCase("536365,85123A,HEART,99999999999999999999999,2010-12-01 08:26:00,2.55,17850.0,UK", "the quantity '99999999999999999999999' is not a whole number")]
    [TestCase("536365,85123A,HEART,6,yesterday,2.55,17850.0,UK", "the date 'yesterday' is not a time like 2010-12-01 08:26:00")]
    [TestCase("536365,85123A,HEART,6,2010-02-30 08:26:00,2.55,17850.0,UK", "the date '2010-02-30 08:26:00' is not a time like 2010-12-01 08:26:00")]
    [TestCase("536365,85123A,HEART,6,2010-12-01 08:26:00,free,17850.0,UK", "the price 'free' is not an amount with at most 4 decimals")]
    [TestCase("536365,85123A,HEART,6,2010-12-01 08:26:00,2.55555,17850.0,UK", "the price '2.55555' is not an amount with at most 4 decimals")]
    [TestCase("A506401,B,Adjust bad debt,1,2010-12-01 08:26:00,-53594.36,,UK", "the price '-53594.36' is below zero")]
    [TestCase("536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,no one,UK", "the customer 'no one' is not an id")]
    public void What_cannot_be_read_is_rejected_with_its_line_and_reason(string text, string reason)
    {
        Assert.That(Read(text), Is.EqualTo(new ReadLine(null, new RejectedLine(7, reason), Read(text).InFile)));
    }

    [Test]
    public void A_rejected_line_counts_its_units_and_value_as_far_as_they_can_be_read()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Read("A1,B,Adjust bad debt,2,2010-12-01 08:26:00,-10.5,,UK").InFile, Is.EqualTo(new Tally(1, 2, -21m)));
            Assert.That(Read("1,B,x,1000000000000,2010-12-01 08:26:00,1,,UK").InFile, Is.EqualTo(new Tally(1, 1_000_000_000_000, 1_000_000_000_000m)));
            Assert.That(Read("1,B,x,y,2010-12-01 08:26:00,1,,UK").InFile, Is.EqualTo(new Tally(1, 0, 0)));
        });
    }

    [TestCase("85123a", "85123a")]
    [TestCase("gift_0001_40", "gift_0001_40")]
    [TestCase("BANK CHARGES", "BANK.20CHARGES")]
    [TestCase("A.20B", "A.2E20B")]
    [TestCase("caf\u00e9", "caf.C3.A9")]
    public void A_stock_code_becomes_a_SKU_of_its_own(string code, string sku)
    {
        Assert.That(StockCodes.TryMap(code, out var mapped) ? mapped.ToString() : null, Is.EqualTo(sku));
    }

    static ReadLine Read(string text) => RetailLineReader.Read(new CsvRecord(7, 0, 8, text.Split(','), null));
}
