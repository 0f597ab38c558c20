using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Domain.Tests.Spec;
using static Commerce.Domain.Tests.Orders.OrderWords;

namespace Commerce.Domain.Tests.Orders;

public sealed class PlacingTests
{
    [Test]
    public void An_order_has_lines_and_not_too_many()
    {
        Placing(Place()).ThenRejected("lines-invalid");
        Placing(Place() with { Lines = default }).ThenRejected("lines-invalid");
        Placing(Place([.. Enumerable.Repeat(Line(1, 1m), Order.LinesMax + 1)])).ThenRejected("lines-invalid");
    }

    [TestCase(0)]
    [TestCase(-3)]
    [TestCase(Order.QuantityMax + 1)]
    public void A_line_has_a_quantity_that_can_be_counted(int quantity) => Placing(Place(Line(1, 1m), Line(quantity, 1m))).ThenRejected("quantity-invalid");

    [TestCase("-0.01")]
    [TestCase("0.00001")]
    [TestCase("1000000000000.01")]
    public void A_line_has_a_price(string price) =>
        Placing(Place(Line(1, decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture)))).ThenRejected("price-invalid");

    [Test]
    public void An_order_is_in_one_currency() =>
        Placing(Place(Line(1, 1m), Line(1, 1m) with { UnitPrice = new(1m, Currency.Of("EUR")) })).ThenRejected("currency-mismatch");

    [Test]
    public void A_total_is_bounded_whatever_the_lines_say() =>
        Placing(Place([.. Enumerable.Repeat(Line(Order.QuantityMax, Money.AmountMax), Order.LinesMax)])).ThenRejected("total-too-large");

    [TestCaseSource(typeof(Texts), nameof(Texts.Invalid))]
    public void A_line_has_a_name(string? text) => Placing(Place(Line(1, 1m) with { Name = Texts.OrNull(text) })).ThenRejected("name-invalid");

    [TestCaseSource(typeof(Texts), nameof(Texts.Invalid))]
    public void A_country_and_a_token_may_be_missing_but_else_are_texts(string? text)
    {
        var place = Place(Line(1, 1m));
        if (text is null)
        {
            Placing(place with { Country = null, PaymentToken = null }).Then(new OrderEvent.Placed(Id, 7, null, null, null, OrderOrigin.Client, [Line(1, 1m)], new(1.00m, Gbp)));
            return;
        }

        Placing(place with { Country = text }).ThenRejected("country-invalid");
        Placing(place with { PaymentToken = text }).ThenRejected("payment-token-invalid");
    }

    [Test]
    public void Texts_have_a_longest_length()
    {
        Placing(Place(Line(1, 1m)) with { Country = Texts.OfLength(Order.CountryLengthMax + 1) }).ThenRejected("country-invalid");
        Placing(Place(Line(1, 1m)) with { PaymentToken = Texts.OfLength(Payment.TextLengthMax + 1) }).ThenRejected("payment-token-invalid");
        Placing(Place(Line(1, 1m) with { Name = Texts.OfLength(Order.NameLengthMax + 1) })).ThenRejected("name-invalid");
    }

    [Test]
    public void The_largest_order_fits_one_append_and_a_larger_one_is_refused()
    {
        var line = Line(Order.QuantityMax, 0.1234m) with { Sku = Sku.Of(Texts.OfLength(Sku.LengthMax)), Name = Texts.OfLength(Order.NameLengthMax) };
        var largest = Order.Decide(Place([.. Enumerable.Repeat(line, Order.LinesMax)]), Order.None).Events.Single();
        Assert.That(EventCatalog.ToJson(largest), Has.Length.LessThan(IEventLog.AppendBytesMax - 100_000));

        // Written as \uXXXX these names take six bytes a character.
        Placing(Place([.. Enumerable.Repeat(line with { Name = new string('ß', Order.NameLengthMax) }, Order.LinesMax)])).ThenRejected("order-too-large");
    }

    static Outcome<OrderEvent> Placing(OrderCommand.Place command) => new Given<OrderCommand, OrderEvent, Order>(Order.Decider).When(command);
}
