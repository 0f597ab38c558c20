using System.Text;
using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Domain.Log;
using Commerce.Testing.EventStoreDb;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>Whatever the server or the way to it does: what was acknowledged is there, once, and nobody else is harmed.</summary>
[TestFixture, CancelAfter(60_000)]
sealed class EventStoreDbLossTests
{
    // Short enough to wait for, and on a busy machine enough for an append that is answered.
    const string Hasty = "&defaultDeadline=3000";

    static readonly ExpectedRevision[] Demands = [ExpectedRevision.None, ExpectedRevision.Any];

    [Test]
    public async Task Appends_that_were_written_when_the_connection_dropped_succeed_and_are_there_once(
        [ValueSource(nameof(Demands))] ExpectedRevision demand, [Values] bool serverForgets, CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(new() { RecentIdsMax = serverForgets ? 1 : 10_000 }, ct);
        await using var log = await Open(server, ct);
        server.Faults.DropAfterWriting(20);

        await AssertTakenOnce(log, demand, ct);
    }

    [Test]
    public async Task Appends_that_were_not_written_when_the_connection_dropped_go_out_again([ValueSource(nameof(Demands))] ExpectedRevision demand, CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await Open(server, ct);
        server.Faults.DropBeforeWriting(20);

        await AssertTakenOnce(log, demand, ct);
    }

    [Test]
    public async Task An_append_that_is_found_again_is_answered_as_the_first_time_although_others_came_after_it(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(new() { RecentIdsMax = 1 }, ct);
        await using var log = await Open(server, ct);
        await using var replica = await EventStoreDbEmulator.Start(new() { ReplicaOf = server }, ct);
        await using var other = await Open(replica, ct);
        await other.Append(Stream(1), ExpectedRevision.Any, Events(3), ct);
        await using var subscription = new Subscription(other.Subscribe(default, StreamFilter.All, ct));
        server.Faults.StopAccepting();
        server.Faults.DropAfterWriting(1);

        var events = Events(3);
        var appending = log.Append(Stream(1), ExpectedRevision.Any, events, ct);
        await subscription.UntilEvents(6);
        await other.Append(Stream(1), ExpectedRevision.Any, Events(2), ct);
        server.Faults.AcceptAgain();
        var result = await appending;

        var there = await Read(log, 1, ct);
        Assert.That(there.Count(e => e.Id == events[0].Id), Is.EqualTo(1));
        var last = there.Single(e => e.Id == events[2].Id);
        Assert.That(last.Revision, Is.EqualTo(5));
        Assert.That(result, Is.EqualTo(new AppendResult.Appended(last.Revision, last.Position)));
    }

    [Test]
    public async Task An_append_that_its_caller_tries_again_after_no_answer_is_written_once(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(new() { RecentIdsMax = 1 }, ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString + Hasty }, ct);
        server.Faults.AnswerLate(TimeSpan.FromSeconds(20), 1);
        var events = Events(2);

        Assert.ThrowsAsync<EventLogUnavailableException>(() => log.Append(Stream(1), ExpectedRevision.Any, events, ct));
        await log.Append(Stream(2), ExpectedRevision.Any, Events(5), ct);
        var result = await log.Append(Stream(1), ExpectedRevision.Any, events, ct);

        var there = await Read(log, 1, ct);
        Assert.That(there.Select(e => e.Id), Is.EqualTo(events.Select(e => e.Id)));
        Assert.That(result, Is.EqualTo(new AppendResult.Appended(1, there[1].Position)));
    }

    [Test]
    public async Task A_stream_that_has_grown_too_much_to_tell_is_not_written_to_a_second_time(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(new() { RecentIdsMax = 1 }, ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString + Hasty, RepeatSearchEventsMax = 10 }, ct);
        server.Faults.AnswerLate(TimeSpan.FromSeconds(20), 1);
        var events = Events(1);
        Assert.ThrowsAsync<EventLogUnavailableException>(() => log.Append(Stream(1), ExpectedRevision.Any, events, ct));
        await log.Append(Stream(1), ExpectedRevision.Any, Events(10), ct);

        Assert.ThrowsAsync<EventLogUnavailableException>(() => log.Append(Stream(1), ExpectedRevision.Any, events, ct));

        Assert.That((await Read(log, 1, ct)).Count(e => e.Id == events[0].Id), Is.EqualTo(1));
    }

    [Test]
    public async Task Answers_that_come_twice_are_heard_once(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await Open(server, ct);
        server.Faults.AnswerTwice(30);

        await AssertTakenOnce(log, ExpectedRevision.None, ct);
    }

    [Test]
    public async Task A_server_that_takes_appends_and_answers_none_is_called_anew(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString + Hasty }, ct);
        server.Faults.AnswerLate(TimeSpan.FromMinutes(5), 1);

        Assert.ThrowsAsync<EventLogUnavailableException>(() => log.Append(Stream(1), ExpectedRevision.None, Events(1), ct));

        Assert.That(await log.Append(Stream(2), ExpectedRevision.None, Events(1), ct), Is.InstanceOf<AppendResult.Appended>());
    }

    [Test]
    public async Task A_caller_that_is_cancelled_disturbs_no_other(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await Open(server, ct);
        server.Faults.AnswerLate(TimeSpan.FromMilliseconds(200), 1);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(ct);

        var cancelled = log.Append(Stream(1), ExpectedRevision.None, Events(1), cancel.Token);
        var others = Enumerable.Range(2, 10).Select(n => log.Append(Stream(n), ExpectedRevision.None, Events(1), ct)).ToArray();
        await cancel.CancelAsync();

        Assert.CatchAsync<OperationCanceledException>(() => cancelled);
        Assert.That(await Task.WhenAll(others), Is.All.InstanceOf<AppendResult.Appended>());
    }

    [Test]
    public async Task Where_few_may_be_in_flight_the_rest_waits_and_gets_through(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString, AppendsInFlightMax = 2, AppendsQueuedMax = 3, AppendBytesInFlightMax = 50 }, ct);

        await AssertTakenOnce(log, ExpectedRevision.None, ct);
    }

    [Test]
    public async Task A_read_that_is_cut_off_says_so_and_one_that_could_not_begin_begins_again(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await Open(server, ct);
        await log.Append(Stream(1), ExpectedRevision.None, Events(10), ct);

        server.Faults.CutRead(afterMessages: 5);
        Assert.ThrowsAsync<EventLogUnavailableException>(() => Read(log, 1, ct));
        server.Faults.CutRead(afterMessages: 5, status: 13);
        Assert.ThrowsAsync<EventLogUnavailableException>(() => Read(log, 1, ct));
        server.Faults.CutRead(afterMessages: 0);
        Assert.That(await Read(log, 1, ct), Has.Count.EqualTo(10));
        server.Faults.DropConnections();
        Assert.That(await Read(log, 1, ct), Has.Count.EqualTo(10));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(30)]
    public async Task A_subscription_that_is_cut_off_goes_on_without_gap_or_repeat(int afterMessages, CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString, PageEventsMax = 7 }, ct);
        for (var n = 0; n < 50; n++)
            await log.Append(Stream(n), ExpectedRevision.None, Events(1), ct);
        await using var subscription = new Subscription(log.Subscribe(default, StreamFilter.Categories("loss"), ct));
        await subscription.UntilEvents(3);

        for (var n = 50; n < 150; n++)
        {
            if (n % 10 == 0)
                server.Faults.CutRead(afterMessages);
            if (n % 25 == 0)
                server.Faults.DropConnections();
            await log.Append(Stream(n), ExpectedRevision.None, Events(1), ct);
        }

        await subscription.UntilEvents(150);
        Assert.That(subscription.Events.Select(e => e.Stream), Is.EqualTo(Enumerable.Range(0, 150).Select(Stream)));
    }

    [Test]
    public async Task A_subscription_gives_up_when_the_server_stays_away(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString, OutageMax = TimeSpan.FromMilliseconds(200) }, ct);
        await using var subscription = new Subscription(log.Subscribe(default, StreamFilter.All, ct));
        await subscription.UntilCaughtUp();

        await server.Stop();

        Assert.ThrowsAsync<EventLogUnavailableException>(() => subscription.UntilEvents(1));
    }

    [Test]
    public async Task A_log_whose_server_is_gone_says_so_everywhere(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString + "&defaultDeadline=200" }, ct);
        await server.Stop();

        Assert.ThrowsAsync<EventLogUnavailableException>(() => log.Append(Stream(1), ExpectedRevision.Any, Events(1), ct));
        Assert.ThrowsAsync<EventLogUnavailableException>(() => log.Head(ct));
        Assert.ThrowsAsync<EventLogUnavailableException>(() => Read(log, 1, ct));
        Assert.ThrowsAsync<EventLogUnavailableException>(() => new Subscription(log.Subscribe(default, StreamFilter.All, ct)).UntilCaughtUp());
    }

    [Test]
    public async Task A_closed_log_takes_no_more_and_has_finished_what_it_took(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        var log = await Open(server, ct);
        var appends = Enumerable.Range(0, 100).Select(n => log.Append(Stream(n), ExpectedRevision.None, Events(1), ct)).ToArray();

        await log.DisposeAsync();

        Assert.That(await Task.WhenAll(appends), Is.All.InstanceOf<AppendResult.Appended>());
        Assert.ThrowsAsync<ObjectDisposedException>(() => log.Append(Stream(1), ExpectedRevision.Any, Events(1), ct));
    }

    static async Task AssertTakenOnce(EventStoreDbLog log, ExpectedRevision demand, CancellationToken ct)
    {
        const int Appends = 60;
        var results = await Task.WhenAll(Enumerable.Range(0, Appends).Select(n => log.Append(Stream(n), demand, Events(2), ct)));

        for (var n = 0; n < Appends; n++)
        {
            var there = await Read(log, n, ct);
            Assert.That(there, Has.Count.EqualTo(2));
            Assert.That(results[n], Is.EqualTo(new AppendResult.Appended(1, there[1].Position)));
        }
    }

    static Task<EventStoreDbLog> Open(EventStoreDbEmulator server, CancellationToken ct) => EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString }, ct);

    static StreamName Stream(int n) => StreamName.For("loss", $"{n}");

    static NewEvent[] Events(int count) => [.. Enumerable.Range(0, count).Select(n => new NewEvent(Guid.NewGuid(), "thing-happened.v1", Encoding.UTF8.GetBytes($"{n}"), default))];

    static async Task<List<RecordedEvent>> Read(EventStoreDbLog log, int n, CancellationToken ct)
    {
        var all = new List<RecordedEvent>();
        await foreach (var e in log.ReadStream(Stream(n), ReadDirection.Forwards, 0, int.MaxValue, ct))
            all.Add(e);
        return all;
    }
}
