using Commerce.Api.Http;
using Commerce.Api.Tests.App;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Contract;

/// <summary>Types generated from the document are all that a program in TypeScript needs: it compiles strictly, and trades.</summary>
[TestFixture]
public sealed class TypeScriptClientTests : ApiTest
{
    static readonly string Generated = Path.Combine(NodeProgram.Folder, "src", "generated");

    [OneTimeSetUp]
    public async Task Generate()
    {
        Directory.CreateDirectory(Generated);
        var document = Path.Combine(Generated, "openapi.json");
        await File.WriteAllTextAsync(document, (await Get(ApiDocument.Path)).Text);
        await Done("node_modules/openapi-typescript/bin/cli.js", document, "-o", Path.Combine(Generated, "commerce.d.ts"));
        await Done("node_modules/typescript/bin/tsc", "-p", ".");
    }

    [Test]
    public async Task A_client_with_generated_types_places_an_order_and_knows_what_it_is_refused_with()
    {
        var said = await Done("build/place-order.js", App.Http.BaseAddress?.ToString().TrimEnd('/') ?? string.Empty, New("TYPED"), CommerceApp.OperatorKey.Text);
        Assert.That(said.Trim().Split('\n'), Is.EqualTo(["confirmed 2 9.90", "cannot be had", "not a quantity"]));
    }

    static async Task<string> Done(string script, params string[] arguments)
    {
        var result = await NodeProgram.Run(script, arguments);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        return result.Output;
    }
}
