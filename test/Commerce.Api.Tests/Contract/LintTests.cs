using System.Text.Json.Nodes;
using Commerce.Api.Http;
using Commerce.Api.Tests.App;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Contract;

/// <summary>The document passes a linter that is not ours, at all rules that its makers recommend, examples against their schemas included.</summary>
[TestFixture]
public sealed class LintTests : ApiTest
{
    const string Linter = "node_modules/@redocly/cli/bin/cli.js";

    static readonly string Rules = Path.Combine(NodeProgram.Folder, "lint");

    [Test]
    public async Task The_document_passes_the_recommended_rules_without_a_warning()
    {
        var (exitCode, report) = await Lint(await Document());
        Assert.That(exitCode, Is.Zero, report);
        Assert.That(report, Does.Contain("is valid").And.Not.Contain("warning"));
    }

    [Test]
    public async Task An_example_that_its_schema_forbids_is_found()
    {
        var document = await Document();
        document["paths"] = new JsonObject { ["/orders"] = document["paths"]?["/orders"]?.DeepClone() };
        var content = document["paths"]?["/orders"]?["post"]?["requestBody"]?["content"]?["application/json"];
        content?["example"]?["lines"]?[0]?.AsObject().Remove("quantity");
        var (_, report) = await Lint(document);
        Assert.That(report, Does.Contain("quantity"));
    }

    [Test]
    public async Task An_operation_that_says_no_success_is_found_but_for_the_one_that_redirects()
    {
        var document = await Document();
        document["paths"] = new JsonObject { ["/links"] = document["paths"]?["/links"]?.DeepClone(), ["/s/{code}"] = document["paths"]?["/s/{code}"]?.DeepClone() };
        document["paths"]?["/links"]?["post"]?["responses"]?.AsObject().Remove("201");
        var (_, report) = await Lint(document);
        Assert.That(report, Does.Contain("operation-2xx-response").And.Contain("1 problem is explicitly ignored"));
    }

    async Task<JsonNode> Document() => JsonNode.Parse((await Get(ApiDocument.Path)).Text) ?? throw new AssertionException("There is no document.");

    static async Task<(int ExitCode, string Report)> Lint(JsonNode document)
    {
        // What is excepted is named by the file, which the linter looks for beside the rules.
        var folder = Directory.CreateTempSubdirectory("commerce-lint-").FullName;
        foreach (var rules in Directory.EnumerateFiles(Rules))
        {
            File.Copy(rules, Path.Combine(folder, Path.GetFileName(rules)));
        }

        var file = Path.Combine(folder, "openapi.json");
        await File.WriteAllTextAsync(file, document.ToJsonString());
        var result = await NodeProgram.Run(
            Linter, ["lint", file, "--config", Path.Combine(folder, "redocly.yaml"), "--format", "stylish"], ("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true"));
        Directory.Delete(folder, recursive: true);

        // It announces which versions of Node it will stop to support with a box of its own.
        return (result.ExitCode, string.Join('\n', (result.Output + result.Errors).Split('\n').Where(line => line.IndexOfAny(['║', '╔', '╚']) < 0)));
    }
}
