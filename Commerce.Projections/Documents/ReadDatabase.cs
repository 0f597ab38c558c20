using System.Net.Sockets;
using Npgsql;

namespace Commerce.Projections.Documents;

/// <summary>The PostgreSQL database that holds the read models; turns its absence into <see cref="ReadModelUnavailableException"/>.</summary>
public sealed class ReadDatabase(NpgsqlDataSource source) : IAsyncDisposable
{
    const string ApplicationName = "commerce-projections";

    /// <summary>Statements that a connection keeps planned: those that projections run over and over, and the most usual queries.</summary>
    const int PreparedMax = 32;

    /// <summary>Bytes that are sent at once: batches of documents are megabytes.</summary>
    const int SendBytes = 64 * 1_024;

    /// <summary>
    /// Longest that a transaction waits for its process to go on: what one that hangs has locked, whoever leads after it waits for. No longer than
    /// its lead outlasts it (see <see cref="Daemon.LeaderLock"/>).
    /// </summary>
    internal static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(5);

    /// <summary>For a transaction that only reads, for as long as its readers take: it may be silent between two statements.</summary>
    internal const string MayBeSilent = "SET LOCAL idle_in_transaction_session_timeout = 0";

    // Classes of SQLSTATE that say nothing about the statement: connection, transaction rollback, resources, operator, system.
    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    static readonly string[] LostClasses = ["08", "40", "53", "55", "57", "58"];

    /// <summary>Of a transaction that was silent for too long (<c>idle_in_transaction_session_timeout</c>).</summary>
    const string SilentState = "25P03";

    // Two programs that create the same thing at once: the slower one finds it there the next time.
    static readonly string[] CreatedMeanwhileStates = [PostgresErrorCodes.DuplicateSchema, PostgresErrorCodes.DuplicateTable, PostgresErrorCodes.DuplicateObject];

    // Tables are made by the daemon when it first leads, and made anew where this version wants more columns: until then there is nothing to read.
    static readonly string[] NotBuiltStates =
        [PostgresErrorCodes.UndefinedTable, PostgresErrorCodes.UndefinedColumn, PostgresErrorCodes.InvalidSchemaName, PostgresErrorCodes.UndefinedFunction];

    /// <summary>The database that the options name.</summary>
    public ReadDatabase(ProjectionOptions options)
        : this(NpgsqlDataSource.Create(ConnectionStringOf(options)))
    {
    }

    /// <summary>How read models connect: by name, and never more at once than the options allow.</summary>
    internal static string ConnectionStringOf(ProjectionOptions options)
    {
        var parts = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = ApplicationName,
            MaxPoolSize = options.ConnectionsMax,
            MaxAutoPrepare = PreparedMax,
            WriteBufferSize = SendBytes,

            // What a session is told, whoever tells it takes back (LeaderLock): to forget all would forget what is prepared as well.
            NoResetOnClose = true,
        };
        parts.Options = $"{parts.Options} -c idle_in_transaction_session_timeout={SilenceMax.TotalMilliseconds:0}".TrimStart();
        return parts.ConnectionString;
    }

    /// <summary>Runs something on a connection of its own.</summary>
    /// <exception cref="ReadModelUnavailableException">The database is not there.</exception>
    public async Task<T> Use<T>(Func<NpgsqlConnection, Task<T>> action, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            return await action(connection);
        }
        catch (Exception e) when (IsLost(e, cancellationToken))
        {
            throw Unavailable(e);
        }
    }

    /// <summary>A connection for the caller to keep and dispose of.</summary>
    /// <exception cref="ReadModelUnavailableException">The database is not there.</exception>
    public async Task<NpgsqlConnection> Open(CancellationToken cancellationToken)
    {
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception e) when (IsLost(e, cancellationToken))
        {
            throw Unavailable(e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => source.DisposeAsync();

    internal static ReadModelUnavailableException Unavailable(Exception e) => new("The read database does not answer or is not built yet.", e)
    {
        IsNotBuilt = e is PostgresException p && NotBuiltStates.Contains(p.SqlState),
    };

    internal static bool IsLost(Exception e, CancellationToken cancellationToken) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, SchemaName: "pg_catalog" } => true,
        PostgresException p => LostClasses.Contains(p.SqlState[..2]) || NotBuiltStates.Contains(p.SqlState) || CreatedMeanwhileStates.Contains(p.SqlState)
            || p.SqlState is PostgresErrorCodes.InvalidCatalogName or SilentState,
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        // Npgsql closes what a killed connection leaves behind; a disposed pool is a database gone, too.
        ObjectDisposedException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };
}
