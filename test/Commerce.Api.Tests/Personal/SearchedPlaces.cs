using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Commerce.Api.Tests.Personal;

/// <summary>Everything that lies in a database, as bytes to be searched: of each row of each table its text, and the bytes that are in it.</summary>
static partial class SearchedPlaces
{
    /// <summary>Every row with the table that it is in.</summary>
    public static async Task<List<(string Place, byte[] Bytes)>> OfDatabase(string connectionString)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        var places = new List<(string, byte[])>();
        foreach (var table in await Texts(database, "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"))
        {
            // In the text of a row a backslash may stand twice.
            foreach (var row in await Texts(database, $"SELECT t::text FROM {table} AS t"))
            {
                places.Add((table, Encoding.UTF8.GetBytes(row)));
                places.Add((table, Encoding.UTF8.GetBytes(row.Replace(@"\\", @"\", StringComparison.Ordinal))));
                places.AddRange(HexBytes().Matches(row).Select(match => ($"bytes in {table}", Convert.FromHexString(match.Groups[1].ValueSpan))));
            }
        }

        return places;
    }

    /// <summary>Every file below a folder.</summary>
    public static List<(string Place, byte[] Bytes)> OfFolder(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))];

    static async Task<List<string>> Texts(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var texts = new List<string>();
        while (await reader.ReadAsync())
        {
            texts.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture) ?? string.Empty);
        }

        return texts;
    }

    [GeneratedRegex(@"\\x((?:[0-9a-f]{2})+)")]
    private static partial Regex HexBytes();
}
