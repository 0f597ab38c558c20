using System.Diagnostics;
using System.Globalization;
using Commerce.Commands.Embedded;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Testing.Servers;

/// <summary>
/// PostgreSQL for tests: the server that <c>COMMERCE_TEST_POSTGRES</c> (a connection string of a user who may create databases) names, else a private one of this
/// working copy, which all test processes share, started at the first use and stopped by the last process.
/// </summary>
public static class PostgresForTests
{
    const string DatabasePrefix = "test_";

    static readonly SemaphoreSlim Gate = new(1, 1);
    static EmbeddedPostgres? attached;
    static string? server;
    static int databases;

    /// <summary>A fresh, empty database; disposing it drops it.</summary>
    public static async Task<TestDatabase> CreateDatabase(CancellationToken ct = default)
    {
        var connectionString = await Server(ct);
        var name = $"{DatabasePrefix}{Environment.ProcessId}_{Interlocked.Increment(ref databases)}_{Guid.NewGuid():N}";
        await Execute(connectionString, $"CREATE DATABASE {name}", ct);
        return new(connectionString, name);
    }

    /// <summary>The connection string of the server's own database, for what concerns the whole server.</summary>
    public static async Task<string> Server(CancellationToken ct = default)
    {
        await Gate.WaitAsync(ct);
        try
        {
            if (server is not null)
                return server;
            if (Environment.GetEnvironmentVariable("COMMERCE_TEST_POSTGRES") is { Length: > 0 } given)
                return server = given;
            attached = await EmbeddedPostgres.Attach(new() { DataFolder = MemoryFolder.InsteadOf(Checkout.TestData("postgres")) }, NullLogger.Instance, ct);
            await DropWhatKilledRunsLeft(attached.ConnectionString, ct);
            return server = attached.ConnectionString;
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>Leaves the private server; the assembly's last act.</summary>
    internal static async Task Stop()
    {
        await Gate.WaitAsync();
        try
        {
            if (attached is not null)
                await attached.DisposeAsync();
            attached = null;
            server = null;
        }
        finally
        {
            Gate.Release();
        }
    }

    internal static async Task Execute(string connectionString, string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    static async Task DropWhatKilledRunsLeft(string connectionString, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        var left = new List<string>();
        await using (var query = new NpgsqlCommand($"SELECT datname FROM pg_database WHERE datname LIKE '{DatabasePrefix.Replace("_", @"\_", StringComparison.Ordinal)}%'", connection))
        await using (var reader = await query.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
                left.Add(reader.GetString(0));
        }
        foreach (var name in left.Where(x => !ProcessRuns(x.Split('_')[1])))
        {
            await using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", connection);
            await drop.ExecuteNonQueryAsync(ct);
        }
    }

    static bool ProcessRuns(string id)
    {
        try
        {
            using var process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
