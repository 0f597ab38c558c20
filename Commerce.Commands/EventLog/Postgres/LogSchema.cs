using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>Creates the log's schema where it is missing or of another version.</summary>
static partial class LogSchema
{
    /// <summary>First key of the log's advisory locks ('CLOG'), so that they meet no other program's.</summary>
    public const int AppendLockClass = 0x434C4F47;

    /// <summary>First key of nodes' turns at streams.</summary>
    public const int TurnLockClass = AppendLockClass + 2;

    /// <summary>The constraint that no two appends stand at one place of a stream.</summary>
    public const string StreamKey = "appends_stream_revision_key";

    /// <summary>First key of the lock under which schemas are created.</summary>
    const int CreateLockClass = AppendLockClass + 1;

    /// <summary>
    /// How long a start waits for another node that creates the schema, and for a log of an older layout to be moved. A
    /// million events take some 10 s.
    /// </summary>
    const int CreateSecondsMax = 3_600;

    /// <summary>Channel that tells of new events.</summary>
    public static string Channel(string schema) => $"{schema}_appended";

    /// <summary>
    /// Creates what is missing, and moves the events of a log of an older layout, in one transaction. Any number of nodes
    /// may do it at once: they take turns.
    /// </summary>
    /// <exception cref="ArgumentException">The name is none for a schema of the log.</exception>
    public static async Task Create(NpgsqlDataSource database, string schema, CancellationToken cancellationToken)
    {
        if (!Name().IsMatch(schema))
            throw new ArgumentException($"'{schema}' is not a name for the log's schema: lower-case letters, digits, underscores.", nameof(schema));

        var script = await Script(schema, cancellationToken);
        var version = "Event log, schema " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script)))[..16];

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // "If not exists" alone does not help: two sessions that create the same thing at once still collide.
        await Run(connection, "select pg_advisory_xact_lock($1, hashtext($2))", cancellationToken, CreateLockClass, schema);
        if (await Run(connection, "select obj_description(to_regnamespace($1), 'pg_namespace')", cancellationToken, schema) as string != version)
        {
            await Run(connection, script, cancellationToken);
            await Run(connection, $"comment on schema {schema} is '{version}'", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    static async Task<object?> Run(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = CreateSecondsMax };
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });

        return await command.ExecuteScalarAsync(cancellationToken);
    }

    static async Task<string> Script(string schema, CancellationToken cancellationToken)
    {
        await using var stream = typeof(LogSchema).Assembly.GetManifestResourceStream("Commerce.EventLog.Schema.sql")
            ?? throw new InvalidOperationException("The log's schema is not in the assembly.");
        using var reader = new StreamReader(stream);
        var script = await reader.ReadToEndAsync(cancellationToken);
        return script.Replace("{schema}", schema, StringComparison.Ordinal)
            .Replace("{lock_class}", AppendLockClass.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$")]
    private static partial Regex Name();
}
