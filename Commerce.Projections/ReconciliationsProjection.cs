using Commerce.Domain.Log;
using Commerce.Domain.Reconciliation;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>Runs that held a day against the provider's statement, and the differences that they found.</summary>
sealed class ReconciliationsProjection(ReadSchemas schemas) : IProjection
{
    public string Name => ProjectionNames.Reconciliations;

    public int Version => 2; // changed: what the order says

    public StreamFilter Filter { get; } = StreamFilter.Categories("reconciliation");

    public bool IsGathered => true;

    public ProjectionTables Tables => ProjectionTables.Documents(schemas.Documents, typeof(ReconciliationRunView), typeof(ReconciliationDifferenceView));

    public IProjection In(ReadSchemas others) => new ReconciliationsProjection(others);

    public async Task Project(IReadOnlyList<ProjectedEvent> batch, RecentDocuments documents, DocumentChanges changes, CancellationToken cancellationToken)
    {
        await DocumentFold.Run<ReconciliationRunView, string>(
            documents, [.. batch.Where(ReconciliationRunView.IsOfRun)], ReconciliationRunView.IdOf, e => e.Event is ReconciliationEvent.Started, ReconciliationRunView.Apply, changes, cancellationToken);
        await DocumentFold.Run<ReconciliationDifferenceView, string>(
            documents, [.. batch.Where(e => ReconciliationDifferenceView.MovementOf(e.Event) is not null)], ReconciliationDifferenceView.IdOf,
            e => e.Event is ReconciliationEvent.DifferenceFound, ReconciliationDifferenceView.Apply, changes, cancellationToken);
    }
}
