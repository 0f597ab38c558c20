using Commerce.Domain;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;
using Commerce.Projections.Documents;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Documents;

/// <summary>Documents that a stream begins for the second time.</summary>
public sealed class FoundAgainTests
{
    static readonly DateOnly Day = new(2026, 11, 24);
    static readonly DateTimeOffset At = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp() => _world = await ReadModelWorld.Create();

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task Many_differences_that_are_found_again_replace_those_that_were_found_before()
    {
        const int Differences = DocumentCopy.DocumentsMin + 1;
        for (var run = 1; run <= 2; run++)
        {
            object[] events = [new ReconciliationEvent.Started(Day, run, At), .. Enumerable.Range(1, Differences).Select(n => new ReconciliationEvent.DifferenceFound(run, DifferenceOf(n)))];
            await _world.Append(DayReconciliation.StreamOf(Day), events);
            await _world.Project();
        }

        Assert.That(
            await _world.Rows("SELECT count(*), min(data ->> 'run'), max(data ->> 'run') FROM mt_doc_reconciliationdifferenceview"),
            Is.EqualTo((string[])[$"{Differences}|2|2"]));
    }

    static Difference DifferenceOf(int n) => new(
        new MovementId(PaymentId.For(OrderNumber(n)), PaymentMovement.Authorisation, null), DifferenceClass.MissingThere, OrderNumber(n), MovementState.Done, Pounds(1), null, null, null, At, null);
}
