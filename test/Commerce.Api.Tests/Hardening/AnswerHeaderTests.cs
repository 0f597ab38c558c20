using System.Text.RegularExpressions;
using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests.Hardening;

/// <summary>What every answer tells browsers and caches not to do with it.</summary>
[TestFixture]
public sealed partial class AnswerHeaderTests : ApiTest
{
    [TestCase("/health/live", 200)]
    [TestCase("/nowhere", 404)]
    [TestCase("/products?limit=0", 400)]
    [TestCase("/docs/index.html", 200)]
    public async Task Nothing_is_guessed_run_framed_or_told_on(string path, int status)
    {
        var reply = await Get(path);
        Assert.That(reply.Status, Is.EqualTo(status), reply.Text);
        Assert.That(
            (reply.Header("X-Content-Type-Options"), reply.Header("X-Frame-Options"), reply.Header("Referrer-Policy"), reply.Header("Server")),
            Is.EqualTo(("nosniff", "DENY", "no-referrer", (string?)null)));
        Assert.That(reply.Header("Content-Security-Policy"), Does.StartWith("default-src 'none';").And.Contain("frame-ancestors 'none'"));
        Assert.That(reply.Header("Strict-Transport-Security"), Is.Null, "Over a connection that is not encrypted it means nothing.");
    }

    [Test]
    public async Task Also_a_refusal_that_was_found_while_the_request_was_read_tells_what_is_left_of_the_quota() =>
        Assert.That((await Post("/products", "{")).Header("RateLimit"), Does.StartWith("\"client\";r="));

    [TestCase("/products", "no-cache")]
    [TestCase("/stock/none", "no-cache")]
    [TestCase("/orders", "no-store")]
    [TestCase("/customers/none", "no-store")]
    [TestCase("/flash-sales/3d7c0a52-6c8c-4ae9-96b5-7c2a8a7c9a11/claims/3d7c0a52-6c8c-4ae9-96b5-7c2a8a7c9a12", "no-store")]
    [TestCase("/audit/streams/order-none", "no-store")]
    [TestCase("/ops/callbacks", "no-store")]
    public async Task What_may_be_personal_is_kept_by_no_cache(string path, string wanted) =>
        Assert.That((await Get(path)).Header("Cache-Control"), Is.EqualTo(wanted));

    [Test]
    public async Task Answers_of_commands_are_kept_by_no_cache() =>
        Assert.That((await Post("/products", MugWith(New("SKU")))).Header("Cache-Control"), Is.EqualTo("no-store"));

    [Test]
    public async Task The_page_of_the_contract_needs_nothing_that_its_policy_forbids()
    {
        var page = await Get("/docs/index.html");
        Assert.That(page.Header("Content-Security-Policy"), Does.Contain("script-src 'self';").And.Contain("connect-src 'self';"));
        Assert.That(Scripts().Matches(page.Text).Select(m => (IsInline: m.Groups[2].Length > 0, Source: m.Groups[1].Value)), Is.Not.Empty.And.All.Matches<(bool IsInline, string Source)>(
            script => !script.IsInline && script.Source.Contains("src=\"", StringComparison.Ordinal) && !script.Source.Contains("//", StringComparison.Ordinal)));
        Assert.That(page.Text, Does.Not.Contain(" onload=").And.Not.Contain("javascript:"));
    }

    [Test]
    public async Task No_page_of_another_origin_may_call()
    {
        var asked = await Send(HttpMethod.Options, "/products", null, ("Origin", "https://shop.example"), ("Access-Control-Request-Method", "POST"));
        var called = await Get("/products", ("Origin", "https://shop.example"));
        Assert.That((asked.Refusal, called.Header("Access-Control-Allow-Origin")), Is.EqualTo(((405, "method-not-allowed"), (string?)null)));
    }

    [GeneratedRegex("<script([^>]*)>([^<]*)</script>")]
    private static partial Regex Scripts();
}
