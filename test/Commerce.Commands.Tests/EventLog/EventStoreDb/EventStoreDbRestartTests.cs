using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Domain.Log;
using Commerce.Testing.EventStoreDb;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>The server is stopped and started again, more than once, while 10,000 events come in; what it had written but not answered it recognises no more.</summary>
[TestFixture]
sealed class EventStoreDbRestartTests
{
    const int Appends = 10_000;
    const int InFlight = 64;
    const int Streams = 500;
    const int Restarts = 4;

    [Test, CancelAfter(120_000)]
    public async Task Restarts_in_the_middle_of_10000_appends_lose_and_double_nothing(CancellationToken ct)
    {
        await using var server = await EventStoreDbEmulator.Start(ct: ct);
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString }, ct);
        await using var subscription = new Subscription(log.Subscribe(LogPosition.Start, StreamFilter.Categories("restart"), ct));
        var acknowledged = new ConcurrentDictionary<Guid, AppendResult.Appended>();

        var numbers = Enumerable.Range(0, Appends).GetEnumerator();
        var writing = Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(() => Write(log, numbers, acknowledged, ct), ct)));
        for (var restart = 1; restart <= Restarts; restart++)
        {
            await subscription.UntilEvents(restart * Appends / (Restarts + 2));
            server.Faults.DropAfterWriting(InFlight / 2);
            if (restart % 2 == 0)
                await subscription.UntilEvents(subscription.Events.Count() + InFlight);
            await server.Restart();
        }

        await writing;
        await subscription.UntilEvents(Appends);

        var there = await Everything(log, ct);
        Assert.That(there.Select(e => e.Id), Is.Unique);
        Assert.That(there.Select(e => e.Id), Is.EquivalentTo(acknowledged.Keys));
        Assert.That(there.Select(e => (e.Id, new AppendResult.Appended(e.Revision, e.Position))), Is.All.Matches<(Guid Id, AppendResult.Appended Result)>(e => acknowledged[e.Id] == e.Result));
        Assert.That(subscription.Events.Select(e => e.Id), Is.EqualTo(there.Select(e => e.Id)));
        Assert.That(subscription.Told.Select(Subscription.PositionOf), Is.Ordered);
    }

    // As a careful caller does: the same append again until it is answered. Every third one names no revision.
    static async Task Write(EventStoreDbLog log, IEnumerator<int> numbers, ConcurrentDictionary<Guid, AppendResult.Appended> acknowledged, CancellationToken ct)
    {
        while (Next(numbers) is { } n)
        {
            var e = new NewEvent(Guid.NewGuid(), "thing-happened.v1", Encoding.UTF8.GetBytes(n.ToString(CultureInfo.InvariantCulture)), default);
            var (stream, demand) = n % 3 == 0 ? (StreamName.For("restart", $"{n % Streams}"), ExpectedRevision.Any) : (StreamName.For("restart", $"own-{n}"), ExpectedRevision.None);
            AppendResult? result = null;
            while (result is null)
            {
                try
                {
                    result = await log.Append(stream, demand, [e], ct);
                }
                catch (EventLogUnavailableException)
                {
                    await Task.Delay(20, ct);
                }
            }

            Assert.That(result, Is.InstanceOf<AppendResult.Appended>());
            Assert.That(acknowledged.TryAdd(e.Id, (AppendResult.Appended)result));
        }
    }

    static int? Next(IEnumerator<int> numbers)
    {
        lock (numbers)
            return numbers.MoveNext() ? numbers.Current : null;
    }

    static async Task<List<RecordedEvent>> Everything(EventStoreDbLog log, CancellationToken ct)
    {
        var all = new List<RecordedEvent>();
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.Categories("restart"), int.MaxValue, ct))
            all.Add(e);
        return all;
    }
}
