using System.Globalization;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Queries;

/// <summary>Reads reconciliations. Every method throws <see cref="ReadModelUnavailableException"/> when the read database is not there.</summary>
public sealed class ReconciliationQueries(IDocumentStore store)
{
    const char Runs = 'r';
    const char Differences = 'd';

    /// <summary>Runs, those of the newest day first, and of a day the last one first.</summary>
    public Task<Listed<ReconciliationRunView>> FindRuns(PageRequest page, CancellationToken cancellationToken) =>
        Find<ReconciliationRunView>(Runs, new Conditions(), "d.id < ?", "d.id desc", page, r => r.Id, cancellationToken);

    /// <summary>The last run of a day; null: there was none.</summary>
    public async Task<ReconciliationRunView?> LastRun(DateOnly date, CancellationToken cancellationToken) =>
        await store.Query<ReconciliationRunView>("where d.data ->> 'date' = $1 order by d.id desc limit 1", [Text(date)], cancellationToken) is [var run] ? run : null;

    /// <summary>Differences of a day, by movement.</summary>
    public Task<Listed<ReconciliationDifferenceView>> FindDifferences(DateOnly date, PageRequest page, CancellationToken cancellationToken) =>
        Find<ReconciliationDifferenceView>(Differences, new Conditions().And("d.data ->> 'date' = ?", Text(date)), "d.id > ?", "d.id", page, d => d.Id, cancellationToken);

    async Task<Listed<T>> Find<T>(char list, Conditions conditions, string beyond, string orderBy, PageRequest page, Func<T, string> idOf, CancellationToken cancellationToken)
        where T : class
    {
        if (page.IsLimitInvalid())
        {
            return new Listed<T>.Refused(ListRefusal.LimitInvalid);
        }

        if (page.Cursor is { } cursor)
        {
            if (!Cursor.TryRead(cursor, list, 1, out var key))
            {
                return new Listed<T>.Refused(ListRefusal.CursorInvalid);
            }

            conditions.And(beyond, key[0]);
        }

        return await Paging.Read<T>(store, conditions, orderBy, page, x => Cursor.Write(list, idOf(x)), cancellationToken);
    }

    static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
