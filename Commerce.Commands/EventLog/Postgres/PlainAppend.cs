using Commerce.Domain.Log;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>
/// Writes a plain group (<see cref="GroupColumns.IsPlain"/>) where every stream is at the revision that its append expects, and nothing where
/// one is not. It saves the server a fifth of what the schema's <c>decide</c> costs, whose rules on the order of commits it keeps: two
/// statements of one transaction, the second with a snapshot of its own that is newer than the log's lock. That a stream is new nobody looks up, which
/// would take the server as long as to write: no two appends begin a stream.
/// </summary>
sealed class PlainAppend : IAsyncDisposable
{
    static readonly NpgsqlDbType[] Elements =
    [
        NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Integer, NpgsqlDbType.Integer,
        NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea,
        NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea,
    ];

    readonly NpgsqlBatch _batch;
    readonly NpgsqlBatchCommand _write;

    PlainAppend(NpgsqlBatch batch, NpgsqlBatchCommand write) => (_batch, _write) = (batch, write);

    /// <summary>The statements, prepared on this connection.</summary>
    public static async Task<PlainAppend> Prepare(NpgsqlConnection connection, PostgresEventLogOptions options, CancellationToken cancellationToken)
    {
        // Anything else than read committed, which a pool between may have brought back, is left to decide: it says what is wrong.
        var write = new NpgsqlBatchCommand($"""
            with head as materialized (
                select coalesce((select a.position + a.events - 1 from {options.Schema}.appends a order by a.position desc limit 1), 0) as position),
            written as (
                insert into {options.Schema}.appends (
                    position, revision, recorded_at, events, id, stream, type, data, metadata, more_ids, more_types, more_data, more_metadata)
                select
                    (select h.position from head h) + a.skip + a.n, a.expected + 1, (select clock_timestamp()), a.events, a.id, a.stream,
                    a.type, a.data, a.metadata,
                    case when a.events > 1 then ($9::uuid[])[a.skip + 1 : a.skip + a.events - 1] end,
                    case when a.events > 1 then ($10::text[])[a.skip + 1 : a.skip + a.events - 1] end,
                    case when a.events > 1 then ($11::bytea[])[a.skip + 1 : a.skip + a.events - 1] end,
                    case when a.events > 1 then ($12::bytea[])[a.skip + 1 : a.skip + a.events - 1] end
                from unnest($1::text[], $2::bigint[], $3::int[], $4::int[], $5::uuid[], $6::text[], $7::bytea[], $8::bytea[])
                    with ordinality a(stream, expected, events, skip, id, type, data, metadata, n)
                where current_setting('transaction_isolation') = 'read committed' and not exists (
                    select from unnest($1::text[], $2::bigint[]) s(stream, expected)
                    where case when s.expected >= 0 then s.expected is distinct from (
                        select b.revision + b.events - 1 from {options.Schema}.appends b
                        where b.stream = s.stream order by b.revision desc limit 1) end)
                returning 1)
            select h.position, case when $14 then pg_notify('{LogSchema.Channel(options.Schema)}', (h.position + $13)::text) end from head h where exists (select from written)
            """);
        foreach (var element in Elements)
            write.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | element });

        write.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Bigint });
        write.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Boolean });
        var batch = new NpgsqlBatch(connection)
        {
            Timeout = (int)Math.Ceiling(options.AnswerMax.TotalSeconds),
            BatchCommands = { new($"select pg_advisory_xact_lock({LogSchema.AppendLockClass}, hashtext('{options.Schema}'))"), write },
        };
        await batch.PrepareAsync(cancellationToken);
        return new(batch, write);
    }

    /// <summary>Writes the group; the answers come in its order. Null: a stream is not where it is expected, and nothing is written.</summary>
    /// <param name="group">The group.</param>
    /// <param name="isTold">Whether other processes are given notice.</param>
    /// <param name="cancellationToken">Gives up; it may have been written.</param>
    public async Task<AppendResult[]?> TryExecute(GroupColumns group, bool isTold, CancellationToken cancellationToken)
    {
        object[] values =
        [
            group.Streams, group.Expected, group.Counts, group.Skips,
            group.Firsts.Ids, group.Firsts.Types, group.Firsts.Data, group.Firsts.Metadata,
            group.Others.Ids, group.Others.Types, group.Others.Data, group.Others.Metadata,
            (long)group.Events, isTold,
        ];
        for (var i = 0; i < values.Length; i++)
            _write.Parameters[i].Value = values[i];

        try
        {
            await using var reader = await _batch.ExecuteReaderAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            var placed = await reader.ReadAsync(cancellationToken) ? Placed(group, head: reader.GetInt64(0)) : null;

            // That the transaction has ended well is said after its rows, and a reader that is only disposed of keeps to itself that it waited in vain.
            await reader.NextResultAsync(cancellationToken);
            return placed;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation && e.ConstraintName == LogSchema.StreamKey)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _batch.DisposeAsync();

    static AppendResult[] Placed(GroupColumns group, long head)
    {
        var results = new AppendResult[group.Counts.Length];
        for (var i = 0; i < results.Length; i++)
            results[i] = new AppendResult.Appended(group.Expected[i] + group.Counts[i], new LogPosition(head += group.Counts[i]));

        return results;
    }
}
