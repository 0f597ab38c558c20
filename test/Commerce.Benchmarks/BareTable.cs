using Commerce.Domain.Log;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Benchmarks;

/// <summary>
/// A table with a log's columns and a key, and nothing else: no expected revisions, no order of commits, no repeats. Written by prepared
/// multi-row INSERTs, each its own transaction.
/// </summary>
sealed class BareTable : IAsyncDisposable
{
    const string InsertSql = """
        INSERT INTO bare_events (stream, revision, id, type, recorded_at, data, metadata)
        SELECT stream, revision, id, type, now(), data, metadata
        FROM unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[]) AS e(stream, revision, id, type, data, metadata)
        """;

    readonly NpgsqlDataSource _database;
    readonly int _connections;
    readonly NewEvent[] _samples;
    long _inserted;

    BareTable(NpgsqlDataSource database, NewEvent[] samples, int connections) => (_database, _samples, _connections) = (database, samples, connections);

    /// <summary>Makes it.</summary>
    public static async Task<BareTable> Create(string connectionString, NewEvent[] samples, int connections, CancellationToken cancellationToken)
    {
        var database = NpgsqlDataSource.Create(connectionString);
        await using var create = database.CreateCommand("""
            CREATE TABLE bare_events (
                position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text COLLATE "C" NOT NULL, revision bigint NOT NULL, id uuid NOT NULL,
                type text COLLATE "C" NOT NULL, recorded_at timestamptz NOT NULL, data bytea NOT NULL, metadata bytea NOT NULL)
            """);
        await create.ExecuteNonQueryAsync(cancellationToken);
        return new(database, samples, connections);
    }

    /// <summary>One round of inserting what so many appends in flight hold, shared by as many connections as the log has appenders.</summary>
    public async Task<Round> Insert(int events, int inFlight, Sizes sizes, CancellationToken cancellationToken)
    {
        var workers = Math.Min(_connections, inFlight);
        var rows = inFlight / workers * events;
        var commands = new List<NpgsqlCommand>();
        try
        {
            for (var n = 0; n < workers; n++)
            {
                commands.Add(await Prepare(rows, cancellationToken));
            }

            var round = await Round.Run(workers, sizes.LogRound, Math.Max(1, sizes.LogRoundEventsMax / rows), rows, async worker =>
            {
                commands[worker].Parameters[2].Value = Ids(rows);
                var inserted = await commands[worker].ExecuteNonQueryAsync(cancellationToken);
                Check(inserted, rows);
            });
            Check(await Count(cancellationToken), _inserted += round.Units);
            return round;
        }
        finally
        {
            foreach (var command in commands)
            {
                await command.DisposeAsync();
                await (command.Connection?.DisposeAsync() ?? ValueTask.CompletedTask);
            }
        }
    }

    /// <summary>Rows in it.</summary>
    public async Task<long> Count(CancellationToken cancellationToken)
    {
        await using var count = _database.CreateCommand("SELECT count(*) FROM bare_events");
        return (long)(await count.ExecuteScalarAsync(cancellationToken) ?? 0L);
    }

    /// <summary>Reads the first so many rows in order, every column of them.</summary>
    public Task<Round> Read(int count, CancellationToken cancellationToken) => Round.Once(async () =>
    {
        await using var select = _database.CreateCommand("SELECT position, stream, revision, id, type, recorded_at, data, metadata FROM bare_events ORDER BY position LIMIT $1");
        select.Parameters.Add(new() { Value = (long)count });
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        var (row, read) = (new object[reader.FieldCount], 0L);
        while (await reader.ReadAsync(cancellationToken))
        {
            read += reader.GetValues(row) == row.Length ? 1 : 0;
        }

        Check(read, count);
        return read;
    });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    async Task<NpgsqlCommand> Prepare(int rows, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(InsertSql, await _database.OpenConnectionAsync(cancellationToken));
        command.Parameters.Add(Array(NpgsqlDbType.Text, Enumerable.Repeat("bench-" + Guid.NewGuid(), rows).ToArray()));
        command.Parameters.Add(Array(NpgsqlDbType.Bigint, Enumerable.Range(0, rows).Select(n => (long)n).ToArray()));
        command.Parameters.Add(Array(NpgsqlDbType.Uuid, Ids(rows)));
        command.Parameters.Add(Array(NpgsqlDbType.Text, Rows(rows, e => e.Type)));
        command.Parameters.Add(Array(NpgsqlDbType.Bytea, Rows(rows, e => e.Data.ToArray())));
        command.Parameters.Add(Array(NpgsqlDbType.Bytea, Rows(rows, e => e.Metadata.ToArray())));
        await command.PrepareAsync(cancellationToken);
        return command;
    }

    T[] Rows<T>(int rows, Func<NewEvent, T> column) => [.. Enumerable.Range(0, rows).Select(n => column(_samples[n % _samples.Length]))];

    static NpgsqlParameter Array(NpgsqlDbType type, object values) => new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values };

    static Guid[] Ids(int rows) => [.. Enumerable.Range(0, rows).Select(_ => Guid.NewGuid())];

    static void Check(long actual, long expected)
    {
        if (actual != expected)
        {
            throw new BenchmarkFailedException($"The bare table has {actual} rows where {expected} must be.");
        }
    }
}
