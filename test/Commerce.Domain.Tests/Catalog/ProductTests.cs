using Commerce.Domain.Catalog;
using Commerce.Domain.Tests.Spec;

namespace Commerce.Domain.Tests.Catalog;

public sealed class ProductTests
{
    static readonly ProductEvent Registered = new ProductEvent.Registered(Sku.Of("mug"), "Mug", Pounds(2.55m));
    static readonly ProductEvent Discontinued = new ProductEvent.Discontinued();
    static readonly ProductCommand.Register Register = new(Sku.Of("mug"), "Mug", Pounds(2.55m));

    [Test]
    public void A_product_is_registered_once()
    {
        Given().When(Register).Then(Registered);
        Given(Registered).When(Register).ThenRejected("product-exists", RejectionKind.Conflict);
        Given(Registered, Discontinued).When(Register).ThenRejected("product-exists", RejectionKind.Conflict);
    }

    [Test]
    public void Nothing_can_be_done_to_a_product_that_is_not_registered()
    {
        Given().When(ChangePrice(1)).ThenRejected("product-unknown", RejectionKind.NotFound);
        Given().When(new ProductCommand.Discontinue()).ThenRejected("product-unknown", RejectionKind.NotFound);
    }

    [Test]
    public void A_price_changes_only_where_it_is_another()
    {
        Given(Registered).When(ChangePrice(3)).Then(new ProductEvent.PriceChanged(Pounds(3)));
        Given(Registered).When(ChangePrice(2.550m)).ThenNothing();
        Given(Registered, new ProductEvent.PriceChanged(Pounds(3))).When(ChangePrice(2.55m)).Then(new ProductEvent.PriceChanged(Pounds(2.55m)));
    }

    [Test]
    public void A_product_stays_in_its_currency() =>
        Given(Registered).When(new ProductCommand.ChangePrice(new(3, Currency.Of("EUR")))).ThenRejected("currency-mismatch");

    [Test]
    public void A_discontinued_product_keeps_its_price()
    {
        Given(Registered).When(new ProductCommand.Discontinue()).Then(Discontinued);
        Given(Registered, Discontinued).When(new ProductCommand.Discontinue()).ThenNothing();
        Given(Registered, Discontinued).When(ChangePrice(3)).ThenRejected("product-discontinued");
    }

    [TestCase("-0.01")]
    [TestCase("0.00001")]
    [TestCase("1000000000000.01")]
    public void A_price_is_zero_or_more_with_at_most_four_decimals(string text)
    {
        var price = decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        Given().When(Register with { Price = Pounds(price) }).ThenRejected("price-invalid");
        Given(Registered).When(ChangePrice(price)).ThenRejected("price-invalid");
    }

    [TestCase("0")]
    [TestCase("0.0001")]
    [TestCase("1000000000000")]
    public void Prices_may_be_tiny_huge_or_nothing(string text) =>
        Given(Registered).When(ChangePrice(decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture))).Then(
            new ProductEvent.PriceChanged(Pounds(decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture))));

    [TestCaseSource(typeof(Texts), nameof(Texts.Invalid))]
    public void A_product_has_a_name(string? text) => Given().When(Register with { Name = Texts.OrNull(text) }).ThenRejected("name-invalid");

    [Test]
    public void A_name_has_a_longest_length()
    {
        Given().When(Register with { Name = Texts.OfLength(Product.NameLengthMax + 1) }).ThenRejected("name-invalid");
        Given().When(Register with { Name = "Dotcomgiftshop 🎁 café" }).Then(new ProductEvent.Registered(Sku.Of("mug"), "Dotcomgiftshop 🎁 café", Pounds(2.55m)));
    }

    static Given<ProductCommand, ProductEvent, Product> Given(params ProductEvent[] past) => new(Product.Decider, past);

    static Money Pounds(decimal amount) => new(amount, Currency.Of("GBP"));

    static ProductCommand ChangePrice(decimal amount) => new ProductCommand.ChangePrice(Pounds(amount));
}
