using System.Text.Json;
using System.Text.RegularExpressions;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Auditing.Comparing;

/// <summary>A table of a projection, where people read it and where it was built anew.</summary>
/// <param name="Name">Without schema.</param>
/// <param name="Live">With schema.</param>
/// <param name="Anew">With schema.</param>
sealed partial record ComparedTable(string Name, string Live, string Anew)
{
    // When and as which version a row was written differs by design.
    const string Row = "(to_jsonb(t) - '{mt_last_modified,mt_version}'::text[])";

    const string KeyColumns = """
        SELECT string_agg(format('%I::text', a.attname), ', ' ORDER BY array_position(i.indkey::int2[], a.attnum))
        FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = any (i.indkey)
        WHERE i.indrelid = $1::regclass AND i.indisprimary
        """;

    /// <summary>The tables of a projection.</summary>
    public static IEnumerable<ComparedTable> Of(IProjection live, IProjection anew) =>
        Names(live).Zip(Names(anew), (here, there) => new ComparedTable(here.Split('.')[^1], here, there));

    /// <summary>The expression that names a row: its primary key as a text.</summary>
    public async Task<string> Key(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(KeyColumns, connection);
        command.AddAll([Anew]);
        return $"concat_ws('/', {await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false)})";
    }

    /// <summary>Keys and hashes of all rows, in the order of the keys' bytes, so that two tables can be gone through side by side.</summary>
    public static NpgsqlCommand Hashes(NpgsqlConnection connection, string table, string key) =>
        new($"SELECT {key} COLLATE \"C\" AS key, sha256(convert_to({Row}::text, 'UTF8')) FROM {table} AS t ORDER BY 1", connection) { CommandTimeout = 0 };

    /// <summary>One row as JSON; null: there is none.</summary>
    public static async Task<JsonElement?> Find(NpgsqlConnection connection, string table, string keyExpression, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT {Row}::text FROM {table} AS t WHERE {keyExpression} = $1", connection) { CommandTimeout = 0 };
        command.AddAll([key]);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is string row ? JsonElement.Parse(row) : null;
    }

    // What a projection owns is what it creates.
    static IEnumerable<string> Names(IProjection projection) => Created().Matches(projection.Tables.Create).Select(m => m.Groups[1].Value);

    [GeneratedRegex(@"CREATE TABLE IF NOT EXISTS (\w+\.\w+)")]
    private static partial Regex Created();
}
