using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Commands.Embedded;

/// <summary>
/// A user's hold on the private PostgreSQL of a data folder. The first to attach starts the server, the last to leave stops it;
/// a user that is killed leaves by dying, since what it holds are locks of the operating system.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    /// <summary>A first start makes the data folder, a start after a crash replays the log: whoever comes meanwhile waits at the gate.</summary>
    static readonly TimeSpan GateWaitMax = TimeSpan.FromMinutes(4);

    /// <summary>
    /// A process that is being started by another thread holds copies of this one's locks from fork to exec: an instant, but on a
    /// loaded machine tens of milliseconds, and a look in between takes it for another user. Half a second of looks is beyond doubt.
    /// </summary>
    const int LastOneChecks = 25;
    static readonly TimeSpan LastOneCheckPause = TimeSpan.FromMilliseconds(20);

    static readonly string[] Users = ["postgres", "nobody"];

    readonly string gatePath;
    readonly string usersPath;
    readonly PostgresServer server;
    FileLock? hold;

    EmbeddedPostgres(string gatePath, string usersPath, PostgresServer server, FileLock hold)
    {
        this.gatePath = gatePath;
        this.usersPath = usersPath;
        this.server = server;
        this.hold = hold;
    }

    /// <summary>How to reach the database <c>commerce</c> as its owner, who may create others. Contains the password: not for logs.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The server's process, for operators and tests.</summary>
    public required int ServerProcessId { get; init; }

    /// <summary>The folder that holds the server's data: the wanted one, or its stand-in where the server's user cannot enter that.</summary>
    public required string Folder { get; init; }

    /// <summary>Joins the users of the folder's server, starting it when it does not run. Returns when the server answers.</summary>
    /// <param name="options">Which folder, which binaries.</param>
    /// <param name="logger">Hears of starts, stops and of a folder that had to be another.</param>
    /// <param name="ct">Gives up waiting.</param>
    /// <exception cref="EmbeddedPostgresException">There is no PostgreSQL on this machine, or it does not start; the message says what to do.</exception>
    public static async Task<EmbeddedPostgres> Attach(EmbeddedPostgresOptions options, ILogger logger, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
            throw new EmbeddedPostgresException("The private PostgreSQL needs Linux or macOS: start compose.yaml and set ConnectionStrings__Postgres.");
        var wanted = Path.GetFullPath(options.DataFolder);
        var (gatePath, usersPath) = (Path.Combine(wanted, "gate.lock"), Path.Combine(wanted, "users.lock"));
        try
        {
            Directory.CreateDirectory(wanted);
            using var gate = await FileLock.Exclusive(gatePath, GateWaitMax, ct);
            var cluster = new Cluster(await ServerFolder.Prepare(wanted, Users, logger, ct));
            var server = new PostgresServer(cluster, await PostgresBinaries.Find(options.BinariesFolder, cluster.WrittenBy, ct), logger);
            var running = await server.EnsureRunning(ct);
            var hold = FileLock.TryShared(usersPath) ?? throw new IOException($"{usersPath} is locked by another program");
            var connectionString = PostgresServer.ConnectionString(cluster, running.Port, Cluster.User);
            // Connections to a server that was killed, and is back on its port, would fail their next user.
            ClearPool(connectionString);
            return new(gatePath, usersPath, server, hold)
            {
                ConnectionString = connectionString,
                ServerProcessId = running.ProcessId,
                Folder = cluster.Folder.Path,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            throw new EmbeddedPostgresException($"The data folder {wanted} cannot be used ({e.Message}); name another with --data DIR, or set ConnectionStrings__Postgres.", e);
        }
    }

    /// <summary>How to reach another database of the server, which is made where it is missing. Contains the password: not for logs.</summary>
    /// <param name="name">Lower-case letters, digits and underscores.</param>
    /// <param name="ct">Gives up waiting.</param>
    public async Task<string> Database(string name, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using var exists = new NpgsqlCommand("SELECT count(*) FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = name } } };
        if (await exists.ExecuteScalarAsync(ct) is 0L)
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
            try
            {
                await create.ExecuteNonQueryAsync(ct);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
            {
                // Another process was quicker.
            }
        }

        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Leaves; the last one stops the server. Leaving twice is leaving once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref hold, null) is not { } mine)
            return;
        // Idle connections would make the server's stop an error of theirs.
        ClearPool(ConnectionString);
        using var gate = await FileLock.Exclusive(gatePath, GateWaitMax, CancellationToken.None);
        mine.Dispose();
        using var alone = await TryAlone();
        if (alone is not null)
            await server.Stop(CancellationToken.None);
    }

    static void ClearPool(string connectionString)
    {
        using var any = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearPool(any);
    }

    async Task<FileLock?> TryAlone()
    {
        for (var check = 1; ; check++)
        {
            if (FileLock.TryExclusive(usersPath) is { } alone)
                return alone;
            if (check == LastOneChecks)
                return null;
            await Task.Delay(LastOneCheckPause);
        }
    }
}
