using System.Globalization;

namespace Commerce.Api.Http;

/// <summary>Reads parameters of a query; one that is not what it may be is refused by name.</summary>
static class Query
{
    static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>A whole number within bounds.</summary>
    /// <exception cref="RefusedRequestException">It is none.</exception>
    public static long Whole(string name, string? text, long whenMissing, long min, long max) =>
        text is null ? whenMissing
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value
        : throw Refused(name, string.Create(CultureInfo.InvariantCulture, $"{name} is a whole number from {min} to {max}."));

    /// <summary>A yes or a no.</summary>
    /// <exception cref="RefusedRequestException">It is neither.</exception>
    public static bool? Flag(string name, string? text) => text switch
    {
        null or "" => null,
        "true" => true,
        "false" => false,
        _ => throw Refused(name, $"{name} is true or false."),
    };

    /// <summary>A text of bounded length without control characters; an empty one is none.</summary>
    /// <exception cref="RefusedRequestException">It is not such a text.</exception>
    public static string? Text(string name, string? text, int lengthMax) =>
        string.IsNullOrEmpty(text) ? null
        : text.Length <= lengthMax && !text.Any(char.IsControl) ? text
        : throw Refused(name, $"{name} has at most {lengthMax} characters, none of them a control character.");

    /// <summary>A value that is a text with rules of its own.</summary>
    /// <exception cref="RefusedRequestException">It is none.</exception>
    public static T? Value<T>(string name, string? text, string rule)
        where T : struct, IParsable<T> =>
        string.IsNullOrEmpty(text) ? null
        : T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value
        : throw Refused(name, $"{name} is {rule}.");

    /// <summary>A day as RFC 3339 writes it.</summary>
    /// <exception cref="RefusedRequestException">It is none.</exception>
    public static DateOnly? Day(string name, string? text) =>
        string.IsNullOrEmpty(text) ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw Refused(name, $"{name} is a day like 2026-01-31.");

    /// <summary>A moment as RFC 3339 writes it, or the beginning of a day in UTC.</summary>
    /// <exception cref="RefusedRequestException">It is none.</exception>
    public static DateTimeOffset? Time(string name, string? text) =>
        string.IsNullOrEmpty(text) ? null
        : DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
        : throw Refused(name, $"{name} is a time like 2026-01-31T12:00:00Z or a day like 2026-01-31.");

    /// <summary>Refuses a parameter.</summary>
    public static RefusedRequestException Refused(string name, string detail) => new(Problems.Parameter(name, detail));
}
