using System.Text.Json;
using System.Text.RegularExpressions;
using Commerce.Api.Http;

namespace Commerce.Api.Tests.App;

/// <summary>The contract as a client reads it: which codes each operation says that it may refuse with.</summary>
sealed partial class DocumentedRefusals
{
    readonly List<(HttpMethod Method, Regex Path, int Literals, string Name, HashSet<(int Status, string Code)> Codes)> _operations = [];

    DocumentedRefusals(JsonElement document)
    {
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var pattern = new Regex($"^{Variable().Replace(path.Name, "[^/]+")}/?$");
                _operations.Add((HttpMethod.Parse(operation.Name), pattern, path.Name.Split('/').Count(p => !p.StartsWith('{')), operation.Value.GetProperty("operationId").ToString(), [.. CodesOf(document, operation.Value)]));
            }
        }
    }

    /// <summary>Reads it from an application.</summary>
    public static async Task<DocumentedRefusals> Read(HttpClient http) => new(JsonElement.Parse(await http.GetStringAsync(ApiDocument.Path)));

    /// <summary>Demands that a refusal is one that its operation documents; what leads to no operation is none's.</summary>
    public void Demand(HttpMethod method, string path, int status, string code)
    {
        var asked = path.Split('?')[0];
        if (_operations.Where(o => o.Method == method && o.Path.IsMatch(asked)).OrderByDescending(o => o.Literals).FirstOrDefault() is { Name: { } name, Codes: { } codes }
            && code is not ("route-unknown" or "method-not-allowed" or "not-acceptable")
            && !codes.Contains((status, code)))
        {
            throw new AssertionException($"{name} answered {status} {code}, which the API document does not say of it: add it to Commerce.Api/Contract/Refusals.cs.");
        }
    }

    static IEnumerable<(int Status, string Code)> CodesOf(JsonElement document, JsonElement operation) =>
        from response in operation.GetProperty("responses").EnumerateObject()
        where response.Name[0] is '4' or '5'
        from code in Codes(Resolved(document, response.Value))
        select (int.Parse(response.Name, System.Globalization.CultureInfo.InvariantCulture), code);

    static IEnumerable<string> Codes(JsonElement response) =>
        response.GetProperty("content").TryGetProperty(Problem.MediaType, out var content)
            ? content.GetProperty("schema").GetProperty("allOf")[1].GetProperty("properties").GetProperty("code").GetProperty("enum").EnumerateArray().Select(c => c.ToString())
            : [];

    static JsonElement Resolved(JsonElement document, JsonElement part) =>
        part.TryGetProperty("$ref", out var reference) ? reference.ToString().Split('/').Skip(1).Aggregate(document, (at, name) => at.GetProperty(name)) : part;

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Variable();
}
