using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.EventLog;

/// <summary>What should say where an event log is says nothing that is understood.</summary>
public sealed class EventLogLocationException(string message, Exception? inner = null) : EventLogException(message, inner);

/// <summary>Where an event log is. Its text names engine and place and no secret.</summary>
public abstract record EventLogLocation
{
    EventLogLocation(string engine, string place) => (Engine, Place) = (engine, place);

    /// <summary>Which engine, as health names it: <c>postgresql</c>, <c>eventStoreDb</c>.</summary>
    public string Engine { get; }

    /// <summary>Which server, without credentials: two locations of one log mostly share it, those of two logs never.</summary>
    public string Place { get; }

    /// <inheritdoc/>
    public sealed override string ToString() => $"{Engine} at {Place}";

    /// <summary>
    /// Reads <c>esdb://…</c>, <c>kurrentdb://…</c> (each with <c>+discover</c> too), <c>postgresql://user:password@host:port/database</c>
    /// or an Npgsql connection string.
    /// </summary>
    /// <exception cref="EventLogLocationException">It is none of these; one sentence that repeats no secret.</exception>
    public static EventLogLocation Parse(string text) => text.Split("://") switch
    {
        [var scheme, _] when scheme.ToUpperInvariant() is "POSTGRESQL" or "POSTGRES" => OfPostgres(PostgresUrl.ToConnectionString(text)),
        [var scheme, _] when scheme.ToUpperInvariant() is "ESDB" or "ESDB+DISCOVER" or "KURRENTDB" or "KURRENTDB+DISCOVER" => OfEventStoreDb(text),
        [_] when text.Contains('=', StringComparison.Ordinal) => OfPostgres(text),
        _ => throw new EventLogLocationException("An event log is esdb://host:port?tls=…, postgresql://user:password@host:port/database or an Npgsql connection string."),
    };

    /// <summary>A log in PostgreSQL.</summary>
    /// <exception cref="EventLogLocationException">It is no Npgsql connection string.</exception>
    public static EventLogLocation OfPostgres(string connectionString)
    {
        try
        {
            return new Postgres(new NpgsqlConnectionStringBuilder(connectionString));
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new EventLogLocationException($"That is no Npgsql connection string (Host=…;Database=…;Username=…): {e.Message}", e);
        }
    }

    static EventStoreDb OfEventStoreDb(string url) => new(url, EventStoreDbConnectionString.Parse(url));

    /// <summary>In PostgreSQL.</summary>
    public sealed record Postgres : EventLogLocation
    {
        internal Postgres(NpgsqlConnectionStringBuilder parts)
            : base("postgresql", $"{parts.Host}:{parts.Port}/{parts.Database}") => ConnectionString = parts.ConnectionString;

        /// <summary>For Npgsql. Contains the password: not for logs.</summary>
        public string ConnectionString { get; }
    }

    /// <summary>In EventStoreDB or KurrentDB.</summary>
    public sealed record EventStoreDb : EventLogLocation
    {
        internal EventStoreDb(string url, EventStoreDbConnectionString parts)
            : base("eventStoreDb", string.Join(',', parts.Hosts)) => ConnectionString = url;

        /// <summary>As given. Contains the password: not for logs.</summary>
        public string ConnectionString { get; }
    }
}
