using System.Collections.Immutable;
using Commerce.Projections.Analytics;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Queries;

/// <summary>Which rows of a report are wanted.</summary>
public sealed record AnalyticsBounds
{
    /// <summary>First UTC day; null: from the beginning.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last UTC day, included; null: to the end.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Rows at most, from the first on; null: all of them.</summary>
    public int? RowsMax { get; init; }
}

/// <summary>Reads what is in the schema <c>analytics</c>, row by row, in one snapshot that is dated.</summary>
public sealed class AnalyticsQueries : IDisposable
{
    /// <summary>
    /// Answers under way in this process at most: each keeps a connection until its reader has taken the last row, and commands'
    /// readers need some as well.
    /// </summary>
    public const int AnswersMax = 8;

    // What all of them hold dates the whole. Each by itself: the time of the one that is furthest behind would go back when another one falls behind it.
    const string AsOf = "SELECT min(position), min(updated_at) FROM commerce.projection_checkpoints WHERE name = any($1) HAVING count(*) > 0";

    readonly ReadDatabase _database;
    readonly SemaphoreSlim _answers = new(AnswersMax);

    /// <summary>Over the documents in this schema.</summary>
    public AnalyticsQueries(ReadDatabase database, string documents)
    {
        _database = database;
        Relations = [.. AnalyticsCatalogue.Relations(documents)];
    }

    /// <summary>Everything that there is to read, by name.</summary>
    public ImmutableArray<AnalyticsRelation> Relations { get; }

    /// <summary>Rows of a table or view, sorted as it says.</summary>
    /// <returns>The answer, to be disposed of; null: <see cref="AnswersMax"/> are under way.</returns>
    /// <exception cref="ArgumentException">Days are bounded where it has none.</exception>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    public Task<AnalyticsAnswer?> Read(AnalyticsRelation relation, AnalyticsBounds bounds, CancellationToken cancellationToken)
    {
        if (relation.Day is null && (bounds.From ?? bounds.To) is not null)
        {
            throw new ArgumentException($"{relation.Name} has no days.", nameof(bounds));
        }

        var conditions = Within(new Conditions(), bounds, relation.Day);
        return Open($"analytics.{relation.Name}", relation.Projections, $"SELECT * FROM analytics.{relation.Name} {conditions.Where} ORDER BY {relation.Order} {Limit(bounds)}", conditions, cancellationToken);
    }

    /// <summary>Sales summed up by these dimensions, each once, and by currency, in their order; no dimension: one row a currency.</summary>
    /// <returns>The answer, to be disposed of; null: <see cref="AnswersMax"/> are under way.</returns>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    public Task<AnalyticsAnswer?> ReadSales(IEnumerable<SalesDimension> by, AnalyticsBounds bounds, CancellationToken cancellationToken)
    {
        var groups = by.Distinct().Select(d => SalesViews.Dimensions[(int)d]).Append(SalesViews.Currency).ToList();
        var places = string.Join(", ", Enumerable.Range(1, groups.Count));
        var columns = string.Join(", ", groups.Concat(SalesViews.Figures).Select(c => $"{c.Expression} AS {c.Name}"));
        var conditions = Within(new Conditions().And(SalesViews.Counted), bounds, "occurred_on");
        return Open(
            "analytics.sales_lines",
            [ProjectionNames.Sales],
            $"SELECT {columns} FROM analytics.sales_lines {conditions.Where} GROUP BY {places} ORDER BY {places} {Limit(bounds)}",
            conditions,
            cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _answers.Dispose();

    static Conditions Within(Conditions conditions, AnalyticsBounds bounds, string? day) =>
        conditions.AndIf(bounds.From, $"{day} >= ?").AndIf(bounds.To, $"{day} <= ?");

    static string Limit(AnalyticsBounds bounds) => bounds.RowsMax is { } rows ? FormattableString.Invariant($"LIMIT {rows}") : string.Empty;

    async Task<AnalyticsAnswer?> Open(string relation, IReadOnlyList<string> projections, string sql, Conditions conditions, CancellationToken cancellationToken)
    {
        if (!await _answers.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return null;
        }

        NpgsqlConnection? connection = null;
        try
        {
            connection = await _database.Open(cancellationToken);
            return await AnalyticsAnswer.Open(connection, relation, Dated(projections), new(sql, [.. conditions.Values]), () => _answers.Release(), cancellationToken);
        }
        catch (Exception e)
        {
            _answers.Release();
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }

            if (ReadDatabase.IsLost(e, cancellationToken))
            {
                throw ReadDatabase.Unavailable(e);
            }

            throw;
        }
    }

    // One value, the array: as an array of objects it would be several.
    static SqlStatement Dated(IReadOnlyList<string> projections) => new(AsOf, (object)projections.ToArray());
}
