using Commerce.Domain.Log;
using Commerce.Domain.ReadModels;
using Commerce.Projections.Analytics;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Daemon;

/// <summary>Reads and prepares checkpoints; they move within <see cref="IDocumentStore.Commit"/>.</summary>
/// <param name="database">Where they are.</param>
/// <param name="schemas">Those of the set of read models that they belong to.</param>
/// <param name="analytics">Views over the set; null: it has none.</param>
sealed class CheckpointStore(ReadDatabase database, ReadSchemas schemas, AnalyticsSchema? analytics = null)
{
    /// <summary>Making the indexes of a hundred million rows.</summary>
    static readonly TimeSpan IndexTimeMax = TimeSpan.FromHours(1);

    /// <summary>What an index of some million rows is sorted in, without going to disk.</summary>
    const string IndexMemory = "256MB";

    /// <summary>Tables of a build that are finished at once: one for each of its connections.</summary>
    const int FinishedAtOnceMax = 2;

    /// <summary>Characters of an error that are kept: enough for a message, too few to fill a table.</summary>
    const int ErrorLengthMax = 2_000;

    /// <summary>Where the tables of the set are.</summary>
    public ReadSchemas Schemas => schemas;

    /// <summary>Creates what is missing of the projection's tables and tells where to go on.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="head">Where the log is.</param>
    /// <param name="request">The rebuild that was last asked for; see <see cref="Decisions.Rebuild"/>. Where there are no rows yet it is answered.</param>
    /// <param name="fillsInPlace">Whether, where there are no rows yet, they are made where people read them; else as a rebuild makes them.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Null: the rows that people read are an older version's, or there are none: a rebuild makes them.</returns>
    /// <exception cref="ProjectionOutdatedException">A newer version runs elsewhere.</exception>
    public Task<LogPosition?> Prepare(IProjection projection, LogPosition head, long request, bool fillsInPlace, CancellationToken cancellationToken) => database.Use<LogPosition?>(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await Execute(connection, $"SELECT pg_advisory_xact_lock({CheckpointSchema.SchemaLock})", [], cancellationToken);
            await CheckpointSchema.Ensure(connection, schemas.Checkpoints, cancellationToken);
            var found = await Find(connection, projection.Name, cancellationToken);
            if (found is { } newer && newer.Version > projection.Version)
            {
                throw new ProjectionOutdatedException(projection, newer.Version);
            }

            var version = found?.Version ?? (fillsInPlace ? projection.Version : 0);
            if (found is null || version == projection.Version)
            {
                await Execute(connection, projection.Tables.Create + projection.Tables.Index, [], cancellationToken);
                await (analytics?.Update(connection, projection.Name, isAnew: false, cancellationToken) ?? Task.CompletedTask);
            }

            if (found is null)
            {
                await Execute(
                    connection,
                    $"INSERT INTO {schemas.Checkpoints}.projection_checkpoints (name, version, position, rebuilding_to, rebuild) VALUES ($1, $2, 0, nullif($3, 0), $4)",
                    [projection.Name, version, head.Value, request],
                    cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            return version == projection.Version ? found?.Position ?? LogPosition.Start : null;
        },
        cancellationToken);

    /// <summary>Whether a rebuild is to be made: the rows are an older version's, or older than one that was asked for.</summary>
    /// <exception cref="ProjectionOutdatedException">A newer version runs elsewhere.</exception>
    public async Task<bool> IsRebuildWanted(IProjection projection, long request, CancellationToken cancellationToken)
    {
        if (!(await ReadAll(cancellationToken)).TryGetValue(projection.Name, out var live))
        {
            return false;
        }

        return live.Version > projection.Version
            ? throw new ProjectionOutdatedException(projection, live.Version)
            : live.Version < projection.Version || live.Rebuild < request;
    }

    /// <summary>
    /// Creates what is missing of a build's tables, without their indexes and left alone by the server's vacuum, and tells where to go on. What
    /// another version made there, or what answers another request, or goes beyond <paramref name="end"/>, is dropped and made anew.
    /// </summary>
    public Task<LogPosition> PrepareBuild(IProjection projection, long request, LogPosition? end, CancellationToken cancellationToken) => database.Use(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await Execute(connection, $"SELECT pg_advisory_xact_lock({CheckpointSchema.SchemaLock})", [], cancellationToken);
            await CheckpointSchema.Ensure(connection, schemas.Checkpoints, cancellationToken);
            var found = await Find(connection, projection.Name, cancellationToken);
            var goesOn = found is { } same && same.Version == projection.Version && same.Rebuild == request && !(same.Position > end);
            await Execute(
                connection,
                goesOn ? projection.Tables.Create : projection.Tables.Drop + projection.Tables.Create + Each(projection, "ALTER TABLE {0} SET (autovacuum_enabled = off)"),
                [],
                cancellationToken);
            var position = found is { } current && goesOn ? current.Position : LogPosition.Start;
            await Execute(
                connection,
                $"""
                INSERT INTO {schemas.Checkpoints}.projection_checkpoints (name, version, position, rebuild) VALUES ($1, $2, 0, $3)
                ON CONFLICT (name) DO UPDATE SET version = excluded.version, position = $4, rebuild = excluded.rebuild, begun_at = now(), begun_from = $4,
                    error = NULL, error_position = NULL, error_type = NULL, updated_at = now()
                """,
                [projection.Name, projection.Version, request, position.Value],
                cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return position;
        },
        cancellationToken);

    /// <summary>Makes the tables of a build as those are that people read: with their indexes, and looked after by the server. What a crash leaves half done goes on.</summary>
    public Task Finish(IProjection projection, CancellationToken cancellationToken) => EachTable(
        projection,
        async (connection, table, ct) =>
        {
            // In one transaction, whose end takes the settings back. The swap waits for the disk, for all that comes before it. An older
            // version began builds outside the server's write-ahead log: where its own goes on, a crash must not empty what people read.
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await Execute(connection, $"SET LOCAL maintenance_work_mem = '{IndexMemory}'; SET LOCAL synchronous_commit = off", [], ct);
            await Execute(connection, $"ALTER TABLE {table.Name} SET LOGGED, RESET (autovacuum_enabled);\n{table.Index}", [], ct, IndexTimeMax);
            await transaction.CommitAsync(ct);
        },
        cancellationToken);

    /// <summary>Tells the server's planner at once what is in the projection's tables, which the server would come to by itself in a minute.</summary>
    public Task Analyze(IProjection projection, CancellationToken cancellationToken) =>
        EachTable(projection, (connection, table, ct) => Execute(connection, table.Analyze, [], ct, IndexTimeMax), cancellationToken);

    /// <summary>Removes the schema where it holds just these rows of a projection; else they are gone already.</summary>
    public async Task DropSchemaOf(IProjection projection, ReplacedRows rows, CancellationToken cancellationToken)
    {
        if (await FindBeside(projection.Name, cancellationToken) is { } found && found.Version == rows.Version && found.Rebuild == rows.Rebuild)
        {
            await DropSchema(cancellationToken);
        }
    }

    /// <summary>Removes the schema of a build, with all that is in it.</summary>
    public Task DropSchema(CancellationToken cancellationToken) =>
        database.Use(connection => Execute(connection, $"DROP SCHEMA IF EXISTS {schemas.Checkpoints} CASCADE", [], cancellationToken), cancellationToken);

    /// <summary>Notes why a projection stands still, for every node to see. When it came where it stands stays as it is: analysts are told.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="error">Why.</param>
    /// <param name="event">The event that it cannot apply; null: none is at fault.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task Fail(IProjection projection, string error, RecordedEvent? @event, CancellationToken cancellationToken) => database.Use(
        connection => Execute(
            connection,
            $"""
            UPDATE {schemas.Checkpoints}.projection_checkpoints SET error = $3, error_position = nullif($4, 0), error_type = nullif($5, '')
            WHERE name = $1 AND version = $2
            """,
            [projection.Name, projection.Version, error.Length > ErrorLengthMax ? error[..ErrorLengthMax] : error, @event?.Position.Value ?? 0L, @event?.Type ?? string.Empty],
            cancellationToken),
        cancellationToken);

    /// <summary>The same for a set in other schemas.</summary>
    public CheckpointStore In(ReadSchemas others) => new(database, others);

    /// <summary>The checkpoint of a projection in a set that is there only at times; null: there is none.</summary>
    public async Task<Checkpoint?> FindBeside(string projection, CancellationToken cancellationToken)
    {
        // Asked for first: what fails is in the server's log for ever.
        var there = await There([schemas], cancellationToken);
        try
        {
            return there.Contains(schemas) ? (await ReadAll(cancellationToken)).GetValueOrDefault(projection) : null;
        }
        catch (ReadModelUnavailableException e) when (e.IsNotBuilt)
        {
            // Swapped or dropped just now.
            return null;
        }
    }

    /// <summary>Which of these sets have checkpoints now.</summary>
    public Task<IReadOnlySet<ReadSchemas>> There(IReadOnlyList<ReadSchemas> sets, CancellationToken cancellationToken) => database.Use<IReadOnlySet<ReadSchemas>>(
        async connection =>
        {
            await using var command = new NpgsqlCommand("SELECT n FROM unnest($1::text[]) WITH ORDINALITY AS s (name, n) WHERE to_regclass(s.name || '.projection_checkpoints') IS NOT NULL", connection);
            command.AddAll([sets.Select(s => s.Checkpoints).ToArray()]);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var there = new HashSet<ReadSchemas>();
            while (await reader.ReadAsync(cancellationToken))
            {
                there.Add(sets[(int)reader.GetInt64(0) - 1]);
            }

            return there;
        },
        cancellationToken);

    /// <summary>Every checkpoint, by name of the projection.</summary>
    public Task<IReadOnlyDictionary<string, Checkpoint>> ReadAll(CancellationToken cancellationToken) => database.Use<IReadOnlyDictionary<string, Checkpoint>>(
        async connection =>
        {
            await using var command = new NpgsqlCommand($"SELECT name, version, position, rebuilding_to, error, error_position, error_type, rebuild, begun_at, begun_from, updated_at FROM {schemas.Checkpoints}.projection_checkpoints", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var checkpoints = new Dictionary<string, Checkpoint>(StringComparer.Ordinal);
            while (await reader.ReadAsync(cancellationToken))
            {
                checkpoints[reader.GetString(0)] = new Checkpoint(
                    reader.GetInt32(1),
                    new LogPosition(reader.GetInt64(2)),
                    reader.IsDBNull(3) ? null : new LogPosition(reader.GetInt64(3)),
                    reader.IsDBNull(4) ? null : reader.GetString(4),
                    reader.IsDBNull(5) ? null : new LogPosition(reader.GetInt64(5)),
                    reader.IsDBNull(6) ? null : reader.GetString(6))
                {
                    Rebuild = reader.GetInt64(7),
                    BegunAt = reader.GetFieldValue<DateTimeOffset>(8),
                    BegunFrom = new LogPosition(reader.GetInt64(9)),
                    UpdatedAt = reader.GetFieldValue<DateTimeOffset>(10),
                };
            }

            return checkpoints;
        },
        cancellationToken);

    Task EachTable(IProjection projection, Func<NpgsqlConnection, ProjectionTable, CancellationToken, Task> work, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        projection.Tables.All,
        new ParallelOptions { MaxDegreeOfParallelism = FinishedAtOnceMax, CancellationToken = cancellationToken },
        async (table, ct) => await database.Use(
            async connection =>
            {
                await work(connection, table, ct);
                return true;
            },
            ct));

    static string Each(IProjection projection, string statement) => string.Concat(projection.Tables.All.Select(t => statement.Replace("{0}", t.Name, StringComparison.Ordinal) + ";\n"));

    async Task<(int Version, LogPosition Position, long Rebuild)?> Find(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT version, position, rebuild FROM {schemas.Checkpoints}.projection_checkpoints WHERE name = $1 FOR UPDATE", connection);
        command.AddAll([name]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt32(0), new LogPosition(reader.GetInt64(1)), reader.GetInt64(2)) : null;
    }

    static async Task<int> Execute(NpgsqlConnection connection, string sql, object[] parameters, CancellationToken cancellationToken, TimeSpan? atMost = null)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.CommandTimeout = atMost is { } longer ? (int)longer.TotalSeconds : command.CommandTimeout;
        command.AddAll(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>How far a projection has come.</summary>
/// <param name="Version">Version of the code that made its rows.</param>
/// <param name="Position">Every event up to here is in them.</param>
/// <param name="RebuildingTo">While not null, they are being made for the first time and lack events up to here.</param>
/// <param name="Error">Why it stands still.</param>
/// <param name="ErrorPosition">Where in the log the event is that it cannot apply.</param>
/// <param name="ErrorType">That event's name.</param>
sealed record Checkpoint(int Version, LogPosition Position, LogPosition? RebuildingTo, string? Error, LogPosition? ErrorPosition, string? ErrorType)
{
    /// <summary>Revision of the decision to rebuild that made them; -1: nobody asked for it.</summary>
    public long Rebuild { get; init; } = -1;

    /// <summary>When the process that makes them began to.</summary>
    public DateTimeOffset BegunAt { get; init; }

    /// <summary>And from where.</summary>
    public LogPosition BegunFrom { get; init; }

    /// <summary>When it last moved.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The database holds rows of a newer version of the projection: this node must not touch them.</summary>
sealed class ProjectionOutdatedException(IProjection projection, int newer)
    : Exception($"{projection.Name} is version {projection.Version} here, and version {newer} has taken over: this node is to be updated.");
