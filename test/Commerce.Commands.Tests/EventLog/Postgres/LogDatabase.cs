using Commerce.Commands.EventLog.Postgres;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Commands.Tests.EventLog.Postgres;

/// <summary>A database with a log in it.</summary>
sealed class LogDatabase(TestDatabase database, PostgresEventLog log) : IAsyncDisposable
{
    /// <summary>Which of pg_locks are nodes' turns at streams.</summary>
    public static string TurnLocks { get; } = LocksOf(LogSchema.TurnLockClass);

    public PostgresEventLog Log => log;

    public string ConnectionString => database.ConnectionString;

    public static async Task<LogDatabase> Create(Func<string, PostgresEventLogOptions>? options = null)
    {
        var database = await PostgresForTests.CreateDatabase();
        return new(database, await Node(options?.Invoke(database.ConnectionString) ?? new() { ConnectionString = database.ConnectionString }));
    }

    /// <summary>A node of its own on a log.</summary>
    public static Task<PostgresEventLog> Node(PostgresEventLogOptions options) =>
        PostgresEventLog.Open(options, TimeProvider.System, NullLogger<PostgresEventLog>.Instance, CancellationToken.None);

    /// <summary>A further node on this log.</summary>
    public Task<PostgresEventLog> Node() => Node(new PostgresEventLogOptions { ConnectionString = ConnectionString });

    /// <summary>Takes the lock under which positions are given out, as a node that is slow to commit; disposing it lets go.</summary>
    public async Task<NpgsqlConnection> HoldAppends(CancellationToken ct)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand($"begin; select pg_advisory_xact_lock({LogSchema.AppendLockClass}, hashtext('log'))", connection);
        await command.ExecuteNonQueryAsync(ct);
        return connection;
    }

    /// <summary>Ends when so many appenders wait for that lock.</summary>
    public Task AppendersWait(int count, CancellationToken ct) => Waited(LocksOf(LogSchema.AppendLockClass), count, ct);

    /// <summary>Ends when so many turns at streams are waited for.</summary>
    public Task TurnsAreWaitedFor(int count, CancellationToken ct) => Waited(TurnLocks, count, ct);

    public async Task Execute(string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task<T> Ask<T>(string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(ct) ?? throw new InvalidOperationException("No answer."));
    }

    public async ValueTask DisposeAsync()
    {
        await log.DisposeAsync();
        await database.DisposeAsync();
    }

    static string LocksOf(int lockClass) => $"locktype = 'advisory' and classid = {lockClass} and database = (select oid from pg_database where datname = current_database())";

    Task Waited(string locks, int count, CancellationToken ct) => Until($"select count(*) = {count} from pg_locks where {locks} and not granted", ct);

    async Task Until(string condition, CancellationToken ct)
    {
        while (!await Ask<bool>(condition, ct))
            await Task.Delay(5, ct);
    }
}
