using Commerce.Domain.Log;
using Commerce.Testing;

namespace Commerce.Commands.Tests.EventLog.Postgres;

/// <summary>Those who follow the log share what is read of its end; each is told what it would be told alone.</summary>
[TestFixture]
sealed class PostgresEventLogTailTests
{
    const int Appends = 300;

    static readonly string[] Colours = ["red", "green", "blue"];

    static readonly StreamFilter[] Filters = [StreamFilter.All, StreamFilter.Categories("red"), StreamFilter.Categories("blue", "green"), StreamFilter.Categories("none")];

    [Test, CancelAfter(120_000)]
    public async Task However_little_is_kept_and_wherever_they_begin_all_followers_are_told_everything_in_order([Values(1, 7, 32_768)] int kept, CancellationToken ct)
    {
        await using var database = await LogDatabase.Create(c => new() { ConnectionString = c, TailEventsMax = kept, PageEventsMax = 5, FilteredPageEventsMax = 9 });
        await using var other = await database.Node();
        var random = new Random(kept);
        var appending = Task.Run(() => AppendTo([database.Log, other], random, ct), ct);
        var followers = Enumerable.Range(0, 12).Select(n => Task.Run(() => Follow(database.Log, n, ct), ct)).ToArray();
        await appending;
        for (var n = 0; n < followers.Length; n++)
        {
            var (from, told) = await followers[n];
            var written = await database.Log.ReadAll(from, Filters[n % Filters.Length], int.MaxValue, ct).Collect();
            Assert.That(told, Is.EqualTo(written.Select(e => e.Position)), $"Follower {n}, from {from}.");
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task What_is_appended_after_everybody_has_caught_up_is_told_at_once_by_whatever_node(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create(c => new() { ConnectionString = c, PollInterval = TimeSpan.FromHours(1) });
        await using var other = await database.Node();
        await Append(database.Log, "red-1", ct);
        Subscription[] followers = [.. Filters.Select(f => new Subscription(database.Log.Subscribe(LogPosition.Start, f, ct)))];
        for (var n = 0; n < 50; n++)
        {
            var position = await Append(n % 2 == 0 ? database.Log : other, $"red-{n}x", ct);
            foreach (var follower in followers)
            {
                await follower.UntilReached(position);
            }
        }

        Assert.That(followers.Select(f => f.Events.Count()), Is.EqualTo(new[] { 51, 51, 0, 0 }));
        foreach (var follower in followers)
        {
            await follower.DisposeAsync();
        }
    }

    static async Task AppendTo(IEventLog[] nodes, Random random, CancellationToken ct)
    {
        for (var n = 0; n < Appends; n++)
        {
            await Append(nodes[random.Next(nodes.Length)], $"{Colours[random.Next(Colours.Length)]}-{n}", ct);
        }

        await Append(nodes[0], "end-1", ct);
    }

    static async Task<LogPosition> Append(IEventLog log, string stream, CancellationToken ct)
    {
        var events = new[] { new NewEvent(Guid.NewGuid(), "thing-happened.v1", "{}"u8.ToArray(), default) };
        return await log.Append(StreamName.Parse(stream, null), ExpectedRevision.Any, events, ct) is AppendResult.Appended appended ? appended.Position : throw new AssertionException("It was not appended.");
    }

    // Each begins when the log has grown to some length, and from somewhere before that; every third one is slow.
    static async Task<(LogPosition From, List<LogPosition> Told)> Follow(IEventLog log, int number, CancellationToken ct)
    {
        while ((await log.Head(ct)).Value < number * 20)
        {
            await Task.Yield();
        }

        var from = new LogPosition(number * 7);
        var told = new List<LogPosition>();
        await foreach (var message in log.Subscribe(from, Filters[number % Filters.Length], ct))
        {
            if (message is LogMessage.Appeared { Event: var e })
            {
                told.Add(e.Position);
                await (number % 3 == 0 ? Task.Delay(1, ct) : Task.CompletedTask);
            }

            if (Subscription.PositionOf(message).Value > Appends)
            {
                break;
            }
        }

        return (from, told);
    }
}
