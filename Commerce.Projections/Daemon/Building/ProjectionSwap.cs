using Commerce.Domain.Log;
using Commerce.Projections.Analytics;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Daemon.Building;

/// <summary>
/// Puts what was built beside the live rows in their place, in one transaction: readers see the one or the other, whole. The live
/// projection is held still meanwhile, so what takes its place is never behind what people have seen.
/// </summary>
/// <param name="database">Where both are.</param>
/// <param name="live">What people read.</param>
/// <param name="analytics">Views over it, which are made anew over the new tables.</param>
sealed class ProjectionSwap(ReadDatabase database, ReadSchemas live, AnalyticsSchema analytics)
{
    /// <summary>
    /// How long it waits at most for those who read, all together, for all that come later wait behind it: then it steps aside. Half of the
    /// time after which PostgreSQL looks for deadlocks, so that where it waits for a reader who waits for it, it is never the reader who fails.
    /// </summary>
    const int LockTimeMaxMs = 500;

    /// <summary>
    /// How long the live projection is held still at most while the build applies what it lacks, in a transaction that says nothing meanwhile: less
    /// than <see cref="ReadDatabase.SilenceMax"/>.
    /// </summary>
    static readonly TimeSpan HoldMax = TimeSpan.FromSeconds(4);

    /// <summary>Swaps.</summary>
    /// <param name="projection">What was built, with its tables beside the live ones.</param>
    /// <param name="request">The rebuild that it answers; see <see cref="Decisions.Rebuild"/>.</param>
    /// <param name="catchUp">Has the build apply everything up to a position.</param>
    /// <param name="cancellationToken">Stops it, with nothing changed.</param>
    /// <returns>False: somebody reads for long, or the build did not catch up: again in a moment.</returns>
    /// <exception cref="ProjectionOutdatedException">A newer version has taken the place meanwhile.</exception>
    public Task<bool> TrySwap(IProjection projection, long request, Func<LogPosition, CancellationToken, Task> catchUp, CancellationToken cancellationToken) => database.Use(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            try
            {
                await Execute(connection, $"SELECT pg_advisory_xact_lock({CheckpointSchema.SchemaLock})", cancellationToken);
                var (version, position) = await HoldStill(connection, projection, cancellationToken);
                if (version > projection.Version)
                {
                    throw new ProjectionOutdatedException(projection, version);
                }

                using var hold = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                hold.CancelAfter(HoldMax);
                await catchUp(position, hold.Token);
                await Execute(connection, $"SET LOCAL statement_timeout = {LockTimeMaxMs}", cancellationToken);
                await Execute(connection, Lock(projection), cancellationToken);
                await Execute(connection, "SET LOCAL statement_timeout = DEFAULT", cancellationToken);
                await Execute(connection, Move(projection, request, keeps: version > 0), cancellationToken);
                await analytics.Update(connection, projection.Name, isAnew: true, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return true;
            }
            catch (Exception e) when (e is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.DeadlockDetected }
                or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        },
        cancellationToken);

    // Whoever applies live events takes this row first.
    async Task<(int Version, LogPosition Position)> HoldStill(NpgsqlConnection connection, IProjection projection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT version, position FROM {live.Checkpoints}.projection_checkpoints WHERE name = $1 FOR UPDATE", connection);
        command.AddAll([projection.Name]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt32(0), new(reader.GetInt64(1))) : throw new InvalidOperationException($"{projection.Name} has no checkpoint.");
    }

    IEnumerable<AnalyticsRelation> ViewsOver(IProjection projection) => AnalyticsCatalogue.Views(live.Documents).Where(v => v != AnalyticsCatalogue.AsOf && v.Projections.Contains(projection.Name));

    // In the order in which readers come: through the views, the outer before the inner, to the tables. ALTER VIEW takes the view alone
    // and not, as LOCK does, all that is below it.
    string Lock(IProjection projection)
    {
        var next = RebuildSchemas.Next(projection.Name).Checkpoints;
        return $"""
            DO $$
            DECLARE
                t record;
            BEGIN
                {string.Concat(ViewsOver(projection).Reverse().Select(v => $"ALTER VIEW IF EXISTS {live.Facts}.{v.Name} RESET (security_barrier);\n"))}
                FOR t IN {Tables(next)} LOOP
                    IF to_regclass(format('%I.%I', t.home, t.name)) IS NOT NULL THEN
                        EXECUTE format('LOCK TABLE %I.%I IN ACCESS EXCLUSIVE MODE', t.home, t.name);
                    END IF;
                END LOOP;
            END $$;
            """;
    }

    string Tables(string next) => $"""
        SELECT relname AS name, CASE WHEN relname LIKE 'mt\_doc\_%' THEN '{live.Documents}' ELSE '{live.Facts}' END AS home
        FROM pg_class WHERE relnamespace = '{next}'::regnamespace AND relkind = 'r' AND relname <> 'projection_checkpoints' ORDER BY relname
        """;

    // Tables take their indexes along, and keep the names that Marten gives both. Who may read the old one may read the new one.
    string Move(IProjection projection, long request, bool keeps)
    {
        var (next, replaced) = (RebuildSchemas.Next(projection.Name).Checkpoints, RebuildSchemas.Replaced(projection.Name).Checkpoints);
        return FormattableString.Invariant($"""
            DROP SCHEMA IF EXISTS {replaced} CASCADE;
            CREATE SCHEMA {replaced};
            CREATE TABLE {replaced}.projection_checkpoints AS SELECT * FROM {live.Checkpoints}.projection_checkpoints WHERE name = '{projection.Name}';
            DO $$
            DECLARE
                t record;
                g record;
            BEGIN
                FOR t IN {Tables(next)} LOOP
                    FOR g IN SELECT privilege_type, grantee FROM information_schema.table_privileges WHERE table_schema = t.home AND table_name = t.name AND grantee <> current_user LOOP
                        EXECUTE format('GRANT %s ON {next}.%I TO %s', g.privilege_type, t.name, CASE g.grantee WHEN 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(g.grantee) END);
                    END LOOP;
                    EXECUTE format('ALTER TABLE IF EXISTS %I.%I SET SCHEMA {replaced}', t.home, t.name);
                    EXECUTE format('ALTER TABLE {next}.%I SET SCHEMA %I', t.name, t.home);
                END LOOP;
            END $$;
            UPDATE {live.Checkpoints}.projection_checkpoints AS c
            SET version = n.version, position = n.position, rebuild = {request}, rebuilding_to = NULL, error = NULL, error_position = NULL, error_type = NULL,
                updated_at = greatest(c.updated_at, now())
            FROM {next}.projection_checkpoints AS n WHERE c.name = n.name AND c.name = '{projection.Name}';
            DROP SCHEMA {next} CASCADE;
            {(keeps ? string.Empty : $"DROP SCHEMA {replaced} CASCADE;")}
            """);
    }

    static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
