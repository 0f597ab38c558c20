using Commerce.Commands.EventLog.Copying;
using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Tests.Grpc;
using Commerce.Domain.Log;
using Commerce.Testing.EventStoreDb;
using RecordedEvent = Commerce.Domain.Log.RecordedEvent;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>What an operator has set or done in the server reaches the caller as the port's own error, and harms no other caller.</summary>
[TestFixture, CancelAfter(60_000)]
sealed class EventStoreDbRefusalTests
{
    static readonly StreamName Stream = StreamName.For("refusal", "1");

    [Test]
    public async Task An_append_over_the_servers_own_limit_names_that_limit(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(new() { AppendBytesMax = 1_000 }, ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString }, ct);

        var tooLarge = log.Append(Stream, ExpectedRevision.Any, [Event(1_200)], ct);
        var other = log.Append(Stream, ExpectedRevision.Any, [Event(900)], ct);

        Assert.That(Assert.ThrowsAsync<AppendTooLargeException>(() => tooLarge)?.Message, Does.Contain("1 events").And.Contain(" 1000 bytes"));
        Assert.That(await other, Is.InstanceOf<AppendResult.Appended>());
    }

    [Test]
    public async Task A_stream_that_was_deleted_for_good_takes_and_tells_nothing(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString }, ct);
        await log.Append(Stream, ExpectedRevision.None, [Event(10)], ct);
        await Operator.DeleteForGood(server, Stream, ct);

        foreach (var demand in new[] { ExpectedRevision.Any, ExpectedRevision.Exists, ExpectedRevision.None, ExpectedRevision.Exact(0) })
            Assert.That(Assert.ThrowsAsync<StreamDeletedException>(() => log.Append(Stream, demand, [Event(10)], ct))?.Stream, Is.EqualTo(Stream));
        Assert.ThrowsAsync<StreamDeletedException>(() => Read(log.ReadStream(Stream, ReadDirection.Backwards, long.MaxValue, 1, ct)));
        Assert.ThrowsAsync<StreamDeletedException>(() => Read(log.ReadStream(Stream, ReadDirection.Forwards, 0, 10, ct)));
        Assert.That(await log.Append(StreamName.For("refusal", "2"), ExpectedRevision.None, [Event(10)], ct), Is.InstanceOf<AppendResult.Appended>());
    }

    [Test]
    public async Task A_server_that_is_not_ready_yet_gets_the_append_when_it_is(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString }, ct);
        server.Cluster.State = MemberState.PreLeader;

        var appending = log.Append(Stream, ExpectedRevision.None, [Event(10)], ct);
        Assert.ThrowsAsync<EventLogUnavailableException>(() => Read(log.ReadStream(Stream, ReadDirection.Forwards, 0, 10, ct)));
        Assert.That(appending.IsCompleted, Is.False);
        server.Cluster.State = MemberState.Leader;

        Assert.That(await appending, Is.InstanceOf<AppendResult.Appended>());
    }

    [Test]
    public async Task Rights_that_are_taken_away_are_told_as_that(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString }, ct);

        server.Faults.Refuse(status: 7, "Access Denied", headers: new Dictionary<string, string> { ["exception"] = "access-denied" });
        Assert.ThrowsAsync<EventStoreDbRefusedException>(() => log.Head(ct));
        server.Faults.Refuse(status: 16, "Unauthenticated", method: "BatchAppend");
        Assert.ThrowsAsync<EventStoreDbRefusedException>(() => log.Append(Stream, ExpectedRevision.None, [Event(10)], ct));

        Assert.That(await log.Append(Stream, ExpectedRevision.None, [Event(10)], ct), Is.InstanceOf<AppendResult.Appended>());
    }

    [Test]
    public async Task Streams_that_are_none_to_Commerce_are_passed_over(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(new() { SystemEventInterval = 3 }, ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString }, ct);
        await using var live = new Subscription(log.Subscribe(default, StreamFilter.All, ct));
        await live.UntilCaughtUp();
        using var channel = Channels.To(new Uri($"http://{EventStoreDbEmulator.Host}:{server.Port}"));
        var (requests, answers) = channel.Duplex(WireMethods.BatchAppend, ct);
        await using var call = answers;
        foreach (var name in new[] { "nodash", "with space-1", "order-1", "-1", "order-", "order-2" })
        {
            var append = WireRequests.Append(Guid.NewGuid(), Stream, ExpectedRevision.Any, [Event(10)], TimeSpan.FromSeconds(5));
            append.Options.StreamIdentifier.StreamName = Google.Protobuf.ByteString.CopyFromUtf8(name);
            requests.Write(append);
        }

        await requests.Flush(ct);
        await live.UntilEvents(2);

        var ours = new[] { StreamName.For("order", "1"), StreamName.For("order", "2") };
        Assert.That(live.Events.Select(e => e.Stream), Is.EqualTo(ours));
        Assert.That((await Read(log.ReadAll(default, StreamFilter.All, 2, ct))).Select(e => e.Stream), Is.EqualTo(ours));
        Assert.That((await Read(log.ReadAll(default, StreamFilter.All, 100, ct))).Select(e => e.Stream), Is.EqualTo(ours));
        await using var later = new Subscription(log.Subscribe(default, StreamFilter.All, ct));
        await later.UntilCaughtUp();
        Assert.That(later.Events.Select(e => e.Stream), Is.EqualTo(ours));
    }

    [Test]
    public async Task That_a_stream_was_deleted_for_good_is_no_event_of_it(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString }, ct);
        await log.Append(Stream, ExpectedRevision.None, [Event(10)], ct);
        await using var live = new Subscription(log.Subscribe(default, StreamFilter.All, ct));
        await live.UntilCaughtUp();

        await Operator.DeleteForGood(server, Stream, ct);
        await log.Append(StreamName.For("refusal", "2"), ExpectedRevision.None, [Event(10)], ct);
        await live.UntilEvents(2);

        var told = new[] { ("refusal-1", 0L), ("refusal-2", 0L) };
        Assert.That(live.Events.Select(e => (e.Stream.Value, e.Revision)), Is.EqualTo(told));
        Assert.That((await Read(log.ReadAll(default, StreamFilter.All, 100, ct))).Select(e => (e.Stream.Value, e.Revision)), Is.EqualTo(told));
        Assert.That((await new LogCopy(log, new InMemoryEventLog(TimeProvider.System)).Run(null, ct)).Copied, Is.EqualTo(2));
    }

    static NewEvent Event(int bytes) => new(Guid.NewGuid(), "thing-happened.v1", new byte[bytes], default);

    static async Task<List<RecordedEvent>> Read(IAsyncEnumerable<RecordedEvent> events)
    {
        var read = new List<RecordedEvent>();
        await foreach (var e in events)
            read.Add(e);
        return read;
    }
}
