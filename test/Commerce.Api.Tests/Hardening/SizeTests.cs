using System.Globalization;
using Commerce.Api.Http;
using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests.Hardening;

/// <summary>What is larger than anything that is taken is refused with a code; what is not even read, with the bare status.</summary>
[TestFixture]
public sealed class SizeTests : ApiTest
{
    [Test]
    public async Task An_address_that_is_too_long_is_refused() =>
        Assert.That((await Get($"/products?name={new string('a', HttpLimits.AddressCharsMax)}")).Refusal, Is.EqualTo((414, "address-too-long")));

    [Test]
    public async Task Too_many_headers_are_refused() =>
        Assert.That((await Get("/products", [.. Enumerable.Range(0, HttpLimits.HeadersMax).Select(n => (string.Create(CultureInfo.InvariantCulture, $"X-{n}"), "a"))])).Refusal, Is.EqualTo((431, "headers-too-large")));

    [Test]
    public async Task Headers_that_are_too_long_together_are_refused() =>
        Assert.That((await Get("/products", ("X-A", new string('a', HttpLimits.HeadersBytesMax)))).Refusal, Is.EqualTo((431, "headers-too-large")));

    [Test]
    public async Task A_body_that_says_no_length_is_refused_where_it_has_become_too_large()
    {
        using var client = await RawClient.To(Address);
        await client.Send($"POST /stock/A/receipts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\nAuthorization: Bearer {CommerceApp.OperatorKey.Text}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
        var piece = new string(' ', 64 * 1024);
        for (var sent = 0; sent <= HttpLimits.BodyBytesMax; sent += piece.Length)
        {
            await client.Send($"{piece.Length:X}\r\n{piece}\r\n");
        }

        Assert.That(await client.ReadToEnd(), Does.StartWith("HTTP/1.1 413 ").And.Contain("\"body-too-large\""));
    }

    [TestCase(3 * HttpLimits.AddressCharsMax, 0, "414", TestName = "An address that is far too long")]
    [TestCase(0, 3 * HttpLimits.HeadersBytesMax, "431", TestName = "Headers that are far too long")]
    public async Task What_is_far_too_large_is_not_read(int addressChars, int headerBytes, string status)
    {
        using var client = await RawClient.To(Address);
        await client.Send($"GET /products?name={new string('a', addressChars)} HTTP/1.1\r\nHost: a\r\nX-A: {new string('a', headerBytes)}\r\n\r\n");
        Assert.That(await client.ReadToEnd(), Does.StartWith($"HTTP/1.1 {status} ").And.Contain("Connection: close"));
    }

    [TestCase("1e400", TestName = "A number beyond all bounds")]
    [TestCase("9223372036854775808", TestName = "A number beyond 64 bits")]
    [TestCase("-1e-400", TestName = "A number below all bounds")]
    [TestCase("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", TestName = "A nest that is too deep")]
    public async Task Is_refused_in_a_body(string value) =>
        Assert.That((await Post("/stock/A/receipts", $$"""{"quantity":{{value}},"reference":"a"}""")).Refusal, Is.EqualTo((400, "body-invalid")));

    [TestCase("1e9")]
    [TestCase("79228162514264337593543950336")]
    [TestCase("0.00000000000000000000000000001")]
    public async Task An_amount_that_is_none_is_refused(string amount)
    {
        var reply = await Post("/products", MugWith(New("SKU"), amount));
        Assert.That(reply.Status, Is.AnyOf(400, 422), reply.Text);
        Assert.That(reply.Code, Is.Not.Null);
    }

    Uri Address => App.Http.BaseAddress ?? throw new InvalidOperationException("The application has no address.");
}
