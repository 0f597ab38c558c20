using System.Text;
using Commerce.Api.Webhooks;
using Commerce.Commands.Webhooks;
using Microsoft.AspNetCore.Http;

namespace Commerce.Api.Tests.Webhooks;

/// <summary>Signatures of Standard Webhooks, by the vector of its reference libraries and by what may not pass.</summary>
[TestFixture]
public sealed class WebhookTests
{
    // Of the test suites of github.com/standard-webhooks/standard-webhooks, which every library there passes.
    const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const long Timestamp = 1614265330;
    const string Body = """{"test": 2432232314}""";
    const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const string OtherSecret = "whsec_C2FtcGxlLW90aGVyLXNlY3JldC1mb3ItdGVzdHM=";

    [Test]
    public void The_vector_of_the_reference_libraries_is_signed_and_verified()
    {
        Assert.That(SecretOf(Secret).Sign(Id, "1614265330", Encoding.UTF8.GetBytes(Body)), Is.EqualTo(Signature));
        Assert.That(Verified(), Is.Null);
    }

    [Test]
    public void Any_secret_that_is_valid_and_any_signature_that_is_given_will_do()
    {
        Assert.That(Verified(secrets: [OtherSecret, Secret]), Is.Null);
        Assert.That(Verified(signature: $"v1,AAAA v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== {Signature}"), Is.Null);
    }

    [Test]
    public void What_is_not_what_was_signed_is_refused()
    {
        Assert.That(Verified(body: Body.Replace('4', '5')), Is.EqualTo("webhook-signature-invalid"));
        Assert.That(Verified(id: "msg_other"), Is.EqualTo("webhook-signature-invalid"));
        Assert.That(Verified(timestamp: "1614265331"), Is.EqualTo("webhook-signature-invalid"));
        Assert.That(Verified(secrets: [OtherSecret]), Is.EqualTo("webhook-signature-invalid"));
        Assert.That(Verified(signature: Signature.Replace("v1,", "v2,", StringComparison.Ordinal)), Is.EqualTo("webhook-signature-invalid"));
        Assert.That(Verified(signature: "v1,%%%"), Is.EqualTo("webhook-signature-invalid"));
    }

    [TestCase(-300, null)]
    [TestCase(300, null)]
    [TestCase(-301, "webhook-timestamp-outside")]
    [TestCase(301, "webhook-timestamp-outside")]
    public void Five_minutes_either_way_are_tolerated_and_no_more(int offsetS, string? refusal) => Assert.That(Verified(offsetS: offsetS), Is.EqualTo(refusal));

    [TestCase("", "1614265330", Signature)]
    [TestCase("msg.1", "1614265330", Signature)]
    [TestCase(Id, "", Signature)]
    [TestCase(Id, "1614265330.5", Signature)]
    [TestCase(Id, "-1614265330", Signature)]
    [TestCase(Id, "1614265330", "")]
    public void Headers_that_are_missing_or_none_are_refused(string id, string timestamp, string signature) =>
        Assert.That(Verified(id: id, timestamp: timestamp, signature: signature), Is.EqualTo("webhook-headers-invalid"));

    [TestCase("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [TestCase("whsec_c2hvcnQ=")]
    [TestCase("whsec_not base64")]
    [TestCase("whsec_")]
    public void A_secret_that_is_none_is_refused(string text) => Assert.That(WebhookSecret.TryParse(text, out _), Is.False);

    [Test]
    public void A_secret_does_not_tell_itself() => Assert.That($"{SecretOf(Secret)}", Is.EqualTo("whsec_…"));

    static WebhookSecret SecretOf(string text) => WebhookSecret.TryParse(text, out var secret) ? secret : throw new AssertionException(text);

    /// <summary>The code of the refusal, or null.</summary>
    static string? Verified(string id = Id, string timestamp = "1614265330", string body = Body, string signature = Signature, string[]? secrets = null, int offsetS = 0)
    {
        var headers = new HeaderDictionary { ["webhook-id"] = id, ["webhook-timestamp"] = timestamp, ["webhook-signature"] = signature };
        var verifier = new WebhookVerifier([.. (secrets ?? [Secret]).Select(SecretOf)], new StoppedTime(DateTimeOffset.FromUnixTimeSeconds(Timestamp + offsetS)));
        return verifier.Verify(headers, Encoding.UTF8.GetBytes(body)).Refusal?.Code;
    }

    sealed class StoppedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
