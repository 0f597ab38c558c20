using System.Net;
using System.Text.RegularExpressions;
using Commerce.Api.Admission;
using Commerce.Api.Composition;
using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests.Admitting;

[TestFixture]
public sealed class ClientLimitTests
{
    const int Burst = 3;

    /// <summary>A token comes each second: so many requests are faster than that, however busy the machine is.</summary>
    const int RequestsMax = 100;

    CommerceApp? _app;

    CommerceApp App => _app ?? throw new InvalidOperationException("The application is not started.");

    [OneTimeSetUp]
    public async Task Start() => _app = await CommerceApp.Start((AdmissionSettings.AddressBurstKey, $"{Burst}"), (AdmissionSettings.AddressPerSecondKey, "1"));

    [OneTimeTearDown]
    public async Task Stop() => await App.DisposeAsync();

    [Test]
    public async Task A_client_that_sends_more_than_it_may_is_told_when_to_come_back()
    {
        var refused = await UntilRefused();

        Assert.That(refused.Refusal, Is.EqualTo((429, "rate-limited")));
        Assert.That(refused.Header("Retry-After"), Is.EqualTo("1"));
        Assert.That(refused.Header("RateLimit"), Is.EqualTo("\"address\";r=0;t=3"));
    }

    [Test]
    public async Task Each_answer_tells_the_policy_and_what_is_left_of_it()
    {
        var reply = await Get("/nowhere");

        Assert.That(reply.Header("RateLimit-Policy"), Is.EqualTo("\"address\";q=3;w=3"));
        Assert.That(reply.Header("RateLimit"), Does.Match(new Regex("^\"address\";r=[0-3];t=[0-3]$")));
    }

    [Test]
    public async Task Health_is_asked_as_often_as_one_likes()
    {
        await UntilRefused();
        for (var n = 0; n <= Burst; n++)
        {
            var reply = await Get("/health/live");
            Assert.That((reply.Status, reply.Header("RateLimit")), Is.EqualTo((200, (string?)null)));
        }
    }

    [TestCase("192.0.2.1", "192.0.2.2", false, TestName = "Addresses of IPv4 are clients of their own")]
    [TestCase("192.0.2.1", "::ffff:192.0.2.1", true, TestName = "An address of IPv4 is the same over IPv6")]
    [TestCase("2001:db8::1", "2001:db8::2:1", true, TestName = "Addresses of one network of IPv6 are one client")]
    [TestCase("2001:db8::1", "2001:db8:0:1::1", false, TestName = "Networks of IPv6 are clients of their own")]
    public void Clients_are_told_apart_by_what_is_not_theirs_to_choose(string one, string other, bool areSame) =>
        Assert.That(Clients.NetworkOf(IPAddress.Parse(one)) == Clients.NetworkOf(IPAddress.Parse(other)), Is.EqualTo(areSame));

    async Task<Reply> UntilRefused()
    {
        for (var n = 0; n < RequestsMax; n++)
        {
            if (await Get("/nowhere") is { Status: not 404 } refused)
            {
                return refused;
            }
        }

        throw new AssertionException($"{RequestsMax} requests were let in.");
    }

    async Task<Reply> Get(string path)
    {
        using var response = await App.Http.GetAsync(path);
        return await Reply.Of(response);
    }
}
