using System.Text.Json.Nodes;
using Commerce.Api.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Commerce.Api.Contract;

/// <summary>
/// Writes into the OpenAPI document what operations refuse: an answer for each status, whose schema names the codes that come with it, with
/// an example of each.
/// </summary>
static class DocumentedRefusals
{
    static readonly Dictionary<(int Status, string Code, string Detail), string> Names = NamesOf(All);

    static IEnumerable<Problem> All => [.. Refusals.Operations.SelectMany(Refusals.For), .. CommonRefusals.All];

    /// <summary>Adds them to an operation.</summary>
    /// <param name="operation">Its part of the document.</param>
    /// <param name="refusals">All that it may refuse.</param>
    public static void Add(OpenApiOperation operation, IEnumerable<Problem> refusals)
    {
        var responses = operation.Responses ??= [];
        foreach (var sameStatus in refusals.GroupBy(r => r.Status))
        {
            var status = $"{sameStatus.Key}";
            List<Problem> problems = [.. sameStatus.DistinctBy(p => p.Code).OrderBy(p => p.Code, StringComparer.Ordinal)];
            var response = responses.GetValueOrDefault(status) as OpenApiResponse ?? new();
            if (problems is [var only] && response.Content?.Any(c => c.Key != Problem.MediaType) is not true)
            {
                responses[status] = new OpenApiResponseReference(Names[Key(only)]);
                continue;
            }

            Fill(response, problems);
            responses[status] = response;
        }
    }

    /// <summary>The answers and examples that the operations refer to.</summary>
    /// <param name="document">Its operations are there already.</param>
    public static void AddComponents(OpenApiDocument document)
    {
        var components = document.Components ??= new();
        components.Examples ??= new Dictionary<string, IOpenApiExample>();
        components.Responses ??= new Dictionary<string, IOpenApiResponse>();
        var answered = document.Paths.Values.SelectMany(p => p.Operations ?? []).SelectMany(o => o.Value.Responses ?? []).Select(r => r.Value).OfType<OpenApiResponseReference>().Select(r => r.Reference.Id).ToHashSet();
        foreach (var problem in All.DistinctBy(Key).OrderBy(p => Names[Key(p)], StringComparer.Ordinal))
        {
            var name = Names[Key(problem)];
            components.Examples[name] = new OpenApiExample { Summary = problem.Detail, Value = Body(problem) };
            if (answered.Contains(name))
            {
                components.Responses[name] = Fill(new(), [problem]);
            }
        }
    }

    static OpenApiResponse Fill(OpenApiResponse response, List<Problem> problems)
    {
        response.Description = string.Join('\n', problems.Select(p => $"- `{p.Code}`: {p.Detail}"));
        response.Content = new Dictionary<string, OpenApiMediaType>(response.Content ?? new Dictionary<string, OpenApiMediaType>()) { [Problem.MediaType] = Content(problems) };
        response.Headers = DocumentedHeaders.OfRefusal(problems);
        return response;
    }

    static OpenApiMediaType Content(List<Problem> problems) => new()
    {
        Schema = new OpenApiSchema
        {
            AllOf =
            [
                new OpenApiSchemaReference("ProblemDetails"),
                new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string> { "code" },
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. problems.Select(p => (JsonNode)p.Code)] },
                    },
                },
            ],
        },
        Examples = problems.ToDictionary(p => p.Code, IOpenApiExample (p) => new OpenApiExampleReference(Names[Key(p)])),
    };

    static JsonObject Body(Problem problem)
    {
        var body = new JsonObject
        {
            ["title"] = ReasonPhrases.GetReasonPhrase(problem.Status),
            ["status"] = problem.Status,
            ["detail"] = problem.Detail,
            ["code"] = problem.Code,
        };
        foreach (var (name, value) in problem.Members)
        {
            body[name] = JsonValue.Create(value);
        }

        return body;
    }

    static (int Status, string Code, string Detail) Key(Problem problem) => (problem.Status, problem.Code, problem.Detail);

    // One code may be said of different things, in other words: each has an example of its own.
    static Dictionary<(int Status, string Code, string Detail), string> NamesOf(IEnumerable<Problem> problems) => problems
        .DistinctBy(Key)
        .GroupBy(p => p.Code)
        .SelectMany(sameCode => sameCode.Select((problem, n) => (Key: Key(problem), Name: n == 0 ? problem.Code : $"{problem.Code}-{n + 1}")))
        .ToDictionary(n => n.Key, n => n.Name);
}
