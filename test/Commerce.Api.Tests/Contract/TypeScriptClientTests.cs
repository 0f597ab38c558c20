using Commerce.Api.Http;
using Commerce.Api.Tests.App;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Contract;

/// <summary>Types generated from the document are all that a program in TypeScript needs: it compiles strictly, and trades.</summary>
[TestFixture]
public sealed class TypeScriptClientTests : ApiTest
{
    static readonly string Generated = Path.Combine(NodeProgram.Folder, "src", "generated");

    const string Documented = "documented";

    [OneTimeSetUp]
    public async Task Generate()
    {
        Directory.CreateDirectory(Generated);
        var document = Path.Combine(Generated, "openapi.json");
        await File.WriteAllTextAsync(document, (await Get(ApiDocument.Path)).Text);
        await Done("node_modules/openapi-typescript/bin/cli.js", document, "-o", Path.Combine(Generated, "commerce.d.ts"));
        await File.WriteAllTextAsync(Path.Combine(Generated, Documented + ".mts"), await ProgramOf("contract.md"));
        await Done("node_modules/typescript/bin/tsc", "-p", ".");
    }

    [Test]
    public async Task A_client_with_generated_types_places_an_order_and_knows_what_it_is_refused_with()
    {
        var said = await Done("build/place-order.js", App.Http.BaseAddress?.ToString().TrimEnd('/') ?? string.Empty, New("TYPED"), CommerceApp.OperatorKey.Text);
        Assert.That(said.Trim().Split('\n'), Is.EqualTo(["confirmed 2 9.90", "cannot be had", "not a quantity"]));
    }

    [Test]
    public void The_program_of_the_documentation_compiles() =>
        Assert.That(File.ReadAllText(Path.Combine(NodeProgram.Folder, "build", "generated", Documented + ".mjs")), Does.Contain("commerce.POST(\"/orders\""));

    static async Task<string> ProgramOf(string page)
    {
        const string Begin = "```ts\n";
        var text = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", page));
        var begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        return text[begin..text.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    static async Task<string> Done(string script, params string[] arguments)
    {
        var result = await NodeProgram.Run(script, arguments);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        return result.Output;
    }
}
