using System.Net.Sockets;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>Tells a lost or overloaded server from a broken assumption.</summary>
static class PostgresFaults
{
    /// <summary>Whether the server could not be reached, did not answer in time, or could not do it now.</summary>
    public static bool IsUnavailable(Exception fault) => fault switch
    {
        // Classes of PostgreSQL's appendix A: connection, read-only (a standby), resources, object not in the needed
        // state (a lock, a database that takes no connection), operator intervention (shutdown, timeout), system error; and a transaction that was silent for too long.
        PostgresException e => e.SqlState is ['0', '8', ..] or "25006" or "25P03" or ['5', '3' or '5' or '7' or '8', ..],
        _ => IsOfDatabase(fault),
    };

    /// <summary>Whether it comes from the server or the way to it. Of a connection that was killed not all comes as the library's own exception.</summary>
    public static bool IsOfDatabase(Exception fault) => fault is NpgsqlException or TimeoutException or IOException or SocketException;

    /// <summary>The fault as the port knows it.</summary>
    public static EventLogUnavailableException Unavailable(Exception fault) =>
        new($"The event log's database does not answer: {fault.Message}", fault);
}
