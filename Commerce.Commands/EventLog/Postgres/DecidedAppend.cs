using Commerce.Domain.Log;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>The statement that has any group of appends decided by the schema's <c>decide</c> and writes those that are accepted.</summary>
sealed class DecidedAppend : IAsyncDisposable
{
    static readonly NpgsqlDbType[] Elements =
    [
        NpgsqlDbType.Text,
        NpgsqlDbType.Integer, NpgsqlDbType.Bigint, NpgsqlDbType.Integer, NpgsqlDbType.Uuid, NpgsqlDbType.Integer,
        NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea, NpgsqlDbType.Text, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea,
        NpgsqlDbType.Text,
    ];

    readonly NpgsqlCommand _command;

    DecidedAppend(NpgsqlCommand command) => _command = command;

    /// <summary>The statement, prepared on this connection.</summary>
    public static async Task<DecidedAppend> Prepare(NpgsqlConnection connection, PostgresEventLogOptions options, CancellationToken cancellationToken)
    {
        // What is written takes nothing from a snapshot, so it does no harm that the statement's own is older than the lock.
        // The names come once more, one for each append: to take the n-th text of an array, the server walks over all before it.
        var sql = $"""
            with decided as materialized (select * from {options.Schema}.decide($1, $2, $3, $4, $5, $6, $7)),
            written as (
                insert into {options.Schema}.appends (
                    position, revision, recorded_at, events, id, stream, type, data, metadata, more_ids, more_types, more_data, more_metadata)
                select
                    d.positions[a.i] - a.events + 1, d.revisions[a.i] - a.events + 1, d.recorded_at, a.events, a.id, a.stream,
                    a.type, a.data, a.metadata,
                    case when a.events > 1 then ($7::uuid[])[a.skip + 1 : a.skip + a.events - 1] end,
                    case when a.events > 1 then ($11::text[])[a.skip + 1 : a.skip + a.events - 1] end,
                    case when a.events > 1 then ($12::bytea[])[a.skip + 1 : a.skip + a.events - 1] end,
                    case when a.events > 1 then ($13::bytea[])[a.skip + 1 : a.skip + a.events - 1] end
                from decided d,
                    unnest($14::text[], $4::int[], $5::uuid[], $6::int[], $8::text[], $9::bytea[], $10::bytea[])
                        with ordinality a(stream, events, id, skip, type, data, metadata, i)
                where d.accepted[a.i])
            select positions, revisions from decided
            """;
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)Math.Ceiling(options.AnswerMax.TotalSeconds) };
        foreach (var element in Elements)
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | element });

        await command.PrepareAsync(cancellationToken);
        return new(command);
    }

    /// <summary>Appends these; the answers come in their order.</summary>
    public async Task<AppendResult[]> Execute(IReadOnlyList<PendingAppend> appends, GroupColumns group, CancellationToken cancellationToken)
    {
        object[] values =
        [
            group.Names, group.Places, group.Expected, group.Counts, group.Firsts.Ids, group.Skips,
            group.Others.Ids, group.Firsts.Types, group.Firsts.Data, group.Firsts.Metadata, group.Others.Types, group.Others.Data, group.Others.Metadata,
            group.Streams,
        ];
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i];

        await using var reader = await _command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            throw new InvalidOperationException("The log's append gave no answer.");

        var positions = reader.GetFieldValue<long[]>(0);
        var revisions = reader.GetFieldValue<long[]>(1);

        // As with the plain one: an answer is one when its transaction has ended.
        await reader.NextResultAsync(cancellationToken);
        var results = new AppendResult[appends.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = positions[i] > 0
                ? new AppendResult.Appended(revisions[i], new LogPosition(positions[i]))
                : new AppendResult.WrongExpectedRevision(appends[i].Expected, revisions[i]);
        }

        return results;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _command.DisposeAsync();
}
