using Commerce.Commands.Importing;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using static Commerce.Commands.Tests.Importing.Invoices;

namespace Commerce.Commands.Tests.Importing;

public sealed class ChunkPlannerTests
{
    [Test]
    public void The_sold_lines_of_an_invoice_make_one_order_in_their_order()
    {
        var order = Plan(Line("1", "B", 2, 2.55m), Line("1", "A", 3, 1.00m), Line("1", "B", 1, 2.55m)).Orders.Single();

        Assert.That(order.Place.Lines.Select(l => (l.Sku.Value, l.Quantity)), Is.EqualTo(new[] { ("B", 2), ("A", 3), ("B", 1) }));
        Assert.That((order.Total.Amount, order.Place.Origin, order.Occasion.At), Is.EqualTo((10.65m, OrderOrigin.Import, Noon)));
    }

    [Test]
    public void A_SKU_on_two_lines_of_an_order_is_reserved_and_shipped_as_one()
    {
        var plan = Plan(Line("1", "B", 2, 1m), Line("1", "B", 3, 2m));

        Assert.That(plan.Stock.Single().Value.Select(m => m.Command), Is.EqualTo(new StockCommand[]
        {
            new StockCommand.Reserve(plan.Orders[0].Place.Order, 5, Noon.AddDays(1)),
            new StockCommand.Ship(plan.Orders[0].Place.Order, 5, ImportIds.Shipment(plan.Orders[0].Place.Order)),
        }));
    }

    [Test]
    public void A_cancellation_takes_back_what_the_customer_bought_newest_first()
    {
        var plan = Plan(Line("1", "A", 5, 1m), Line("2", "A", 2, 1m, minute: 1), Line("C3", "A", -4, 1m, minute: 2));

        Assert.That(plan.Returns.Select(r => (r.Order, r.Lines.Single(), r.Amount.Amount)), Is.EqualTo(new[]
        {
            (ImportIds.Order("2"), new LineQuantity(1, 2), 2m),
            (ImportIds.Order("1"), new LineQuantity(1, 2), 2m),
        }));
        Assert.That(plan.Figures.Returned, Is.EqualTo(new Tally(1, -4, -4m)));
    }

    [Test]
    public void A_cancellation_line_may_be_split_between_a_return_and_a_credit()
    {
        var plan = Plan(Line("1", "A", 3, 1.5m), Line("C2", "A", -5, 1.5m, minute: 1));

        Assert.That((plan.Figures.Returned, plan.Figures.Credited, plan.Figures.SplitLines), Is.EqualTo((new Tally(1, -3, -4.5m), new Tally(0, -2, -3m), 1L)));
        Assert.That(plan.Credits.Single().Issue.Lines.Single().Quantity, Is.EqualTo(2));
    }

    [Test]
    public void Nothing_comes_back_of_other_customers_of_guests_of_other_SKUs_or_of_later_sales()
    {
        var plan = Plan(
            Line("1", "A", 9, 1m, customer: "1"), Line("2", "A", 9, 1m, customer: null), Line("3", "B", 9, 1m), Line("4", "A", 9, 1m, minute: 5),
            Line("C5", "A", -1, 1m, minute: 4), Line("C6", "A", -1, 1m, customer: null, minute: 4));

        Assert.That((plan.Returns.Count, plan.Figures.Credited), Is.EqualTo((0, new Tally(2, -2, -2m))));
    }

    [Test]
    public void A_credit_at_another_price_is_no_return_and_is_told_apart()
    {
        var plan = Plan(Line("1", "A", 9, 1.25m), Line("C2", "A", -4, 1.00m, minute: 1));

        Assert.That((plan.Returns.Count, plan.Figures.Credited, plan.Figures.CreditedAtAnotherPrice), Is.EqualTo((0, new Tally(1, -4, -4m), new Tally(1, -4, -4m))));
    }

    [Test]
    public void Sales_of_earlier_chunks_are_taken_back_as_far_as_they_are_left()
    {
        var earlier = Plan(Line("1", "A", 5, 0.335m)).Sales.Single() with { Returned = 3 };

        var plan = Plan([earlier], Line("C2", "A", -5, 0.335m, minute: 1));

        // The parts of a line add up to the whole: 1.68 for 5, 1.01 for the first 3.
        Assert.That((plan.Returns.Single().Amount.Amount, plan.Sales.Single().Returned, plan.Figures.Credited.Quantity), Is.EqualTo((0.67m, 5, -3L)));
    }

    [Test]
    public void Two_lines_of_a_cancellation_may_take_back_of_one_line()
    {
        var plan = Plan(Line("1", "A", 5, 1m), Line("C2", "A", -2, 1m, minute: 1), Line("C2", "A", -1, 1m, minute: 1));

        Assert.That(plan.Returns.Single().Lines, Is.EqualTo(new[] { new LineQuantity(1, 3) }));
        Assert.That(plan.Stock.Single().Value[^1].Command, Is.EqualTo(new StockCommand.Return(ImportIds.Order("1"), 3, ImportIds.Return("C2", ImportIds.Order("1")))));
    }

    [Test]
    public void Lines_without_price_or_quantity_move_stock_and_no_money()
    {
        var plan = Plan(
            Line("1", "A", -3, 0m, customer: null, name: "damages"), Line("2", "B", 4, 0m), Line("3", "C", 5, 0m, customer: null, name: ""), Line("4", "D", 0, 2m));

        Assert.That(plan.Stock.SelectMany(s => s.Value).Select(m => m.Command), Is.EqualTo(new StockCommand[]
        {
            new StockCommand.WriteOff(3, "invoice 1: damages"), new StockCommand.WriteOff(4, "given away with invoice 2: HEART"), new StockCommand.Receive(5, "found, invoice 3"),
        }));
        Assert.That((plan.Orders.Count, plan.Figures.Adjusted), Is.EqualTo((0, new Tally(4, 6, 0m))));
    }

    [Test]
    public void A_cancellation_of_a_quantity_above_zero_is_rejected()
    {
        Assert.That(Plan(Line("C1", "A", 3, 1m)).Rejected.Single().Reason, Does.Contain("below zero"));
    }

    [Test]
    public void Lines_that_name_another_customer_or_country_than_their_invoice_are_rejected()
    {
        var plan = Plan(Line("1", "A", 1, 1m), Line("1", "A", 1, 1m, customer: "2"), Line("1", "A", 1, 1m, country: "France"));

        Assert.That(plan.Rejected.Select(r => r.Line), Is.EqualTo(new[] { 3, 4 }));
    }

    [Test]
    public void Lines_beyond_what_an_order_holds_are_rejected()
    {
        var plan = Plan([.. Enumerable.Range(0, Order.LinesMax + 1).Select(n => Line("1", $"S{n}", 1, 1m))]);

        Assert.That((plan.Orders.Single().Place.Lines.Length, plan.Rejected.Single().Line), Is.EqualTo((Order.LinesMax, (long)Order.LinesMax + 2)));
    }

    [Test]
    public void An_invoice_that_is_imported_already_is_rejected_line_by_line()
    {
        var plan = ChunkPlanner.Plan([Line("1", "A", 1, 2m, line: 5)], new Dictionary<string, string> { ["1"] = "first.csv, line 9" }, []);

        Assert.That(plan.Rejected.Single(), Is.EqualTo(new RejectedLine(5, "the invoice 1 is imported already, from first.csv, line 9")));
        Assert.That((plan.Orders.Count, plan.Invoices.Count, plan.Figures.Rejected), Is.EqualTo((0, 0, new Tally(1, 1, 2m))));
    }

    [Test]
    public void A_product_has_its_latest_name_that_is_not_empty_and_its_latest_price()
    {
        var product = Plan(Line("1", "A", 1, 1m, name: "OLD"), Line("2", "A", 1, 2m, name: "NEW"), Line("3", "A", 1, 3m, name: "")).Products.Single().Value;

        Assert.That((product.Name, product.Price.Amount), Is.EqualTo(("NEW", 3m)));
    }

    [Test]
    public void Order_numbers_grow_with_time_and_then_with_the_invoice()
    {
        var numbers = Plan(Line("3", "A", 1, 1m, minute: 1), Line("2", "A", 1, 1m), Line("1", "A", 1, 1m), Line("A1", "A", 1, 1m)).Orders.Select(o => o.Place.Number).ToList();

        Assert.That(numbers, Is.Unique);
        Assert.That(numbers[2], Is.LessThan(numbers[1]));
        Assert.That(numbers[1], Is.LessThan(numbers[0]));
    }
}
