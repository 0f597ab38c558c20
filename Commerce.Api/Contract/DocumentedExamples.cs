using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Commerce.Api.Contract;

/// <summary>
/// Examples of requests and answers, by operation, from the files beside this one. They belong together and to one day: what is registered
/// is received, ordered, paid and shipped. The tests send each request and hold its answer against the example.
/// </summary>
static class DocumentedExamples
{
    const string Json = "application/json";

    static readonly Dictionary<string, JsonNode> ByOperation = Read();

    /// <summary>The request of an operation; null: it takes none.</summary>
    public static JsonNode? Request(string operation) => ByOperation.GetValueOrDefault(operation)?["request"];

    /// <summary>The answer of an operation when it goes well; null: it is no JSON.</summary>
    public static JsonNode? Answer(string operation) => ByOperation.GetValueOrDefault(operation)?["answer"];

    /// <summary>Operations that have any.</summary>
    public static IEnumerable<string> Operations => ByOperation.Keys;

    /// <summary>Adds them to an operation.</summary>
    public static void Add(OpenApiOperation operation, string name)
    {
        Give(operation.RequestBody?.Content, Request(name));
        foreach (var (_, response) in (operation.Responses ?? []).Where(r => r.Key[0] == '2'))
        {
            Give(response.Content, Answer(name));
        }
    }

    static void Give(IDictionary<string, OpenApiMediaType>? content, JsonNode? example)
    {
        if (example is not null && content is not null && content.TryGetValue(Json, out var json))
        {
            json.Example = example.DeepClone();
        }
    }

    static Dictionary<string, JsonNode> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var examples = new Dictionary<string, JsonNode>();
        foreach (var file in assembly.GetManifestResourceNames().Where(n => n.Contains(".Contract.Examples.", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(file) ?? throw new InvalidOperationException($"{file} cannot be opened.");
            foreach (var (operation, example) in JsonNode.Parse(stream)?.AsObject() ?? [])
            {
                examples.Add(operation, example ?? throw new InvalidOperationException($"{operation} has no example."));
            }
        }

        return examples;
    }
}
