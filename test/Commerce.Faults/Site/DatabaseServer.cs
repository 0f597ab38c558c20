using System.Diagnostics;
using Commerce.Commands.Embedded;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Faults.Site;

/// <summary>A PostgreSQL of this run alone, as the application starts it, with its settings and its fsync; it can be killed, stopped and started again.</summary>
sealed class DatabaseServer : IAsyncDisposable
{
    /// <summary>Children of a killed server end by themselves; until then a new one does not start.</summary>
    static readonly TimeSpan StartTimeMax = TimeSpan.FromMinutes(2);

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    readonly string _folder;
    EmbeddedPostgres _server;

    DatabaseServer(string folder, EmbeddedPostgres server) => (_folder, _server, ConnectionString) = (folder, server, server.ConnectionString);

    /// <summary>How to reach it, now and after each start. Contains the password.</summary>
    public string ConnectionString { get; }

    /// <summary>Makes it and starts it.</summary>
    public static async Task<DatabaseServer> Create(CancellationToken cancellationToken)
    {
        var folder = Checkout.TestData($"faults-{Guid.NewGuid():N}");
        return new(folder, await Attach(folder, cancellationToken));
    }

    /// <summary>SIGKILL to the server's first process, which the others do not outlive.</summary>
    public async Task Kill(CancellationToken cancellationToken)
    {
        using (var postmaster = Process.GetProcessById(_server.ServerProcessId))
        {
            postmaster.Kill();
            await postmaster.WaitForExitAsync(cancellationToken);
        }

        await _server.DisposeAsync();
    }

    /// <summary>Stops it in order; its clients are disconnected.</summary>
    public Task Stop() => _server.DisposeAsync().AsTask();

    /// <summary>Starts it where it was; returns when it answers.</summary>
    public async Task Start(CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                _server = await Attach(_folder, cancellationToken);
                break;
            }
            catch (EmbeddedPostgresException) when (Stopwatch.GetElapsedTime(since) < StartTimeMax)
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }

        if (_server.ConnectionString != ConnectionString)
        {
            throw new IOException("PostgreSQL's port was taken by another program while it was down: nobody would find it.");
        }
    }

    /// <summary>Another database on it, made where it is missing.</summary>
    public Task<string> Database(string name, CancellationToken cancellationToken) => _server.Database(name, cancellationToken);

    /// <summary>The rows of a query, one text each.</summary>
    public static async Task<IReadOnlyList<string>> Rows(string connectionString, string sql, CancellationToken cancellationToken)
    {
        // Without a pool: nobody is left connected when the server stops.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(await reader.IsDBNullAsync(0, cancellationToken) ? string.Empty : reader.GetString(0));
        }

        return rows;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var folder = _server.Folder;
        await _server.DisposeAsync();
        foreach (var left in new[] { folder, _folder }.Where(Directory.Exists))
        {
            Directory.Delete(left, recursive: true);
        }
    }

    static Task<EmbeddedPostgres> Attach(string folder, CancellationToken cancellationToken) =>
        EmbeddedPostgres.Attach(new() { DataFolder = folder }, NullLogger.Instance, cancellationToken);
}
