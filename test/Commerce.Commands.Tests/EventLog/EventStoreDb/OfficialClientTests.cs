using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Domain.Log;
using Commerce.Testing.EventStoreDb;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>Where the official client is of another mind than the port, or than our connection strings.</summary>
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

    [Test]
    public async Task An_append_that_is_not_answered_in_time_ends_and_succeeds_when_it_is_made_again(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await Open($"{server.ConnectionString}&defaultDeadline=500", ct);
        var written = Event();
        server.Faults.AnswerLate(TimeSpan.FromMinutes(5), appends: 1);

        Assert.ThrowsAsync<EventLogUnavailableException>(() => log.Append(Stream, ExpectedRevision.None, [written], ct));

        await using var other = await Open(server.ConnectionString, ct);
        Assert.That(await other.Append(Stream, ExpectedRevision.None, [written], ct), Is.InstanceOf<AppendResult.Appended>());
    }

    [Test]
    public async Task An_append_that_waits_for_its_answer_can_be_cancelled(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await Open(server.ConnectionString, ct);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(ct);
        server.Faults.AnswerLate(TimeSpan.FromMinutes(5), appends: 1);

        var appending = log.Append(Stream, ExpectedRevision.None, [Event()], cancel.Token);
        await cancel.CancelAsync();

        Assert.CatchAsync<OperationCanceledException>(() => appending);
    }

    [Test]
    public async Task An_append_over_the_servers_own_limit_names_that_limit(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(new() { AppendBytesMax = 1_000 }, ct);
        await using var log = await Open(server.ConnectionString, ct);

        Assert.That(
            Assert.ThrowsAsync<AppendTooLargeException>(() => log.Append(Stream, ExpectedRevision.Any, [Event(1_200)], ct))?.Message,
            Does.Contain("1 events").And.Contain(" 1000 bytes"));
    }

    [TestCase(7, "not for you")]
    [TestCase(12, "no such method")]
    public async Task What_only_a_person_can_set_right_is_no_outage(int status, string message, CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await Open(server.ConnectionString, ct);

        server.Faults.Refuse(status, message);

        Assert.That(Assert.ThrowsAsync<EventStoreDbRefusedException>(() => log.Head(ct))?.Message, Does.Contain(message));
    }

    static Task<OfficialClientLog> Open(string connectionString, CancellationToken ct) => OfficialClientLog.Open(connectionString, TimeProvider.System, ct);

    static NewEvent Event(int bytes = 10) => new(Guid.NewGuid(), "thing-happened.v1", new byte[bytes], default);
}
