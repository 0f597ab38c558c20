using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Domain.Log;
using Commerce.Testing.EventStoreDb;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>Where the official client is of another mind than our connection strings.</summary>
[TestFixture, CancelAfter(60_000)]
sealed class OfficialClientTests
{
    static readonly StreamName Stream = StreamName.For("official", "1");

    [Test]
    public async Task User_and_password_are_percent_encoded_in_the_string_and_not_before_the_server(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(new() { Tls = true, Credentials = new("ops", "sécret@1") }, ct);
        var trusting = $"{server.ConnectionString}&tlsVerifyCert=false";
        await using var log = await Open(trusting, ct);

        Assert.That(await log.Append(Stream, ExpectedRevision.None, [Event()], ct), Is.InstanceOf<AppendResult.Appended>());
        Assert.ThrowsAsync<EventStoreDbRefusedException>(() => Open(trusting.Replace("ops:", "nobody:", StringComparison.Ordinal), ct));
    }

    [TestCase("kurrentdb://")]
    [TestCase("ESDB://")]
    public async Task A_scheme_by_its_newer_name_or_in_capitals_is_the_same(string scheme, CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await Open(server.ConnectionString.Replace("esdb://", scheme, StringComparison.Ordinal), ct);

        Assert.That(await log.Head(ct), Is.EqualTo(LogPosition.Start));
    }

    [Test]
    public void A_host_by_its_IPv6_address_is_refused_in_one_sentence(CancellationToken ct) =>
        Assert.That(Assert.ThrowsAsync<EventStoreDbConnectionStringException>(() => Open("esdb://[::1]:2113?tls=false", ct))?.Message, Does.Contain("IPv6").And.Contain("give its name"));

    static Task<OfficialClientLog> Open(string connectionString, CancellationToken ct) => OfficialClientLog.Open(connectionString, TimeProvider.System, ct);

    static NewEvent Event() => new(Guid.NewGuid(), "thing-happened.v1", "{}"u8.ToArray(), default);
}
