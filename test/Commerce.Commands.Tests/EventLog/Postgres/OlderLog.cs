using System.Globalization;
using Commerce.Commands.EventLog;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.Log;
using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Commands.Tests.EventLog.Postgres;

/// <summary>A database with a log of the older layout, written as it was written then.</summary>
sealed class OlderLog(TestDatabase database) : IAsyncDisposable
{
    static readonly string Script = Path.Combine(Checkout.Root, "test", "Commerce.Commands.Tests", "EventLog", "Postgres", "OlderSchema.sql");

    public string ConnectionString => database.ConnectionString;

    public static async Task<OlderLog> Create(CancellationToken ct)
    {
        var log = new OlderLog(await PostgresForTests.CreateDatabase(ct));
        var script = await File.ReadAllTextAsync(Script, ct);
        await log.Execute(
            script.Replace("{schema}", "log", StringComparison.Ordinal).Replace("{lock_class}", LogSchema.AppendLockClass.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
            ct);
        return log;
    }

    /// <summary>Appends these in one group, by the function of then, whose call is that of today.</summary>
    public async Task<AppendResult[]> Append(IReadOnlyList<StreamAppend> appends, CancellationToken ct)
    {
        var options = new PostgresEventLogOptions { ConnectionString = ConnectionString };
        await using var connections = LogConnections.Pool(options);
        await using var session = new AppendSession(connections, options);
        return await session.Append([.. appends.Select(a => new PendingAppend(a.Stream, a.Expected, a.Events, bytes: 1))], ct);
    }

    /// <summary>Opens it as it is opened today.</summary>
    public Task<PostgresEventLog> Open() => LogDatabase.Node(new PostgresEventLogOptions { ConnectionString = ConnectionString });

    /// <summary>Every event with all that the table says of it in both layouts, in the order of the log.</summary>
    public async Task<string> Everything(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(
            "select string_agg(concat_ws(' ', position, stream, revision, id, type, recorded_at, data, metadata), E'\\n' order by position) from log.events", connection);
        return await command.ExecuteScalarAsync(ct) as string ?? "";
    }

    public async Task<object?> Execute(string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(ct);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
