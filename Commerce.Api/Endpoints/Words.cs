using System.Collections.Frozen;
using System.Text.Json;
using Commerce.Api.Http;

namespace Commerce.Api.Endpoints;

/// <summary>Values of enumerations as the API writes them: <c>partiallyShipped</c>.</summary>
static class Words
{
    /// <summary>The word of a value.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Known<T>.Words[value];

    /// <summary>The value of a word, or a refusal that names those there are.</summary>
    /// <exception cref="RefusedRequestException">There is no such word.</exception>
    public static T? Value<T>(string parameter, string? word, params IReadOnlyList<T> hidden)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(word))
        {
            return null;
        }

        var values = Enum.GetValues<T>().Where(v => !hidden.Contains(v)).ToList();
        foreach (var value in values.Where(v => Of(v) == word))
        {
            return value;
        }

        throw Query.Refused(parameter, $"{parameter} is one of {string.Join(", ", values.Select(Of))}.");
    }

    // Made once: each takes reflection.
    static class Known<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> Words = Enum.GetValues<T>().ToFrozenDictionary(v => v, v => JsonNamingPolicy.CamelCase.ConvertName(v.ToString()));
    }
}
