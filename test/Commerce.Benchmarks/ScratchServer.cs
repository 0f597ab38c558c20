using System.Globalization;
using Commerce.Commands.Embedded;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Benchmarks;

/// <summary>A private PostgreSQL as the application starts it, with its settings and its fsync, in a folder that goes away with it.</summary>
sealed class ScratchServer : IAsyncDisposable
{
    readonly EmbeddedPostgres _postgres;
    int _databases;

    ScratchServer(EmbeddedPostgres postgres, string dataFolder) => (_postgres, DataFolder) = (postgres, dataFolder);

    /// <summary>What <c>--data</c> would name.</summary>
    public string DataFolder { get; }

    /// <summary>The server's process.</summary>
    public int ProcessId => _postgres.ServerProcessId;

    /// <summary>Where the data really lie.</summary>
    public string Folder => _postgres.Folder;

    /// <summary>Starts it.</summary>
    /// <exception cref="EmbeddedPostgresException">There is none on this machine.</exception>
    public static async Task<ScratchServer> Start(CancellationToken cancellationToken)
    {
        // Not CreateTempSubdirectory: the user that root's server runs as could not enter that.
        var folder = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"commerce-bench-{Environment.ProcessId}-{Guid.NewGuid():N}"));
        return new(await EmbeddedPostgres.Attach(new() { DataFolder = folder }, NullLogger.Instance, cancellationToken), folder);
    }

    /// <summary>A fresh database; the server takes it along when it goes.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabase(CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"bench_{++_databases}");
        await Ask<object?>(_postgres.ConnectionString, $"CREATE DATABASE {name}", cancellationToken);
        return new NpgsqlConnectionStringBuilder(_postgres.ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Writes out what the server still holds, so that what is measured next does not pay for what was measured before.</summary>
    public async Task Settle(CancellationToken cancellationToken) => await Ask<object?>(_postgres.ConnectionString, "CHECKPOINT", cancellationToken);

    /// <summary>What a setting of the server is.</summary>
    public async Task<string> Setting(string name, CancellationToken cancellationToken) =>
        await Ask<string>(_postgres.ConnectionString, $"SHOW {name}", cancellationToken) ?? "unknown";

    /// <summary>The one value that a statement gives.</summary>
    public static async Task<T?> Ask<T>(string connectionString, string sql, CancellationToken cancellationToken)
    {
        // Without a pool: nobody is left connected when the server stops.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _postgres.DisposeAsync();
        foreach (var folder in new[] { Folder, DataFolder }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
