using System.Globalization;
using Commerce.Commands.Sealing;
using Commerce.Domain.Seals;

namespace Commerce.Api.Composition;

/// <summary>How the log is sealed, from the configuration.</summary>
static class SealingSettings
{
    public const string EveryKey = "Commerce:Seals:Every";
    public const string KeyFileKey = "Commerce:Seals:Key";

    static readonly TimeSpan EveryMin = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan EveryMax = TimeSpan.FromDays(1);

    /// <summary>Reads and checks them.</summary>
    /// <exception cref="CommerceSettingsException">One of them is not valid.</exception>
    public static SealingOptions Read(IConfiguration configuration) => new()
    {
        Every = Every(configuration[EveryKey]) ?? new SealingOptions().Every,
        KeyFile = KeyFile(configuration[KeyFileKey]),
    };

    static TimeSpan? Every(string? text) => string.IsNullOrWhiteSpace(text) ? null
        : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time >= EveryMin && time <= EveryMax ? time
        : throw new CommerceSettingsException($"{EveryKey} is a time like 00:00:10, from {EveryMin.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s to a day.");

    static string? KeyFile(string? path)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            return null;
        }

        try
        {
            using var key = SealKey.Read(File.ReadAllText(path));
            _ = key.Sign(Hash256.Zero);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SealKeyException)
        {
            throw new CommerceSettingsException($"{KeyFileKey} cannot be used: {e.Message}");
        }
    }
}
