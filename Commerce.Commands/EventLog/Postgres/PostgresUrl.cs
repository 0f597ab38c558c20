using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>Reads the URLs that PostgreSQL's own programs take (PostgreSQL manual, 32.1.1.2), which Npgsql does not.</summary>
static class PostgresUrl
{
    /// <summary>The same as an Npgsql connection string.</summary>
    /// <exception cref="EventLogLocationException">It is no such URL, or has a parameter that Npgsql knows nothing of.</exception>
    public static string ToConnectionString(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw new EventLogLocationException("A PostgreSQL URL is postgresql://user:password@host:port/database.");

        var credentials = uri.UserInfo.Split(':', 2);
        var parts = new NpgsqlConnectionStringBuilder { Host = uri.IdnHost, Port = uri.Port > 0 ? uri.Port : NpgsqlConnection.DefaultPort };
        if (uri.AbsolutePath.Length > 1)
            parts.Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]);
        if (credentials[0].Length > 0)
            parts.Username = Uri.UnescapeDataString(credentials[0]);
        if (credentials.Length > 1)
            parts.Password = Uri.UnescapeDataString(credentials[1]);
        foreach (var parameter in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            Set(parts, parameter.Split('=', 2));

        return parts.ConnectionString;
    }

    // libpq writes sslmode=verify-full and application_name=…, Npgsql "SSL Mode=VerifyFull" and "Application Name=…".
    static void Set(NpgsqlConnectionStringBuilder parts, string[] parameter)
    {
        var (name, value) = (parameter[0].Replace('_', ' '), parameter.Length > 1 ? Uri.UnescapeDataString(parameter[1]) : "");
        try
        {
            parts[name switch { "sslmode" => "SSL Mode", "connect timeout" => "Timeout", "sslrootcert" => "Root Certificate", _ => name }] =
                name == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException)
        {
            throw new EventLogLocationException($"The PostgreSQL URL's parameter {parameter[0]} is unknown or has no value that can be used.", e);
        }
    }
}
