using Npgsql;

namespace Commerce.Projections.Auditing.Comparing;

/// <summary>Holds the rows that people read of a projection against those that were built anew, side by side. Memory holds one row of each side.</summary>
/// <param name="live">Connection that sees what people read.</param>
/// <param name="anew">Connection that sees what was built.</param>
sealed class RowComparison(NpgsqlConnection live, NpgsqlConnection anew)
{
    readonly List<RowDifference> _listed = [];

    /// <summary>Rows that were built anew.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that differ, are missing or are too many.</summary>
    public long Differing { get; private set; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<RowDifference> Listed => _listed;

    /// <summary>Goes through a table.</summary>
    public async Task Compare(ComparedTable table, CancellationToken cancellationToken)
    {
        var key = await table.Key(anew, cancellationToken).ConfigureAwait(false);
        foreach (var (row, kind) in await Find(table, key, cancellationToken).ConfigureAwait(false))
        {
            _listed.Add(new(table.Name, row, kind, kind == "different" ? await Places(table, key, row, cancellationToken).ConfigureAwait(false) : []));
        }
    }

    async Task<List<(string Key, string Kind)>> Find(ComparedTable table, string key, CancellationToken cancellationToken)
    {
        var found = new List<(string Key, string Kind)>();
        await using var there = await HashedRows.Begin(ComparedTable.Hashes(live, table.Live, key), cancellationToken).ConfigureAwait(false);
        await using var made = await HashedRows.Begin(ComparedTable.Hashes(anew, table.Anew, key), cancellationToken).ConfigureAwait(false);
        while ((there.Key ?? made.Key) is { } current)
        {
            var order = there.CompareKey(made);
            var kind = order < 0 ? "extra" : order > 0 ? "missing" : there.HasHashOf(made) ? null : "different";
            Rows += order >= 0 ? 1 : 0;
            if (kind is not null && ++Differing <= ReadModelComparison.DifferencesListedMax)
            {
                found.Add((order > 0 ? made.Key ?? current : current, kind));
            }

            await (order <= 0 ? there.Next(cancellationToken) : Task.CompletedTask).ConfigureAwait(false);
            await (order >= 0 ? made.Next(cancellationToken) : Task.CompletedTask).ConfigureAwait(false);
        }

        return found;
    }

    async Task<IReadOnlyList<StateDifference>> Places(ComparedTable table, string key, string row, CancellationToken cancellationToken)
    {
        var here = await ComparedTable.Find(live, table.Live, key, row, cancellationToken).ConfigureAwait(false);
        var there = await ComparedTable.Find(anew, table.Anew, key, row, cancellationToken).ConfigureAwait(false);
        return here is { } a && there is { } b ? [.. StateDifference.Between(a, b).Take(ReadModelComparison.PlacesListedMax)] : [];
    }
}
