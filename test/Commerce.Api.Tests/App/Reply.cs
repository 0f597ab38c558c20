using System.Text.Json;

namespace Commerce.Api.Tests.App;

/// <summary>What the API answered.</summary>
sealed record Reply(int Status, string? MediaType, IReadOnlyDictionary<string, string> Headers, string Text)
{
    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>The problem's code; null where the answer is no problem.</summary>
    public string? Code => MediaType == "application/problem+json" ? Field("code") : null;

    /// <summary>Status and code of a refusal, for one assertion.</summary>
    public (int Status, string? Code) Refusal => (Status, Code);

    /// <summary>A header, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>A field of the body as a text.</summary>
    public string Field(string name) => Json.GetProperty(name).ToString();

    /// <summary>Reads it to its end.</summary>
    public static async Task<Reply> Of(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        response.Content.Headers.ContentType?.MediaType,
        response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase),
        await response.Content.ReadAsStringAsync());
}
