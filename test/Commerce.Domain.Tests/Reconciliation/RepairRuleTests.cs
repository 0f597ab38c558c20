using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;
using Commerce.Testing.Servers;

namespace Commerce.Domain.Tests.Reconciliation;

/// <summary>The tables of rules in docs/payments.md, row by row: whatever the two sides, or an order, can say of a movement, it is told there what is done.</summary>
public sealed class RepairRuleTests
{
    const string Header = "| difference | our log | provider | movement | repair |";
    const string OrderHeader = "| difference | our order | money | movement | order's repair |";

    static readonly DateOnly Day = new(2026, 2, 3);
    static readonly DateTimeOffset Noon = new(2026, 2, 3, 12, 0, 0, TimeSpan.Zero);
    static readonly Money Ten = new(10, Currency.Of("GBP"));
    static readonly OrderId Owner = new(new Guid(3, 0, 0, new byte[8]));
    static readonly Guid Transfer = new(2, 0, 0, new byte[8]);
    static readonly OrderEvent.Placed Placed = new(Owner, 1, null, null, null, OrderOrigin.Client, [], Ten);

    static readonly (string Word, MovementState? State)[] Here = [("nothing", null), ("awaited", MovementState.Awaited), ("given up", MovementState.GivenUp), ("declined", MovementState.Declined), ("done", MovementState.Done)];

    static readonly (string Word, MovementState? State, decimal Amount)[] There =
    [
        ("nothing", null, 0), ("not decided", MovementState.Awaited, 10), ("declined", MovementState.Declined, 10), ("done", MovementState.Done, 10), ("done with another amount", MovementState.Done, 9),
    ];

    static readonly (string Word, MovementState? State, decimal Amount)[] Moved = [("nothing", null, 0), ("awaited", MovementState.Awaited, 10), ("given up", MovementState.GivenUp, 10), ("declined", MovementState.Declined, 10), ("done", MovementState.Done, 10), ("done with another amount", MovementState.Done, 9)];

    static IEnumerable<object[]> Orders() =>
        from kind in Enum.GetValues<PaymentMovement>()
        from order in kind switch { PaymentMovement.Capture => ["nothing", "shipped"], PaymentMovement.Refund => ["nothing", "returned"], _ => new[] { "nothing", "placed", "promised", "rejected", "cancelled" } }
        from money in Moved
        select new object[] { order, money.Word, kind };

    static IEnumerable<object[]> Everything() =>
        from here in Here
        from there in There
        from kind in Enum.GetValues<PaymentMovement>()
        select new object[] { here.Word, there.Word, kind };

    [TestCaseSource(nameof(Everything))]
    public void The_table_tells_what_is_done(string here, string there, PaymentMovement kind) => Told(Header, here, there, kind, Compare(here, there, kind));

    [TestCaseSource(nameof(Orders))]
    public void The_table_of_orders_tells_what_is_done(string order, string money, PaymentMovement kind)
    {
        var found = OfOrder(order, money, kind, isInHands: false);
        Told(OrderHeader, order, money, kind, found);
        Assert.That(OfOrder(order, money, kind, isInHands: true)?.Repair, Is.EqualTo(found is null ? (Repair?)null : Repair.Person), "Where a message was given up for good, nothing is asked for.");
    }

    static void Told(string table, string first, string second, PaymentMovement kind, Difference? found)
    {
        var rows = Rows(table).Where(r => r[1].Contains(first) && r[2].Contains(second) && (r[3].Contains("any") || r[3].Contains(kind.ToString().ToLowerInvariant()))).ToList();
        Assert.That(rows, Has.Count.EqualTo(1), "Each case is in one row of the table.");
        var (difference, repair) = (rows[0][0].Single(), rows[0][4].Single());
        Assert.That(found is null ? "none" : Words(found.Class), Is.EqualTo(difference));
        Assert.That(found is null ? "nothing" : Words(found.Repair), Is.EqualTo(repair));
    }

    // The money as our log has it, which the provider told on another day.
    static Difference? OfOrder(string order, string money, PaymentMovement kind, bool isInHands)
    {
        var ledger = OrderLedger.Of(Owner, isInHands);
        var id = new MovementId(ledger.Payment, kind, kind is PaymentMovement.Capture or PaymentMovement.Refund ? Transfer : null);
        var told = EventsOf(order).Aggregate(ledger, (l, e) => l.After(e, Noon));
        var own = Moved.Single(m => m.Word == money) is { State: { } state, Amount: var amount } ? new OwnMovement(id, Owner, Ten with { Amount = amount }, state, Noon) : null;
        return OrderBooks.Compare(Day, order == "nothing" ? [] : [told], own is null ? [] : [own], [], []).SingleOrDefault(d => d.Movement == id);
    }

    static OrderEvent[] EventsOf(string order) => order switch
    {
        "nothing" => [],
        "placed" => [Placed],
        "promised" => [Placed, new OrderEvent.Confirmed()],
        "rejected" => [Placed, new OrderEvent.Rejected(RejectReason.OutOfStock, "gone")],
        "cancelled" => [Placed, new OrderEvent.Confirmed(), new OrderEvent.Cancelled("unwanted", CancelCause.Customer)],
        "shipped" => [Placed, new OrderEvent.Confirmed(), new OrderEvent.Shipped(Transfer, [], Ten)],
        _ => [Placed, new OrderEvent.Confirmed(), new OrderEvent.Shipped(new Guid(9, 0, 0, new byte[8]), [], Ten), new OrderEvent.Returned(Transfer, [], Ten, "broken")],
    };

    static Difference? Compare(string here, string there, PaymentMovement kind)
    {
        var id = new MovementId(new PaymentId(new Guid(1, 0, 0, new byte[8])), kind, kind is PaymentMovement.Capture or PaymentMovement.Refund ? Transfer : null);
        var own = Here.Single(h => h.Word == here).State is { } state ? new OwnMovement(id, Owner, Ten, state, Noon) : null;
        var their = There.Single(t => t.Word == there) is { State: { } said, Amount: var amount } ? new ProviderMovement(id, Ten with { Amount = amount }, said, "ref", Noon) : null;
        return Books.Compare(Day, own is null ? [] : [own], their is null ? [] : [their]).SingleOrDefault();
    }

    // Each cell as its alternatives.
    static IEnumerable<string[][]> Rows(string header) => File.ReadLines(Path.Combine(Checkout.Root, "docs", "payments.md"))
        .SkipWhile(line => line != header).Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim().Split(" or ")).ToArray());

    static string Words(DifferenceClass @class) => @class switch
    {
        DifferenceClass.MissingHere => "missing here",
        DifferenceClass.MissingThere => "missing there",
        DifferenceClass.Amount => "amount",
        _ => "state",
    };

    static string Words(Repair repair) => repair switch { Repair.Record => "recorded", Repair.Ask => "asked for", _ => "a person" };
}
