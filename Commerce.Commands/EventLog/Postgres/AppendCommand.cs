using Commerce.Domain.Log;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>The call of the schema's <c>append</c>: a group as arrays there, its answers back.</summary>
static class AppendCommand
{
    /// <summary>The call, prepared on this connection.</summary>
    public static async Task<NpgsqlCommand> Prepare(NpgsqlConnection connection, PostgresEventLogOptions options, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand($"select positions, revisions from {options.Schema}.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", connection)
        {
            CommandTimeout = (int)Math.Ceiling(options.AnswerMax.TotalSeconds),
        };
        foreach (var element in new[]
        {
            NpgsqlDbType.Text,
            NpgsqlDbType.Integer, NpgsqlDbType.Bigint, NpgsqlDbType.Integer, NpgsqlDbType.Integer,
            NpgsqlDbType.Integer, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea,
        })
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | element });

        await command.PrepareAsync(cancellationToken);
        return command;
    }

    /// <summary>Appends these; the answers come in their order.</summary>
    public static async Task<AppendResult[]> Execute(NpgsqlCommand command, IReadOnlyList<PendingAppend> appends, CancellationToken cancellationToken)
    {
        Fill(command, appends);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            throw new InvalidOperationException("The log's append function gave no answer.");

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

    static void Fill(NpgsqlCommand command, IReadOnlyList<PendingAppend> appends)
    {
        var events = appends.Sum(a => a.Events.Count);
        var streams = new Dictionary<StreamName, int>(appends.Count);
        var appendStreams = new int[appends.Count];
        var expected = new long[appends.Count];
        var firsts = new int[appends.Count];
        var counts = new int[appends.Count];
        var eventAppends = new int[events];
        var ids = new Guid[events];
        var types = new string[events];
        var data = new ReadOnlyMemory<byte>[events];
        var metadata = new ReadOnlyMemory<byte>[events];

        var next = 0;
        for (var a = 0; a < appends.Count; a++)
        {
            var append = appends[a];
            if (!streams.TryGetValue(append.Stream, out var stream))
                streams.Add(append.Stream, stream = streams.Count + 1);

            appendStreams[a] = stream;
            expected[a] = Coded(append.Expected);
            firsts[a] = next + 1;
            counts[a] = append.Events.Count;
            foreach (var e in append.Events)
            {
                eventAppends[next] = a + 1;
                ids[next] = e.Id;
                types[next] = e.Type;
                data[next] = e.Data;
                metadata[next++] = e.Metadata;
            }
        }

        var names = new string[streams.Count];
        foreach (var (name, index) in streams)
            names[index - 1] = name.Value;

        object[] values = [names, appendStreams, expected, firsts, counts, eventAppends, ids, types, data, metadata];
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
    }

    // The numbers that the function knows.
    static long Coded(ExpectedRevision expected) =>
        expected.Revision ?? (expected == ExpectedRevision.Any ? -2 : -4);
}
