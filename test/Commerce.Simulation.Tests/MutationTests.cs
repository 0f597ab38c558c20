using Commerce.Simulation.Processes;

namespace Commerce.Simulation.Tests;

/// <summary>The checks bite: each defect that a careless change could bring is found, and by the rule that it breaks.</summary>
public sealed class MutationTests
{
    /// <summary>Seeds within which a defect is found. Without it they are clean, as <see cref="SeedTests"/> shows.</summary>
    const int Seeds = 200;

    [TestCase(Mutation.SkipTheVoid, "payment-not-undone", "money-held")]
    [TestCase(Mutation.ReleaseTwice, "released-not-held")]
    [TestCase(Mutation.ForgetTheDeduplication, "stock-not-returned")]
    [TestCase(Mutation.ConfirmBeforeAuthorise, "confirmed-not-authorised")]
    [TestCase(Mutation.LoseACallback, "money-held")]
    [TestCase(Mutation.LoseAMessage, "order-open", "fulfilment-open", "not-captured")]
    [TestCase(Mutation.Oversell, "available-below-zero")]
    [TestCase(Mutation.CaptureTwice, "books-differ")]
    [TestCase(Mutation.DropTheRelease, "stock-not-released", "rest-not-released", "order-compensating")]
    [TestCase(Mutation.ForgetTheDeadLetter, "order-compensating", "fulfilment-compensating", "not-captured")]
    [TestCase(Mutation.OfferAgainTwice, "claim-returned-twice", "sale-offers-unkept")]
    [TestCase(Mutation.TakeUnitsTwice, "units-taken-twice", "sale-stock")]
    [TestCase(Mutation.ForgetTheStrays, "stock-not-released")]
    [TestCase(Mutation.CheckpointRunsAhead, "order-open", "fulfilment-open")]
    public void A_defect_is_found_by_the_rules_that_it_breaks(object mutation, params string[] rules)
    {
        var missing = rules.ToHashSet();
        for (var seed = 1; seed <= Seeds && missing.Count > 0; seed++)
        {
            missing.ExceptWith(Run.Of(seed, (Mutation)mutation).Failures.Select(f => f.Code));
        }

        Assert.That(missing, Is.Empty, $"not found within {Seeds} seeds");
    }

    [Test]
    public void Every_defect_is_looked_for() => Assert.That(
        typeof(MutationTests).GetMethod(nameof(A_defect_is_found_by_the_rules_that_it_breaks))?.GetCustomAttributes(typeof(TestCaseAttribute), false).Cast<TestCaseAttribute>().Select(c => c.Arguments[0]),
        Is.EquivalentTo(Enum.GetValues<Mutation>().Where(m => m != Mutation.None)));
}
