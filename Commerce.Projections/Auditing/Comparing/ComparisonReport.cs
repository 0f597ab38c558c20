using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Projections.Auditing.Comparing;

/// <summary>A row that is not what the log makes of it.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Key">Its primary key; columns are separated by slashes.</param>
/// <param name="Kind"><c>different</c>, <c>missing</c> (the log makes such a row and nobody can read it), or <c>extra</c> (the log makes none).</param>
/// <param name="Places">Of a different one where it differs, the first few: JSON Pointers, with what stands there and what the log says.</param>
public sealed record RowDifference(string Table, string Key, string Kind, IReadOnlyList<StateDifference> Places)
{
    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        "missing" => $"{Table} {Key} is missing: the log makes such a row.",
        "extra" => $"{Table} {Key} is not what the log makes: it makes no such row.",
        _ => $"{Table} {Key} is different: {string.Join(", ", Places.Select(p => $"{p.Path} is {Shown(p.From)}, the log says {Shown(p.To)}"))}.",
    };

    static string Shown(JsonElement? value) => value?.GetRawText() ?? "nothing";
}

/// <summary>What the comparison of one projection came to.</summary>
/// <param name="Projection">Its name.</param>
/// <param name="Position">Every event up to here is in what was compared; null: nothing was.</param>
/// <param name="Rows">Rows that were built anew.</param>
/// <param name="Differing">Rows that differ, are missing or are too many.</param>
/// <param name="Differences">The first of them.</param>
/// <param name="NotCompared">Why it was not compared; null: it was.</param>
public sealed record ProjectionComparison(string Projection, string? Position, long Rows, long Differing, IReadOnlyList<RowDifference> Differences, string? NotCompared)
{
    /// <summary>For a person.</summary>
    public IEnumerable<string> Summary()
    {
        yield return NotCompared is not null ? $"{Projection}: not compared: {NotCompared}"
            : Differing == 0 ? string.Create(CultureInfo.InvariantCulture, $"{Projection}: {Rows:N0} rows as of position {Position} are what the log makes of them.")
            : string.Create(CultureInfo.InvariantCulture, $"{Projection}: {Differing:N0} rows as of position {Position} are NOT what the log makes of them.");
        foreach (var difference in Differences)
        {
            yield return $"  {difference}";
        }
    }
}

/// <summary>What a comparison of the read models with the log came to.</summary>
/// <param name="Projections">Each of them.</param>
public sealed record ComparisonReport(IReadOnlyList<ProjectionComparison> Projections)
{
    /// <summary>Whether every read model that was compared is what the log makes of it.</summary>
    [JsonIgnore]
    public bool IsClean => Projections.All(p => p.Differing == 0);

    /// <summary>As JSON (UTF-8).</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ComparisonJson.Default.ComparisonReport);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ComparisonReport))]
sealed partial class ComparisonJson : JsonSerializerContext;
