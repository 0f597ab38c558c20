using System.Globalization;
using System.Text.Json;
using FsCheck;

namespace Commerce.Domain.Tests;

public sealed class MoneyTests
{
    [TestCase("GBP", 2)]
    [TestCase("EUR", 2)]
    [TestCase("JPY", 0)]
    [TestCase("KRW", 0)]
    [TestCase("ISK", 0)]
    [TestCase("BHD", 3)]
    [TestCase("KWD", 3)]
    [TestCase("TND", 3)]
    public void Currencies_have_the_minor_units_of_iso_4217(string code, int decimals) => Assert.That(Currency.Of(code).Decimals, Is.EqualTo(decimals));

    [TestCase("gbp")]
    [TestCase("GB")]
    [TestCase("XXX")]
    [TestCase("XAU")]
    [TestCase("")]
    [TestCase(null)]
    public void What_is_not_a_currency_is_not_read(string? code) => Assert.That(Currency.TryParse(code, null, out _), Is.False);

    [TestCase("GBP", "0.335", 3, "1.01")]
    [TestCase("GBP", "0.005", 1, "0.01")]
    [TestCase("GBP", "0.0049", 1, "0.00")]
    [TestCase("GBP", "0.0001", 50, "0.01")]
    [TestCase("JPY", "0.5", 1, "1")]
    [TestCase("JPY", "0.5", 3, "2")]
    [TestCase("JPY", "0.25", 1, "0")]
    [TestCase("BHD", "0.0005", 1, "0.001")]
    [TestCase("BHD", "1.2345", 2, "2.469")]
    public void A_charge_is_rounded_to_the_minor_unit_halves_up(string currency, string price, int quantity, string charge) =>
        Assert.That(new Money(Decimal(price), Currency.Of(currency)).Charge(quantity).Amount, Is.EqualTo(Decimal(charge)));

    [FsCheck.NUnit.Property(MaxTest = 500, Replay = "20101201,7")]
    public void The_parts_of_a_charge_add_up_to_the_whole_however_it_is_split(PositiveInt tenThousandths, PositiveInt[] parts, int currency)
    {
        var price = new Money(tenThousandths.Get / 10_000m, Currency.Of(new[] { "GBP", "JPY", "BHD" }[Math.Abs(currency % 3)]));
        var (before, sum) = (0L, Money.Zero(price.Currency));
        foreach (var part in parts)
        {
            var charge = price.ChargePart(before, part.Get);
            Assert.That(charge.Amount, Is.Not.Negative);
            sum += charge;
            before += part.Get;
        }

        Assert.That(sum, Is.EqualTo(price.Charge(before)));
    }

    [Test]
    public void The_largest_charge_can_be_counted() =>
        Assert.That(new Money(Money.AmountMax, Currency.Of("BHD")).Charge(int.MaxValue).Amount, Is.EqualTo(Money.AmountMax * int.MaxValue));

    [Test]
    public void Currencies_do_not_mix()
    {
        var (pounds, euros) = (new Money(1, Currency.Of("GBP")), new Money(1, Currency.Of("EUR")));
        Assert.That(() => pounds + euros, Throws.InvalidOperationException);
        Assert.That(() => pounds - euros, Throws.InvalidOperationException);
    }

    [FsCheck.NUnit.Property(MaxTest = 500, Replay = "20101201,7")]
    public void Money_comes_back_from_json_to_the_last_digit(decimal amount)
    {
        var money = new Money(amount, Currency.Of("GBP"));
        var back = JsonSerializer.Deserialize<Money>(JsonSerializer.Serialize(money));

        Assert.That(back, Is.EqualTo(money));
        Assert.That(back.Amount.Scale, Is.EqualTo(amount.Scale));
    }

    [TestCase("""{"amount":"12.50","currency":"GBP"}""", ExpectedResult = true)]
    [TestCase("""{"currency":"GBP","amount":"-0"}""", ExpectedResult = true)]
    [TestCase("""{"amount":12.50,"currency":"GBP"}""", ExpectedResult = false)]
    [TestCase("""{"amount":"12.50"}""", ExpectedResult = false)]
    [TestCase("""{"amount":"12.50","currency":"XXX"}""", ExpectedResult = false)]
    [TestCase("""{"amount":"1e3","currency":"GBP"}""", ExpectedResult = false)]
    [TestCase("""{"amount":"1,000","currency":"GBP"}""", ExpectedResult = false)]
    [TestCase("""{"amount":" 1","currency":"GBP"}""", ExpectedResult = false)]
    [TestCase("""{"amount":"1","currency":"GBP","tax":"1"}""", ExpectedResult = false)]
    [TestCase("""{"amount":"0.00000000000000000000000000000000001","currency":"GBP"}""", ExpectedResult = false)]
    [TestCase("""{"amount":"9.99999999999999999999999999999","currency":"GBP"}""", ExpectedResult = false)]
    [TestCase("\"12.50 GBP\"", ExpectedResult = false)]
    public bool Amounts_are_texts_that_can_be_kept_exactly(string json)
    {
        try
        {
            JsonSerializer.Deserialize<Money>(json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static decimal Decimal(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
