using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Domain.Log;
using Commerce.Testing.EventStoreDb;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>A leader and a follower, which become each other.</summary>
[TestFixture, CancelAfter(60_000)]
sealed class EventStoreDbClusterTests
{
    [Test]
    public async Task A_follower_that_is_asked_by_its_address_sends_us_to_its_leader(CancellationToken ct)
    {
        await using var leader = await EventStoreDbEmulator.Start(ct: ct);
        await using var follower = await Follower(leader, ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = follower.ConnectionString }, ct);

        await AssertWorks(log, 1, ct);
        await follower.Stop();
        await AssertWorks(log, 2, ct);
    }

    [TestCase("esdb+discover://127.0.0.1:{0}?tls=false")]
    [TestCase("esdb://127.0.0.1:1,127.0.0.1:{0}?tls=false&nodePreference=leader")]
    public async Task The_leader_is_found_by_asking_a_follower(string connectionString, CancellationToken ct)
    {
        await using var leader = await EventStoreDbEmulator.Start(ct: ct);
        await using var follower = await Follower(leader, ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = string.Format(null, connectionString, follower.Port) }, ct);

        await follower.Stop();

        await AssertWorks(log, 1, ct);
    }

    [Test]
    public async Task A_follower_serves_readers_who_prefer_one(CancellationToken ct)
    {
        await using var leader = await EventStoreDbEmulator.Start(ct: ct);
        await using var follower = await Follower(leader, ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = $"kurrentdb+discover://127.0.0.1:{leader.Port}?tls=false&NODEPREFERENCE=Follower" }, ct);

        await AssertWorks(log, 1, ct);
        await leader.Stop();

        Assert.That(await log.Head(ct), Is.GreaterThan(LogPosition.Start));
    }

    [Test]
    public async Task Appends_and_a_subscription_follow_the_leader_when_it_changes(CancellationToken ct)
    {
        await using var first = await EventStoreDbEmulator.Start(ct: ct);
        await using var second = await Follower(first, ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = $"esdb+discover://127.0.0.1:{first.Port}?tls=false" }, ct);
        await using var subscription = new Subscription(log.Subscribe(default, StreamFilter.Categories("cluster"), ct));
        await AssertWorks(log, 0, ct);

        for (var n = 1; n <= 6; n++)
        {
            var (old, next) = n % 2 == 1 ? (first, second) : (second, first);
            old.Cluster.Follow(EventStoreDbEmulator.Host, next.Port);
            next.Cluster.Others = [new(EventStoreDbEmulator.Host, old.Port, MemberState.Follower)];
            next.Cluster.Lead();
            if (n > 2)
                old.Faults.DropConnections();
            await AssertWorks(log, n, ct);
        }

        await subscription.UntilEvents(7);
        Assert.That(subscription.Events.Select(e => e.Stream), Is.EqualTo(Enumerable.Range(0, 7).Select(Stream)));
    }

    [Test]
    public async Task A_lost_leader_is_looked_for_until_there_is_a_new_one(CancellationToken ct)
    {
        await using var first = await EventStoreDbEmulator.Start(ct: ct);
        await using var second = await Follower(first, ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = $"esdb+discover://127.0.0.1:{first.Port}?tls=false&maxDiscoverAttempts=2&discoveryInterval=10" }, ct);
        await using var subscription = new Subscription(log.Subscribe(default, StreamFilter.Categories("cluster"), ct));
        await AssertWorks(log, 0, ct);
        await subscription.UntilEvents(1);

        await first.Stop();
        var appending = AssertWorks(log, 1, ct);
        var telling = subscription.UntilEvents(2);
        await Task.Delay(300, ct); // Nobody leads for so long.
        Assert.That(appending.IsCompleted, Is.False);
        second.Cluster.Others = [new(EventStoreDbEmulator.Host, first.Port, MemberState.Follower, IsAlive: false)];
        second.Cluster.Lead();

        await appending;
        await telling;
    }

    static async Task<EventStoreDbEmulator> Follower(EventStoreDbEmulator leader, CancellationToken ct)
    {
        var follower = await EventStoreDbEmulator.Start(new() { ReplicaOf = leader }, ct);
        leader.Cluster.Others = [new(EventStoreDbEmulator.Host, follower.Port, MemberState.Follower)];
        follower.Cluster.Follow(EventStoreDbEmulator.Host, leader.Port);
        return follower;
    }

    static async Task AssertWorks(EventStoreDbLog log, int n, CancellationToken ct)
    {
        var id = Guid.NewGuid();
        var result = await log.Append(Stream(n), ExpectedRevision.None, [new(id, "thing-happened.v1", "{}"u8.ToArray(), default)], ct);
        Assert.That(result, Is.InstanceOf<AppendResult.Appended>());
        await foreach (var e in log.ReadStream(Stream(n), ReadDirection.Forwards, 0, 1, ct))
            Assert.That(e.Id, Is.EqualTo(id));
    }

    static StreamName Stream(int n) => StreamName.For("cluster", $"{n}");
}
