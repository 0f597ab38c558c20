using Commerce.Domain.Log;
using Commerce.Projections.Auditing;

namespace Commerce.Simulation.Checks;

/// <summary>What a run is held to: the auditor over its log, the provider's books, what clients were promised, and that nothing is stuck.</summary>
static class Judgement
{
    /// <summary>All that is wrong; empty: nothing.</summary>
    public static (IReadOnlyList<Failure> Failures, AuditReport Report) Of(World world)
    {
        var report = new Auditor(world.Log.Events).Run(new AuditOptions { RequireSettled = true }, null, CancellationToken.None).GetAwaiter().GetResult();
        var events = world.Log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue);
        return (
        [
            .. world.Failures,
            .. report.Offences.Select(o => new Failure(o.Code, $"{o.Stream} revision {o.Revision}: {o.Detail}")),
            .. BooksCheck.Of(events, world.Books),
            .. PromisesCheck.Of(events, world.Customers),
        ], report);
    }
}
