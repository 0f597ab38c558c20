using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.Api.Contract;
using Commerce.Api.Http;
using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests.Contract;

/// <summary>
/// The rule of docs/versioning.md: within v1 the contract only grows. What was published lies beside this file, without its prose; where today's
/// says more, that lies there as <c>….received.json</c> for whoever publishes a release.
/// </summary>
[TestFixture]
public sealed class VersioningTests : ApiTest
{
    /// <summary>For people, or said elsewhere in the document.</summary>
    static readonly string[] Prose = ["description", "summary", "title", "example", "examples", "tags", "info", "servers", "license", "externalDocs"];

    [Test]
    public async Task Nothing_of_the_api_breaks_who_knows_v1() =>
        Assert.That(ContractComparison.BreakingOfApi(await Published("openapi.v1", Parse((await Get(ApiDocument.Path)).Text)), Parse((await Get(ApiDocument.Path)).Text)), Is.Empty);

    [Test]
    public async Task Nothing_of_the_events_breaks_who_knows_v1() =>
        Assert.That(ContractComparison.BreakingOfEvents(await Published("events.v1", Parse(EventDocument.Text)), Parse(EventDocument.Text)), Is.Empty);

    [Test]
    public async Task What_was_published_is_what_is_compared()
    {
        var published = await Published("openapi.v1", Parse((await Get(ApiDocument.Path)).Text));
        var today = Parse((await Get(ApiDocument.Path)).Text);
        today["paths"]?["/orders"]?["post"]?["responses"]?.AsObject().Remove("201");
        today["components"]?["schemas"]?["OrderResource"]?["properties"]?.AsObject().Remove("status");
        Assert.That(ContractComparison.BreakingOfApi(published, today), Does.Contain("POST /orders 201 is removed").And.Contain("GET /orders 200.items[].status is removed"));
    }

    static async Task<JsonNode> Published(string name, JsonNode today, [CallerFilePath] string here = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(here) ?? ".", name + ".json");
        var (received, shape) = (Path.ChangeExtension(file, ".received.json"), Shape(today).ToJsonString(new JsonSerializerOptions { WriteIndented = true, IndentSize = 1 }) + "\n");
        var published = File.Exists(file) ? await File.ReadAllTextAsync(file) : string.Empty;
        if (published == shape)
        {
            File.Delete(received);
        }
        else
        {
            await File.WriteAllTextAsync(received, shape);
        }

        return Parse(published);
    }

    // Names of fields may be words of the prose: only what describes a schema or an operation is left out.
    static JsonNode Shape(JsonNode part, bool isNames = false) => part switch
    {
        JsonObject known => new JsonObject(known.Where(p => isNames || !Prose.Contains(p.Key)).Select(p => KeyValuePair.Create(p.Key, p.Value is null ? null : Shape(p.Value, !isNames && p.Key is "properties" or "schemas")))),
        JsonArray list => new JsonArray([.. list.Select(p => p is null ? null : Shape(p))]),
        _ => part.DeepClone(),
    };

    static JsonNode Parse(string json) => JsonNode.Parse(json) ?? throw new AssertionException("There is no document.");
}
