using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Commands.Embedded;

/// <summary>Starts and stops the private server. Callers hold the folder's gate.</summary>
sealed partial class PostgresServer(Cluster cluster, PostgresBinaries binaries, ILogger logger)
{
    /// <summary>A port may be taken between finding and using it, and children of a killed server may need a moment to end; more failures than these have another reason.</summary>
    const int StartAttemptsMax = 4;

    /// <summary>How long children of a killed server may need to notice.</summary>
    static readonly TimeSpan PauseBetweenAttempts = TimeSpan.FromMilliseconds(500);

    /// <summary>Replaying 2 GB of log after a crash takes about a minute on a slow disk.</summary>
    static readonly TimeSpan StartTimeMax = TimeSpan.FromMinutes(3);

    /// <summary>A fast shutdown writes what is in the buffers: at most 256 MB.</summary>
    const int StopSecondsMax = 60;

    /// <summary>The server writes little; more than this is no help to anybody.</summary>
    const long LogBytesMax = 8 << 20;

    /// <summary>How much of the server's log goes into the message of a failed start.</summary>
    const int LogLinesShown = 5;

    static readonly TimeSpan ConnectPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts the server unless it runs, and returns when it answers and has the database.</summary>
    /// <exception cref="EmbeddedPostgresException">It does not start, or not in time.</exception>
    public async Task<Postmaster> EnsureRunning(CancellationToken ct)
    {
        await cluster.CreateIfMissing(binaries, ct);
        for (var attempt = 1; ; attempt++)
        {
            if (await Postmaster.Running(cluster, ct) is { } running)
                return await Answering(running, ct);
            var said = await Start(attempt, ct);
            if (said is null)
                continue; // and see it run
            if (attempt == StartAttemptsMax)
                throw new EmbeddedPostgresException($"The private PostgreSQL in {cluster.Folder.Path} does not start: {said}");
            await Task.Delay(PauseBetweenAttempts, ct);
        }
    }

    /// <summary>Stops the server; its clients are disconnected.</summary>
    public async Task Stop(CancellationToken ct)
    {
        if (await Postmaster.Running(cluster, ct) is null)
            return;
        var result = await PgCtl("stop", "-m", "fast", "-t", $"{StopSecondsMax}");
        if (result.ExitCode != 0)
            LogNotStopped(logger, cluster.Folder.Path, result.Output);
        else
            LogStopped(logger, cluster.Folder.Path);

        Task<CommandResult> PgCtl(params string[] words) =>
            cluster.Folder.Account.Run([binaries.Program("pg_ctl"), .. words, "-w", "-D", cluster.Data], cluster.Folder.Path, ct);
    }

    /// <summary>Null when it started, else what it said.</summary>
    async Task<string?> Start(int attempt, CancellationToken ct)
    {
        await Postmaster.DisownStale(cluster, ct);
        if (File.Exists(cluster.Log) && new FileInfo(cluster.Log).Length > LogBytesMax)
            File.Delete(cluster.Log);
        // Who uses the server already comes back to the port that it knows: another is for the last attempt, should the port be what is wrong.
        var port = attempt < StartAttemptsMax && KeptPort() is { } kept && FreePort.IsFree(kept) ? kept : FreePort.Find();
        var result = await cluster.Folder.Account.Run(
            [binaries.Program("pg_ctl"), "start", "-w", "-t", $"{StartTimeMax.TotalSeconds:0}", "-D", cluster.Data, "-l", cluster.Log, "-o", $"-p {port}"],
            cluster.Folder.Path, ct);
        if (result.ExitCode != 0)
            return string.Join(" | ", File.Exists(cluster.Log) ? File.ReadLines(cluster.Log).TakeLast(LogLinesShown) : [result.Output]);
        await File.WriteAllTextAsync(cluster.PortFile, port.ToString(CultureInfo.InvariantCulture), ct);
        LogStarted(logger, binaries.Major, cluster.Folder.Path, port);
        return null;
    }

    int? KeptPort() => File.Exists(cluster.PortFile) && int.TryParse(File.ReadAllText(cluster.PortFile), CultureInfo.InvariantCulture, out var port) ? port : null;

    /// <summary>Waits until the server, which may be replaying its log, takes connections.</summary>
    async Task<Postmaster> Answering(Postmaster server, CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await CreateDatabase(server.Port, ct);
                return server;
            }
            catch (NpgsqlException e) when (e.IsTransient && TimeProvider.System.GetElapsedTime(since) < StartTimeMax)
            {
                await Task.Delay(ConnectPause, ct);
                server = await Postmaster.Running(cluster, ct) ?? throw new EmbeddedPostgresException($"The private PostgreSQL in {cluster.Folder.Path} ended while it was starting: see {cluster.Log}.", e);
            }
            catch (NpgsqlException e)
            {
                throw new EmbeddedPostgresException($"The private PostgreSQL in {cluster.Folder.Path} runs and does not answer ({e.Message}): see {cluster.Log}.", e);
            }
        }
    }

    async Task CreateDatabase(int port, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(cluster, port, "postgres", pooling: false));
        await connection.OpenAsync(ct);
        await using var exists = new NpgsqlCommand("SELECT count(*) FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = Cluster.User } } };
        if (await exists.ExecuteScalarAsync(ct) is > 0L)
            return;
        await using var create = new NpgsqlCommand($"CREATE DATABASE {Cluster.User}", connection);
        await create.ExecuteNonQueryAsync(ct);
    }

    /// <summary>How clients reach a database of the server.</summary>
    public static string ConnectionString(Cluster cluster, int port, string database, bool pooling = true) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = Cluster.User,
        Password = cluster.ReadPassword(),
        Database = database,
        Pooling = pooling,
        MaxPoolSize = PostgresSettings.PoolMax,
    }.ConnectionString;

    [LoggerMessage(2, LogLevel.Information, "PostgreSQL {Major} started in {Folder} on 127.0.0.1:{Port}.")]
    static partial void LogStarted(ILogger logger, int major, string folder, int port);

    [LoggerMessage(3, LogLevel.Information, "PostgreSQL in {Folder} stopped.")]
    static partial void LogStopped(ILogger logger, string folder);

    [LoggerMessage(4, LogLevel.Warning, "PostgreSQL in {Folder} did not stop: {Output}")]
    static partial void LogNotStopped(ILogger logger, string folder, string output);
}
