using System.Data;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Auditing.Comparing;

/// <summary>
/// What people read at one moment, and which tables it lay in. A rebuild may put others in their place at any time: names lead to those then, and
/// to a snapshot from before they look empty. So they are held still only while they are gone through, and asked first whether they are the same.
/// </summary>
sealed class LiveSnapshot : IAsyncDisposable
{
    const string Held = "held";

    // As the snapshot sees them: to_regclass would tell what they are now.
    const string Tables = "SELECT n.nspname || '.' || c.relname, c.oid::bigint FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname || '.' || c.relname = any ($1)";

    readonly NpgsqlTransaction _transaction;
    readonly Dictionary<string, long> _tables = new(StringComparer.Ordinal);
    readonly Dictionary<string, Checkpoint> _checkpoints = new(StringComparer.Ordinal);

    LiveSnapshot(NpgsqlConnection connection, NpgsqlTransaction transaction) => (Connection, _transaction) = (connection, transaction);

    /// <summary>Where it is read.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Takes one.</summary>
    public static async Task<LiveSnapshot> Take(NpgsqlConnection connection, IReadOnlyList<IProjection> projections, CancellationToken cancellationToken)
    {
        var snapshot = new LiveSnapshot(connection, await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false));
        try
        {
            await snapshot.Read(projections, cancellationToken).ConfigureAwait(false);
            return snapshot;
        }
        catch
        {
            await snapshot.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Every event up to here is in the rows of a projection that can be compared.</summary>
    public LogPosition PositionOf(IProjection projection) => _checkpoints[projection.Name].Position;

    /// <summary>Why a projection cannot be compared; null: it can.</summary>
    public string? WhyNot(IProjection projection) =>
        !_checkpoints.TryGetValue(projection.Name, out var checkpoint) ? "it has not been built yet."
        : checkpoint.RebuildingTo is not null ? "it is being made anew."
        : checkpoint.Version != projection.Version ? $"it was made by version {checkpoint.Version}, and this program makes version {projection.Version}."
        : null;

    /// <summary>Has no rebuild put others in the place of these tables until <see cref="LetGo"/>.</summary>
    /// <returns>False: one has already, since the snapshot.</returns>
    public async Task<bool> Hold(IReadOnlyList<ComparedTable> tables, CancellationToken cancellationToken)
    {
        await _transaction.SaveAsync(Held, cancellationToken).ConfigureAwait(false);
        await using (var hold = new NpgsqlCommand($"LOCK TABLE {string.Join(", ", tables.Select(t => t.Live))} IN ACCESS SHARE MODE", Connection))
        {
            await hold.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await using var look = new NpgsqlCommand("SELECT bool_and(to_regclass(name)::oid::bigint = oid) FROM unnest($1::text[], $2::bigint[]) AS t (name, oid)", Connection);
        look.AddAll([tables.Select(t => t.Live).ToArray(), tables.Select(t => _tables.GetValueOrDefault(t.Live)).ToArray()]);
        return await look.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }

    /// <summary>Lets rebuilds go on: what was locked since is free.</summary>
    public Task LetGo(CancellationToken cancellationToken) => _transaction.RollbackAsync(Held, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _transaction.DisposeAsync();

    async Task Read(IReadOnlyList<IProjection> projections, CancellationToken cancellationToken)
    {
        await using (var silence = new NpgsqlCommand(ReadDatabase.MayBeSilent, Connection))
        {
            await silence.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await using (var tables = new NpgsqlCommand(Tables, Connection))
        {
            tables.Parameters.Add(new() { Value = projections.SelectMany(p => ComparedTable.Of(p, p)).Select(t => t.Live).ToArray() });
            await using var reader = await tables.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                _tables[reader.GetString(0)] = reader.GetInt64(1);
            }
        }

        await using (var checkpoints = new NpgsqlCommand("SELECT name, version, position, rebuilding_to FROM commerce.projection_checkpoints", Connection))
        {
            await using var reader = await checkpoints.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var rebuildingTo = await reader.IsDBNullAsync(3, cancellationToken).ConfigureAwait(false) ? (LogPosition?)null : new(reader.GetInt64(3));
                _checkpoints[reader.GetString(0)] = new(reader.GetInt32(1), new(reader.GetInt64(2)), rebuildingTo, null, null, null);
            }
        }
    }
}
