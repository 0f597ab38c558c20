using System.Globalization;
using Commerce.Api.Http;
using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests;

/// <summary>What every address refuses before it looks at what is asked.</summary>
[TestFixture]
public sealed class RequestTests : ApiTest
{
    const string Good = """{"quantity":1,"reference":"a"}""";

    [TestCase("""{"quantity":1,"reference":"a","colour":"red"}""", "$.colour", TestName = "An unknown field is refused by name")]
    [TestCase("""{"quantity":"1","reference":"a"}""", "$.quantity", TestName = "A number in quotes is refused")]
    [TestCase("""{"quantity":1.5,"reference":"a"}""", "$.quantity", TestName = "A fraction where a whole number belongs is refused")]
    [TestCase("""{"quantity":1000000000000,"reference":"a"}""", "$.quantity", TestName = "A number that does not fit is refused")]
    [TestCase("""{"quantity":1,"reference":null}""", "$.reference", TestName = "A null where a text belongs is refused")]
    [TestCase("""{"quantity":1,"quantity":2,"reference":"a"}""", "$.quantity", TestName = "A field given twice is refused")]
    [TestCase("""{"Quantity":1,"reference":"a"}""", "$.Quantity", TestName = "A field in other letters is refused")]
    [TestCase("""{"quantity":1}""", "$", TestName = "A missing field is refused")]
    [TestCase("""{"quantity":1,"reference":"a" """, "$", TestName = "A body that is cut off is refused")]
    [TestCase("""{"quantity":1,"reference":[[[[[[[[[["a"]]]]]]]]]]}""", "$.reference", TestName = "A body that is too deep is refused")]
    [TestCase("""{"quantity":1,"reference":"a","location":"über"}""", "$.location", TestName = "A name with other characters is refused")]
    public async Task A_body_is_refused_where_it_is_wrong(string body, string path)
    {
        var reply = await Post("/stock/A/receipts", body);
        Assert.That(reply.Refusal, Is.EqualTo((400, "body-invalid")));
        Assert.That(reply.Field("path"), Is.EqualTo(path));
        Assert.That(reply.Text, Does.Not.Contain("Commerce.").And.Not.Contain("System."), "Nothing of our inside gets out.");
    }

    [TestCase("")]
    [TestCase("null")]
    public async Task A_missing_body_is_refused(string body) => Assert.That((await Post("/stock/A/receipts", body)).Refusal, Is.EqualTo((400, "body-invalid")));

    [Test]
    public async Task A_body_that_is_no_json_is_refused_by_its_type() =>
        Assert.That((await Post("/stock/A/receipts", Good, ("Content-Type", "text/plain"))).Refusal, Is.EqualTo((415, "media-type-unsupported")));

    [Test]
    public async Task A_body_over_the_limit_is_refused() =>
        Assert.That((await Post("/stock/A/receipts", new string(' ', HttpLimits.BodyBytesMax + 1))).Refusal, Is.EqualTo((413, "body-too-large")));

    [Test]
    public async Task An_address_that_leads_nowhere_says_so() => Assert.That((await Get("/nowhere")).Refusal, Is.EqualTo((404, "route-unknown")));

    [Test]
    public async Task A_method_that_an_address_does_not_take_is_refused_with_those_that_it_takes()
    {
        var reply = await Send(HttpMethod.Delete, "/stock/A/receipts", null);
        Assert.That(reply.Refusal, Is.EqualTo((405, "method-not-allowed")));
        Assert.That(reply.Header("Allow"), Does.Contain("POST"));
    }

    [Test]
    public async Task An_id_that_is_none_is_refused_by_name()
    {
        var reply = await Put("/products/a%20b/price", """{"price":{"amount":"3","currency":"GBP"}}""");
        Assert.That(reply.Refusal, Is.EqualTo((400, "parameter-invalid")));
        Assert.That(reply.Field("parameter"), Is.EqualTo("sku"));
    }

    [TestCase("W/\"1\"")]
    [TestCase("1")]
    [TestCase("\"x\"")]
    [TestCase("\"1\", \"2\"")]
    public async Task A_tag_that_is_none_of_ours_is_refused(string tag) =>
        Assert.That((await Post($"/stock/{New("SKU")}/receipts", Good, IfMatch(tag))).Refusal, Is.EqualTo((400, "if-match-invalid")));

    [Test]
    public async Task A_refusal_has_the_members_of_rfc_9457()
    {
        var reply = await Post("/stock/A/write-offs", string.Create(CultureInfo.InvariantCulture, $$"""{"quantity":{{int.MaxValue}},"reason":"a"}"""));
        Assert.That(reply.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That(reply.Json.EnumerateObject().Select(p => p.Name), Is.SupersetOf(new[] { "title", "status", "detail", "code", "traceId" }));
        Assert.That(reply.Field("status"), Is.EqualTo("422"));
    }
}
