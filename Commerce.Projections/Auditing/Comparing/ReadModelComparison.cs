using System.Data;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Daemon.Building;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Auditing.Comparing;

/// <summary>The comparison cannot be made; the message says why in one sentence.</summary>
public sealed class ComparisonException(string message) : Exception(message);

/// <summary>
/// Builds every read model anew from the log, up to where the one that people read has come, and holds the two against each other row by
/// row, by hash. People go on reading and the daemon goes on writing: what they see is compared as it was in one snapshot. Memory holds
/// one row of each side, however many there are.
/// </summary>
/// <param name="database">The read database.</param>
/// <param name="log">The log.</param>
/// <param name="options">Where the documents lie, and how large batches are.</param>
/// <param name="time">Clock.</param>
public sealed class ReadModelComparison(ReadDatabase database, IEventLog log, ProjectionOptions options, TimeProvider time)
{
    /// <summary>Where they are built anew; it is gone afterwards.</summary>
    public const string Schema = "commerce_comparison";

    /// <summary>Rows that are shown of each projection.</summary>
    public const int DifferencesListedMax = 10;

    /// <summary>Places that are shown of each row.</summary>
    public const int PlacesListedMax = 5;

    // The lock's number spells COMM, then CMP.
    const long Lock = 0x434F_4D4D_434D_5000;

    readonly IReadOnlyList<IProjection> _projections = CommerceProjections.All(database, ReadSchemas.Live(options.DocumentSchema));

    /// <summary>Compares them.</summary>
    /// <exception cref="ComparisonException">Another comparison is under way.</exception>
    /// <exception cref="PoisonEventException">An event cannot be applied.</exception>
    /// <exception cref="ReadModelUnavailableException">The read database is not there, or has no read models yet.</exception>
    /// <exception cref="EventLogException">The log is not there.</exception>
    public Task<ComparisonReport> Run(IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => database.Use(
        async live =>
        {
            var tables = await Tables(live, cancellationToken).ConfigureAwait(false);
            await using var snapshot = await live.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
            await Hold(live, tables, cancellationToken).ConfigureAwait(false);
            await using (var turn = new NpgsqlCommand($"{ReadDatabase.MayBeSilent}; SELECT pg_try_advisory_xact_lock({Lock})", live))
            {
                if (await turn.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
                {
                    throw new ComparisonException("Another comparison of the read models is under way.");
                }
            }

            var builder = new ProjectionBuilder(_projections, log, database, options, time);
            try
            {
                return await Compare(live, builder, progress, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await builder.Drop(Schema, CancellationToken.None).ConfigureAwait(false);
            }
        },
        cancellationToken);

    // Those that are there: a projection that has never run has none.
    async Task<List<string>> Tables(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT t FROM unnest($1) AS t WHERE to_regclass(t) IS NOT NULL", connection);
        command.Parameters.Add(new() { Value = _projections.SelectMany(p => ComparedTable.Of(p, p)).Select(t => t.Live).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var tables = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }

    // Before the snapshot is taken: a rebuild that put other tables in their place meanwhile would show rows that the snapshot does not know.
    static async Task Hold(NpgsqlConnection connection, List<string> tables, CancellationToken cancellationToken)
    {
        if (tables.Count > 0)
        {
            await using var command = new NpgsqlCommand($"LOCK TABLE {string.Join(", ", tables)} IN ACCESS SHARE MODE", connection);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    async Task<ComparisonReport> Compare(NpgsqlConnection live, ProjectionBuilder builder, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var checkpoints = await Checkpoints(live, cancellationToken).ConfigureAwait(false);
        var comparable = _projections.Where(p => WhyNot(p, checkpoints) is null).ToList();
        await builder.Drop(Schema, cancellationToken).ConfigureAwait(false);

        // Those that have come equally far are built from one read of the log; at rest all of them.
        foreach (var together in comparable.GroupBy(p => checkpoints[p.Name].Position))
        {
            await builder.Build(Schema, [.. together.Select(p => p.Name)], together.Key, progress, cancellationToken).ConfigureAwait(false);
        }

        await using var anew = await database.Open(cancellationToken).ConfigureAwait(false);
        var compared = new List<ProjectionComparison>();
        foreach (var projection in _projections)
        {
            compared.Add(WhyNot(projection, checkpoints) is { } why
                ? new(projection.Name, null, 0, 0, [], why)
                : await Compare(projection, checkpoints[projection.Name].Position, live, anew, cancellationToken).ConfigureAwait(false));
        }

        return new(compared);
    }

    static async Task<ProjectionComparison> Compare(IProjection projection, LogPosition position, NpgsqlConnection live, NpgsqlConnection anew, CancellationToken cancellationToken)
    {
        var (rows, differing, listed) = (0L, 0L, new List<RowDifference>());
        foreach (var table in ComparedTable.Of(projection, projection.In(ReadSchemas.Beside(Schema))))
        {
            var key = await table.Key(anew, cancellationToken).ConfigureAwait(false);
            var found = new List<(string Key, string Kind)>();
            await using (var there = await HashedRows.Begin(ComparedTable.Hashes(live, table.Live, key), cancellationToken).ConfigureAwait(false))
            await using (var made = await HashedRows.Begin(ComparedTable.Hashes(anew, table.Anew, key), cancellationToken).ConfigureAwait(false))
            {
                while ((there.Key ?? made.Key) is { } current)
                {
                    var order = there.CompareKey(made);
                    var kind = order < 0 ? "extra" : order > 0 ? "missing" : there.HasHashOf(made) ? null : "different";
                    rows += order >= 0 ? 1 : 0;
                    if (kind is not null && ++differing <= DifferencesListedMax)
                    {
                        found.Add((order > 0 ? made.Key ?? current : current, kind));
                    }

                    await (order <= 0 ? there.Next(cancellationToken) : Task.CompletedTask).ConfigureAwait(false);
                    await (order >= 0 ? made.Next(cancellationToken) : Task.CompletedTask).ConfigureAwait(false);
                }
            }

            foreach (var (row, kind) in found)
            {
                listed.Add(new(table.Name, row, kind, kind == "different" ? await Places(table, key, row, live, anew, cancellationToken).ConfigureAwait(false) : []));
            }
        }

        return new(projection.Name, position.ToString(), rows, differing, listed, null);
    }

    static async Task<IReadOnlyList<StateDifference>> Places(ComparedTable table, string key, string row, NpgsqlConnection live, NpgsqlConnection anew, CancellationToken cancellationToken)
    {
        var here = await ComparedTable.Find(live, table.Live, key, row, cancellationToken).ConfigureAwait(false);
        var there = await ComparedTable.Find(anew, table.Anew, key, row, cancellationToken).ConfigureAwait(false);
        return here is { } a && there is { } b ? [.. StateDifference.Between(a, b).Take(PlacesListedMax)] : [];
    }

    static string? WhyNot(IProjection projection, Dictionary<string, Checkpoint> checkpoints) =>
        !checkpoints.TryGetValue(projection.Name, out var checkpoint) ? "it has not been built yet."
        : checkpoint.RebuildingTo is not null ? "it is being made anew."
        : checkpoint.Version != projection.Version ? $"it was made by version {checkpoint.Version}, and this program makes version {projection.Version}."
        : null;

    static async Task<Dictionary<string, Checkpoint>> Checkpoints(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT name, version, position, rebuilding_to FROM commerce.projection_checkpoints", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var checkpoints = new Dictionary<string, Checkpoint>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var rebuildingTo = await reader.IsDBNullAsync(3, cancellationToken).ConfigureAwait(false) ? (LogPosition?)null : new(reader.GetInt64(3));
            checkpoints[reader.GetString(0)] = new(reader.GetInt32(1), new(reader.GetInt64(2)), rebuildingTo, null, null, null);
        }

        return checkpoints;
    }
}
