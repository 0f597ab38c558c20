using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;
using Commerce.Testing.Servers;

namespace Commerce.Domain.Tests.Reconciliation;

/// <summary>The table of rules in the README, row by row: whatever the two sides can say of a movement, it is told there what is done.</summary>
public sealed class RepairRuleTests
{
    const string Header = "| difference | our log | provider | movement | repair |";

    static readonly DateOnly Day = new(2026, 2, 3);
    static readonly DateTimeOffset Noon = new(2026, 2, 3, 12, 0, 0, TimeSpan.Zero);
    static readonly Money Ten = new(10, Currency.Of("GBP"));

    static readonly (string Word, MovementState? State)[] Here = [("nothing", null), ("awaited", MovementState.Awaited), ("given up", MovementState.GivenUp), ("declined", MovementState.Declined), ("done", MovementState.Done)];

    static readonly (string Word, MovementState? State, decimal Amount)[] There =
    [
        ("nothing", null, 0), ("not decided", MovementState.Awaited, 10), ("declined", MovementState.Declined, 10), ("done", MovementState.Done, 10), ("done with another amount", MovementState.Done, 9),
    ];

    static IEnumerable<object[]> Everything() =>
        from here in Here
        from there in There
        from kind in Enum.GetValues<PaymentMovement>()
        select new object[] { here.Word, there.Word, kind };

    [TestCaseSource(nameof(Everything))]
    public void The_table_tells_what_is_done(string here, string there, PaymentMovement kind)
    {
        var rows = Rows().Where(r => r[1].Contains(here) && r[2].Contains(there) && (r[3].Contains("any") || r[3].Contains(kind.ToString().ToLowerInvariant()))).ToList();
        Assert.That(rows, Has.Count.EqualTo(1), "Each case is in one row of the table.");
        var (difference, repair) = (rows[0][0].Single(), rows[0][4].Single());
        var found = Compare(here, there, kind);
        Assert.That(found is null ? "none" : Words(found.Class), Is.EqualTo(difference));
        Assert.That(found is null ? "nothing" : Words(found.Repair), Is.EqualTo(repair));
    }

    static Difference? Compare(string here, string there, PaymentMovement kind)
    {
        var id = new MovementId(new PaymentId(new Guid(1, 0, 0, new byte[8])), kind, kind is PaymentMovement.Capture or PaymentMovement.Refund ? new Guid(2, 0, 0, new byte[8]) : null);
        var own = Here.Single(h => h.Word == here).State is { } state ? new OwnMovement(id, new OrderId(new Guid(3, 0, 0, new byte[8])), Ten, state, Noon) : null;
        var their = There.Single(t => t.Word == there) is { State: { } said, Amount: var amount } ? new ProviderMovement(id, Ten with { Amount = amount }, said, "ref", Noon) : null;
        return Books.Compare(Day, own is null ? [] : [own], their is null ? [] : [their]).SingleOrDefault();
    }

    // Each cell as its alternatives.
    static IEnumerable<string[][]> Rows() => File.ReadLines(Path.Combine(Checkout.Root, "README.md"))
        .SkipWhile(line => line != Header).Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim().Split(" or ")).ToArray());

    static string Words(DifferenceClass @class) => @class switch
    {
        DifferenceClass.MissingHere => "missing here",
        DifferenceClass.MissingThere => "missing there",
        DifferenceClass.Amount => "amount",
        _ => "state",
    };

    static string Words(Repair repair) => repair == Repair.Record ? "recorded" : "a person";
}
