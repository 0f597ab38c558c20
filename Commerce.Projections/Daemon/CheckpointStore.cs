using Commerce.Domain.Log;
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
    /// <summary>Characters of an error that are kept: enough for a message, too few to fill a table.</summary>
    const int ErrorLengthMax = 2_000;

    /// <summary>
    /// Creates what is missing of the projection's tables and tells where to go on. A version raised since then drops what the old
    /// one made; readers see that it is being made anew until <paramref name="head"/> is reached.
    /// </summary>
    /// <exception cref="ProjectionOutdatedException">A newer version runs elsewhere.</exception>
    public Task<LogPosition> Prepare(IProjection projection, LogPosition head, CancellationToken cancellationToken) => database.Use(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await Execute(connection, $"SELECT pg_advisory_xact_lock({CheckpointSchema.SchemaLock})", [], cancellationToken);
            await Execute(connection, CheckpointSchema.Create(schemas.Checkpoints), [], cancellationToken);
            var found = await Find(connection, projection.Name, cancellationToken);
            if (found is { } newer && newer.Version > projection.Version)
            {
                throw new ProjectionOutdatedException(projection, newer.Version);
            }

            var isRebuild = found is { } older && older.Version < projection.Version;
            await Execute(connection, (isRebuild ? projection.Tables.Drop : string.Empty) + projection.Tables.Create + projection.Tables.Index, [], cancellationToken);
            if (found is null || isRebuild)
            {
                await Execute(
                    connection,
                    $"""
                    INSERT INTO {schemas.Checkpoints}.projection_checkpoints (name, version, position, rebuilding_to) VALUES ($1, $2, 0, nullif($3, 0))
                    ON CONFLICT (name) DO UPDATE SET version = excluded.version, position = 0, rebuilding_to = excluded.rebuilding_to, error = NULL, error_position = NULL, error_type = NULL, updated_at = now()
                    """,
                    [projection.Name, projection.Version, isRebuild ? head.Value : 0L],
                    cancellationToken);
            }

            await (analytics?.Update(connection, cancellationToken) ?? Task.CompletedTask);
            await transaction.CommitAsync(cancellationToken);
            return found is { } current && !isRebuild ? current.Position : LogPosition.Start;
        },
        cancellationToken);

    /// <summary>
    /// Creates what is missing of a build's tables, without their indexes, and tells where to go on. What another version made there, or
    /// what goes beyond <paramref name="end"/>, is dropped and made anew.
    /// </summary>
    public Task<LogPosition> PrepareBuild(IProjection projection, LogPosition end, CancellationToken cancellationToken) => database.Use(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await Execute(connection, $"SELECT pg_advisory_xact_lock({CheckpointSchema.SchemaLock})", [], cancellationToken);
            await Execute(connection, CheckpointSchema.Create(schemas.Checkpoints), [], cancellationToken);
            var found = await Find(connection, projection.Name, cancellationToken);
            var isOther = found is { } other && (other.Version != projection.Version || other.Position > end);
            await Execute(connection, (isOther ? projection.Tables.Drop : string.Empty) + projection.Tables.Create, [], cancellationToken);
            if (found is null || isOther)
            {
                await Execute(
                    connection,
                    $"""
                    INSERT INTO {schemas.Checkpoints}.projection_checkpoints (name, version, position) VALUES ($1, $2, 0)
                    ON CONFLICT (name) DO UPDATE SET version = excluded.version, position = 0, error = NULL, error_position = NULL, error_type = NULL, updated_at = now()
                    """,
                    [projection.Name, projection.Version],
                    cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            return found is { } current && !isOther ? current.Position : LogPosition.Start;
        },
        cancellationToken);

    /// <summary>Creates the indexes that are missing of a projection's tables.</summary>
    public Task Index(IProjection projection, CancellationToken cancellationToken) => projection.Tables.Index is { Length: > 0 } index
        ? database.Use(connection => Execute(connection, index, [], cancellationToken), cancellationToken)
        : Task.CompletedTask;

    /// <summary>Removes the schema of a build, with all that is in it.</summary>
    public Task DropSchema(CancellationToken cancellationToken) =>
        database.Use(connection => Execute(connection, $"DROP SCHEMA IF EXISTS {schemas.Checkpoints} CASCADE", [], cancellationToken), cancellationToken);

    /// <summary>Notes why a projection stands still, for every node to see.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="error">Why.</param>
    /// <param name="event">The event that it cannot apply; null: none is at fault.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task Fail(IProjection projection, string error, RecordedEvent? @event, CancellationToken cancellationToken) => database.Use(
        connection => Execute(
            connection,
            $"""
            UPDATE {schemas.Checkpoints}.projection_checkpoints SET error = $3, error_position = nullif($4, 0), error_type = nullif($5, ''), updated_at = now()
            WHERE name = $1 AND version = $2
            """,
            [projection.Name, projection.Version, error.Length > ErrorLengthMax ? error[..ErrorLengthMax] : error, @event?.Position.Value ?? 0L, @event?.Type ?? string.Empty],
            cancellationToken),
        cancellationToken);

    /// <summary>Every checkpoint, by name of the projection.</summary>
    public Task<IReadOnlyDictionary<string, Checkpoint>> ReadAll(CancellationToken cancellationToken) => database.Use<IReadOnlyDictionary<string, Checkpoint>>(
        async connection =>
        {
            await using var command = new NpgsqlCommand($"SELECT name, version, position, rebuilding_to, error, error_position, error_type FROM {schemas.Checkpoints}.projection_checkpoints", connection);
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
                    reader.IsDBNull(6) ? null : reader.GetString(6));
            }

            return checkpoints;
        },
        cancellationToken);

    async Task<(int Version, LogPosition Position)?> Find(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT version, position FROM {schemas.Checkpoints}.projection_checkpoints WHERE name = $1 FOR UPDATE", connection);
        command.AddAll([name]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt32(0), new LogPosition(reader.GetInt64(1))) : null;
    }

    static async Task<int> Execute(NpgsqlConnection connection, string sql, object[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.AddAll(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>How far a projection has come.</summary>
/// <param name="Version">Version of the code that made its rows.</param>
/// <param name="Position">Every event up to here is in them.</param>
/// <param name="RebuildingTo">While not null, they are being made anew and lack events up to here.</param>
/// <param name="Error">Why it stands still.</param>
/// <param name="ErrorPosition">Where in the log the event is that it cannot apply.</param>
/// <param name="ErrorType">That event's name.</param>
sealed record Checkpoint(int Version, LogPosition Position, LogPosition? RebuildingTo, string? Error, LogPosition? ErrorPosition, string? ErrorType);

/// <summary>The database holds rows of a newer version of the projection: this node must not touch them.</summary>
sealed class ProjectionOutdatedException(IProjection projection, int newer)
    : Exception($"{projection.Name} is version {projection.Version} here, and version {newer} has taken over: this node is to be updated.");
