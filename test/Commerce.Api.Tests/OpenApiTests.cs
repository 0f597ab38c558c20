using System.Text.RegularExpressions;
using Commerce.Api.Tests.App;
using Commerce.Testing;

namespace Commerce.Api.Tests;

[TestFixture]
public sealed partial class OpenApiTests : ApiTest
{
    [Test]
    public async Task The_contract_changes_only_when_somebody_wants_it_to() => await Snapshot.Verify(Narrow((await Get("/openapi/v1.json")).Text), "json");

    [TestCase("/docs/index.html", "text/html")]
    [TestCase("/docs/swagger-ui-bundle.js", "text/javascript")]
    public async Task People_read_it_on_a_page_that_needs_no_network(string path, string mediaType)
    {
        var page = await Get(path);
        Assert.That((page.Status, page.MediaType), Is.EqualTo((200, mediaType)));
        Assert.That(path.EndsWith(".js", StringComparison.Ordinal) || !page.Text.Contains("https://", StringComparison.Ordinal), "Nothing is fetched from elsewhere.");
    }

    // A fifth of the document would be the spaces before its lines.
    static string Narrow(string json) => Indent().Replace(json, spaces => new string(' ', spaces.Length / 2));

    [GeneratedRegex("^ +", RegexOptions.Multiline)]
    private static partial Regex Indent();
}
