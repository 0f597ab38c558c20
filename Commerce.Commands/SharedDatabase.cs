using Npgsql;

namespace Commerce.Commands;

/// <summary>The PostgreSQL database of what processes share beside the log: checkpoints, leases and lists of what is open.</summary>
public static class SharedDatabase
{
    /// <summary>
    /// Longest that a transaction waits for its process to go on: what one that hangs has locked, whoever leads after it waits for. No longer than
    /// its lead outlasts it.
    /// </summary>
    internal static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(5);

    /// <summary>Its connections; none is made yet.</summary>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    public static NpgsqlDataSource Open(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        parts.Options = $"{parts.Options} -c idle_in_transaction_session_timeout={SilenceMax.TotalMilliseconds:0}".TrimStart();
        return NpgsqlDataSource.Create(parts);
    }
}
