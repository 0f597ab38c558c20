using Npgsql;

namespace Commerce.Testing.Servers;

/// <summary>A database of its own for a fixture or a test.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    readonly string server;

    internal TestDatabase(string server, string name)
    {
        this.server = server;
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name, IncludeErrorDetail = true }.ConnectionString;
    }

    /// <summary>The database's name.</summary>
    public string Name { get; }

    /// <summary>How to reach it, as its owner.</summary>
    public string ConnectionString { get; }

    /// <summary>Disconnects everybody and drops it.</summary>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString));
        await PostgresForTests.Execute(server, $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)", CancellationToken.None);
    }
}
