using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Projections.Auditing.Sealing;

/// <summary>What a verification of the seals found.</summary>
public sealed record SealReport
{
    /// <summary>Sealed events that were looked at.</summary>
    public long Events { get; init; }

    /// <summary>Seals that were looked at.</summary>
    public long Seals { get; init; }

    /// <summary>Events behind the last seal: nothing vouches for them yet.</summary>
    public long Unsealed { get; init; }

    /// <summary>Seals whose signature was checked; the others are unsigned, or there was no key.</summary>
    public long SignaturesChecked { get; init; }

    /// <summary>Number of the last seal; null: there is none.</summary>
    public long? LastSeal { get; init; }

    /// <summary>Its digest: whoever keeps it elsewhere can tell later whether the log up to it is still the same.</summary>
    public string? LastDigest { get; init; }

    /// <summary>What was found, the first ones.</summary>
    public IReadOnlyList<SealFinding> Findings { get; init; } = [];

    /// <summary>How much was found.</summary>
    public long FindingsTotal { get; init; }

    /// <summary>Whether the log is what was sealed.</summary>
    [JsonIgnore]
    public bool IsClean => FindingsTotal == 0;

    /// <summary>For a person.</summary>
    public IEnumerable<string> Summary()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{Events:N0} events under {Seals:N0} seals, {SignaturesChecked:N0} signatures checked; {Unsealed:N0} events are not sealed yet.");
        if (LastSeal is { } last)
        {
            yield return $"Last seal {last}, digest {LastDigest}";
        }

        yield return IsClean ? "The log is what was sealed." : string.Create(CultureInfo.InvariantCulture, $"The log is NOT what was sealed: {FindingsTotal:N0} findings.");
    }

    /// <summary>As JSON (UTF-8).</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SealReportJson.Default.SealReport);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SealReport))]
sealed partial class SealReportJson : JsonSerializerContext;
