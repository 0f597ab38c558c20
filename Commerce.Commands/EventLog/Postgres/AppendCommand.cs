using Commerce.Domain.Log;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>The statement that has a group of appends decided by the schema's <c>decide</c> and writes those that are accepted.</summary>
static class AppendCommand
{
    static readonly NpgsqlDbType[] Elements =
    [
        NpgsqlDbType.Text,
        NpgsqlDbType.Integer, NpgsqlDbType.Bigint, NpgsqlDbType.Integer, NpgsqlDbType.Uuid, NpgsqlDbType.Integer,
        NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea, NpgsqlDbType.Text, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea,
        NpgsqlDbType.Text,
    ];

    /// <summary>The statement, prepared on this connection.</summary>
    public static async Task<NpgsqlCommand> Prepare(NpgsqlConnection connection, PostgresEventLogOptions options, CancellationToken cancellationToken)
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
        return command;
    }

    /// <summary>Appends these; the answers come in their order.</summary>
    public static async Task<AppendResult[]> Execute(NpgsqlCommand command, IReadOnlyList<PendingAppend> appends, CancellationToken cancellationToken)
    {
        var values = ValuesOf(appends);
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            throw new InvalidOperationException("The log's append gave no answer.");

        var positions = reader.GetFieldValue<long[]>(0);
        var revisions = reader.GetFieldValue<long[]>(1);
        var results = new AppendResult[appends.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = positions[i] > 0
                ? new AppendResult.Appended(revisions[i], new LogPosition(positions[i]))
                : new AppendResult.WrongExpectedRevision(appends[i].Expected, revisions[i]);
        }

        return results;
    }

    static object[] ValuesOf(IReadOnlyList<PendingAppend> appends)
    {
        var places = new Dictionary<StreamName, int>(appends.Count);
        var names = new List<string>(appends.Count);
        var streams = new int[appends.Count];
        var expected = new long[appends.Count];
        var counts = new int[appends.Count];
        var skips = new int[appends.Count];
        var firsts = new EventColumns(appends.Count);
        var others = new EventColumns(appends.Sum(a => a.Events.Count) - appends.Count);
        for (var a = 0; a < appends.Count; a++)
        {
            var append = appends[a];
            if (!places.TryGetValue(append.Stream, out streams[a]))
            {
                names.Add(append.Stream.Value);
                places.Add(append.Stream, streams[a] = names.Count);
            }

            expected[a] = Coded(append.Expected);
            counts[a] = append.Events.Count;
            skips[a] = others.Count;
            firsts.Add(append.Events[0]);
            for (var e = 1; e < append.Events.Count; e++)
                others.Add(append.Events[e]);
        }

        return
        [
            names.ToArray(), streams, expected, counts, firsts.Ids, skips,
            others.Ids, firsts.Types, firsts.Data, firsts.Metadata, others.Types, others.Data, others.Metadata,
            appends.Select(a => a.Stream.Value).ToArray(),
        ];
    }

    // The numbers that the function knows.
    static long Coded(ExpectedRevision expected) =>
        expected.Revision ?? (expected == ExpectedRevision.Any ? -2 : -4);

    /// <summary>Events as the arrays that the wire takes.</summary>
    sealed class EventColumns(int count)
    {
        public Guid[] Ids { get; } = new Guid[count];

        public string[] Types { get; } = new string[count];

        public ReadOnlyMemory<byte>[] Data { get; } = new ReadOnlyMemory<byte>[count];

        public ReadOnlyMemory<byte>[] Metadata { get; } = new ReadOnlyMemory<byte>[count];

        public int Count { get; private set; }

        public void Add(NewEvent e)
        {
            (Ids[Count], Types[Count], Data[Count], Metadata[Count]) = (e.Id, e.Type, e.Data, e.Metadata);
            Count++;
        }
    }
}
