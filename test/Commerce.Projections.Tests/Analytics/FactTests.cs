using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Analytics;

/// <summary>What the facts and views say of trade that is known.</summary>
public sealed class FactTests
{
    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp() => _world = await ReadModelWorld.Create();

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [TestCase(1)]
    [TestCase(100)]
    public async Task Stock_moves_by_day_and_turns_over_by_month(int batchEvents)
    {
        await _world.Append(StockStream("CUP"), At(1, 30), new StockEvent.Received(10, "delivery"), Reserved(1, 3), new StockEvent.Shipped(OrderNumber(1), 3, null));
        await _world.Append(StockStream("CUP"), At(1, 31), new StockEvent.Shipped(OrderNumber(1), 1, null));
        await _world.Append(StockStream("CUP"), At(2, 1), new StockEvent.Returned(OrderNumber(1), 1, null), new StockEvent.WrittenOff(2, "broken"), new StockEvent.Received(1, "found"));
        await _world.Project(batchEvents);

        Assert.That(
            await _world.Rows("SELECT day::text, sku, location, received, returned, shipped, written_off FROM analytics.stock_movements ORDER BY day"),
            Is.EqualTo((string[])["2026-01-30|CUP|main|10|0|3|0", "2026-01-31|CUP|main|0|0|1|0", "2026-02-01|CUP|main|1|1|0|2"]));
        Assert.That(
            await _world.Rows("SELECT month::text, opening, received, returned, shipped, written_off, closing, average_on_hand, turnover FROM analytics.stock_turnover ORDER BY month"),
            Is.EqualTo((string[])["2026-01-01|0|10|0|4|0|6|3.0|1.3333", "2026-02-01|6|1|1|0|2|6|6.0|0.0000"]));
    }

    [TestCase(1)]
    [TestCase(100)]
    public async Task The_ledger_has_each_movement_of_money_and_its_cash_is_what_payments_took_less_what_they_gave_back(int batchEvents)
    {
        await OneOrderWithEverything(_world);
        await _world.Append(PaymentStream(2), new PaymentEvent.Requested(OrderNumber(2), Pounds(5m), null, null), new PaymentEvent.Declined("no-funds"));
        await _world.Append(
            PaymentStream(3), new PaymentEvent.Requested(OrderNumber(3), Pounds(7m), null, null), new PaymentEvent.Authorised("ref-7"),
            new PaymentEvent.VoidRequested(VoidReason.OrderCancelled), new PaymentEvent.Voided("ref-8"));
        await _world.Project(batchEvents);

        Assert.That(
            await _world.Rows("SELECT movement, amount, cash, currency, reference FROM analytics.payment_ledger ORDER BY position"),
            Is.EqualTo((string[])["authorised|13.38|0|GBP|ref-1", "captured|13.38|13.38|GBP|ref-2", "refunded|2.13|-2.13|GBP|ref-3", "authorised|7|0|GBP|ref-7", "voided|7|0|GBP|ref-8"]));
        Assert.That(
            await _world.Rows("SELECT (SELECT sum(cash) FROM analytics.payment_ledger) = (SELECT sum(captured - refunded) FROM analytics.payments)"),
            Is.EqualTo((string[])["True"]));
    }

    [Test]
    public async Task Customers_who_come_back_are_counted_with_the_month_in_which_they_came_first()
    {
        await Sell(1, "ann", At(1, 10));
        await Sell(2, "bob", At(1, 20));
        await Sell(3, "ann", At(3, 5));
        await Sell(4, "ann", At(3, 6));
        await Sell(5, "eve", At(3, 7));
        await Sell(6, null, At(3, 8));
        await _world.Append(OrderStream(7), At(3, 9), Placed(7, "bob", null, Line(1, "CUP", 1, 1m)));
        await _world.Project();

        Assert.That(
            await _world.Rows("SELECT cohort::text, month::text, months_after, cohort_customers, customers, orders, share FROM analytics.cohorts ORDER BY cohort, month"),
            Is.EqualTo((string[])["2026-01-01|2026-01-01|0|2|2|2|1.0000", "2026-01-01|2026-03-01|2|2|1|2|0.5000", "2026-03-01|2026-03-01|0|1|1|1|1.0000"]));
    }

    [Test]
    public async Task The_funnel_counts_how_far_orders_of_a_day_came_and_how_long_they_took()
    {
        var line = Line(1, "CUP", 2, 1m);
        await _world.Append(OrderStream(1), At(1, 10), Placed(1, null, null, line));
        await _world.Append(OrderStream(1), At(1, 10).AddHours(1), new OrderEvent.Confirmed());
        await _world.Append(OrderStream(1), At(1, 10).AddHours(4), Shipped(2m, new LineQuantity(1, 2)));
        await _world.Append(OrderStream(1), At(1, 10).AddHours(28), Returned(1m, new LineQuantity(1, 1)));
        await _world.Append(OrderStream(2), At(1, 10), Placed(2, null, null, line));
        await _world.Append(OrderStream(2), At(1, 10).AddHours(2), new OrderEvent.Confirmed());
        await _world.Append(OrderStream(3), At(1, 10), Placed(3, null, null, line), new OrderEvent.Rejected(RejectReason.OutOfStock, "none left"));
        await _world.Append(OrderStream(4), At(1, 11), Placed(4, null, null, line), new OrderEvent.Cancelled("changed my mind", CancelCause.Customer));
        await _world.Project();

        Assert.That(
            await _world.Rows("""
                SELECT placed_on::text, placed, paid, shipped, returned, rejected, cancelled, median_hours_to_pay, median_hours_to_ship, median_hours_to_return
                FROM analytics.funnel ORDER BY 1
                """),
            Is.EqualTo((string[])["2026-01-10|3|2|1|1|1|0|1.50|3.00|24.00", "2026-01-11|1|0|0|0|0|1|||"]));
    }

    static DateTimeOffset At(int month, int day) => new(2026, month, day, 12, 0, 0, TimeSpan.Zero);

    Task Sell(int order, string? customer, DateTimeOffset at) =>
        _world.Append(OrderStream(order), at, Placed(order, customer, null, Line(1, "CUP", 1, 1m)), new OrderEvent.Confirmed());
}
