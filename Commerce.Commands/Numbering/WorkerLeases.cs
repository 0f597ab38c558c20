using Npgsql;

namespace Commerce.Commands.Numbering;

/// <summary>
/// Leases worker numbers in the table <c>commerce.worker_leases</c>, by the database's clock. A row's expiry is the last
/// timestamp that its owner may use; the next owner begins after it.
/// </summary>
public sealed class WorkerLeases(NpgsqlDataSource database, OrderNumberOptions? options = null)
{
    // "If not exists" alone does not help: two nodes that create the same thing at once still collide. The lock's number
    // spells COMM, then 1: the lock of all who create things in the schema commerce.
    const string CreateTable = """
        select pg_advisory_xact_lock(x'434F4D4D0001'::bigint);
        create schema if not exists commerce;
        create table if not exists commerce.worker_leases (
            worker integer primary key,
            owner uuid null,
            expires_ms bigint not null
        );
        comment on table commerce.worker_leases is 'Who may give order numbers of which worker number, until when.';
        comment on column commerce.worker_leases.expires_ms is 'Milliseconds since 1970 UTC: the last timestamp that the owner may use, or that the last owner used.';
        """;

    // Takers take turns; a renewal, which changes a row, waits as well.
    const string LockTable = "lock table commerce.worker_leases in share row exclusive mode";

    const string NowMs = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

    const string TakeLowest = $"""
        with free as (
            select n as worker, coalesce(l.expires_ms, -1) as used_ms
            from generate_series(0, $1 - 1) n left join commerce.worker_leases l on l.worker = n
            where l.worker is null or l.expires_ms < {NowMs}
            order by n limit 1),
        taken as (
            insert into commerce.worker_leases as l (worker, owner, expires_ms)
            select worker, $2, {NowMs} + $3 from free
            on conflict (worker) do update set owner = excluded.owner, expires_ms = excluded.expires_ms
            returning l.worker, l.expires_ms)
        select taken.worker, free.used_ms + 1, taken.expires_ms from taken join free using (worker)
        """;

    const string Extend = $"update commerce.worker_leases set expires_ms = greatest(expires_ms, {NowMs} + $3) where worker = $1 and owner = $2 returning expires_ms";

    const string GiveBack = "update commerce.worker_leases set owner = null, expires_ms = $3 where worker = $1 and owner = $2";

    readonly long _leaseMs = (long)(options ?? new()).Validated().LeaseFor.TotalMilliseconds;

    /// <summary>Takes the lowest free worker number; null: all are taken.</summary>
    /// <param name="owner">Who takes it: an id that no other process has and no other start of this one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<WorkerLease?> Acquire(Guid owner, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (var prepare = new NpgsqlCommand($"{CreateTable} {LockTable}", connection))
        {
            await prepare.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        var lease = await Take(connection, owner, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return lease;
    }

    /// <summary>The lease with a later end; null: it had lapsed and someone else has the number now.</summary>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<WorkerLease?> Renew(WorkerLease lease, CancellationToken cancellationToken)
    {
        await using var command = Command(Extend, lease.Worker, lease.Owner, _leaseMs);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long lastMs ? lease with { LastMs = lastMs } : null;
    }

    /// <summary>Gives a worker number back before its lease ends. No number may be given under the lease any more.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="usedMs">The latest timestamp used under it, milliseconds since 1970 UTC; 0: none.</param>
    /// <param name="cancellationToken">Gives up waiting; the lease then ends by itself.</param>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task Release(WorkerLease lease, long usedMs, CancellationToken cancellationToken)
    {
        await using var command = Command(GiveBack, lease.Worker, lease.Owner, Math.Max(usedMs, lease.FirstMs - 1));
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    async Task<WorkerLease?> Take(NpgsqlConnection connection, Guid owner, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(TakeLowest, connection)
        {
            Parameters = { new() { Value = OrderNumberLayout.LeasedWorkersMax }, new() { Value = owner }, new() { Value = _leaseMs } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new WorkerLease(reader.GetInt32(0), owner, reader.GetInt64(1), reader.GetInt64(2))
            : null;
    }

    NpgsqlCommand Command(string sql, int worker, Guid owner, long ms)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = worker });
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = ms });
        return command;
    }
}
