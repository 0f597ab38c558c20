using System.Collections.Immutable;
using System.Globalization;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;

namespace Commerce.Api.Composition;

/// <summary>The choices of the house that a fulfilment starts with, from the configuration. The same for every process.</summary>
static class FulfilmentSettings
{
    public const string LocationsKey = "Commerce:Locations";
    public const string ReservationTimeKey = "Commerce:ReservationTime";
    public const string TimeToPayKey = "Commerce:TimeToPay";

    /// <summary>Locations at most: an order may ask each of them for each of its SKUs.</summary>
    const int LocationsMax = 16;

    /// <summary>Longest time that anything is waited for: a year and a day.</summary>
    static readonly TimeSpan TimeMax = TimeSpan.FromDays(366);

    /// <summary>Reads and checks them; what is not set is as <see cref="FulfilmentPolicy.Default"/> has it.</summary>
    /// <exception cref="CommerceSettingsException">One of them is not valid.</exception>
    public static FulfilmentPolicy Read(IConfiguration configuration) => new(
        Locations(configuration[LocationsKey]) ?? FulfilmentPolicy.Default.Locations,
        Time(ReservationTimeKey, configuration[ReservationTimeKey]) ?? FulfilmentPolicy.Default.ReservationTime)
    {
        TimeToPay = Time(TimeToPayKey, configuration[TimeToPayKey]) ?? FulfilmentPolicy.Default.TimeToPay,
    };

    static ImmutableArray<LocationId>? Locations(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var names = text.Split(',', StringSplitOptions.TrimEntries);
        return names.Length <= LocationsMax && names.Distinct(StringComparer.Ordinal).Count() == names.Length && names.All(n => LocationId.TryParse(n, null, out _))
            ? [.. names.Select(LocationId.Of)]
            : throw new CommerceSettingsException($"{LocationsKey} is a list of 1 to {LocationsMax} locations like main,annexe, each once, in the order in which they are asked.");
    }

    static TimeSpan? Time(string key, string? text) => string.IsNullOrWhiteSpace(text) ? null
        : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero && time <= TimeMax ? time
        : throw new CommerceSettingsException($"{key} is a time like 00:15:00 or 30.00:00:00 (days before the dot), above zero, at most {TimeMax.Days} days.");
}
