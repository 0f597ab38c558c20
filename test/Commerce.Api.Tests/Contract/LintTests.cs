using System.Text.Json.Nodes;
using Commerce.Api.Http;
using Commerce.Api.Tests.App;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Contract;

/// <summary>The document passes a linter that is not ours, at its recommended rules, examples against their schemas included.</summary>
[TestFixture]
public sealed class LintTests : ApiTest
{
    const string Linter = "node_modules/@redocly/cli/bin/cli.js";

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

    async Task<JsonNode> Document() => JsonNode.Parse((await Get(ApiDocument.Path)).Text) ?? throw new AssertionException("There is no document.");

    static async Task<(int ExitCode, string Report)> Lint(JsonNode document)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("commerce-lint-").FullName, "openapi.json");
        await File.WriteAllTextAsync(file, document.ToJsonString());
        var result = await NodeProgram.Run(Linter, ["lint", file, "--config", "lint.yaml", "--format", "stylish"], ("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true"));
        Directory.Delete(Path.GetDirectoryName(file) ?? file, recursive: true);

        // It announces which versions of Node it will stop to support with a box of its own.
        return (result.ExitCode, string.Join('\n', (result.Output + result.Errors).Split('\n').Where(line => line.IndexOfAny(['║', '╔', '╚']) < 0)));
    }
}
