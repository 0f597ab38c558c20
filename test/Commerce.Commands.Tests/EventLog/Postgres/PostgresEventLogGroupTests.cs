using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.Log;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;

namespace Commerce.Commands.Tests.EventLog.Postgres;

[TestFixture]
sealed class PostgresEventLogGroupTests
{
    const int Histories = 30;
    const int AppendsEach = 60;

    LogDatabase? _database;

    LogDatabase Database => _database ?? throw new InvalidOperationException("No database.");

    [OneTimeSetUp]
    public async Task Create_a_log() => _database = await LogDatabase.Create();

    [OneTimeTearDown]
    public async Task Drop_it()
    {
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Test]
    public void A_group_is_decided_as_if_its_appends_came_one_by_one() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Histories).WithReplay(2_026UL, 1UL),
            Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Play(new Random(seed)).GetAwaiter().GetResult()));

    [Test, CancelAfter(60_000)]
    public async Task What_the_server_cannot_take_harms_no_neighbour_in_its_group(CancellationToken ct)
    {
        await using var node = await LogDatabase.Node(new() { ConnectionString = Database.ConnectionString, AppendersMax = 1 });
        var slow = await Database.HoldAppends(ct);
        var first = Append(node, "first", "thing-happened.v1");
        await Database.AppendersWait(1, ct);

        // The next group gathers behind the first.
        var good = Enumerable.Range(0, 20).Select(n => Append(node, $"good{n}", "thing-happened.v1")).ToArray();
        var bad = Append(node, "bad", "nul\0");
        await slow.DisposeAsync();

        Assert.CatchAsync<PostgresException>(async () => await bad);
        Assert.That(await Task.WhenAll([first, .. good]), Is.All.InstanceOf<AppendResult.Appended>());
    }

    [Test, CancelAfter(60_000)]
    public async Task A_stream_is_begun_once_and_who_begins_another_in_the_same_group_is_not_harmed(CancellationToken ct)
    {
        var options = new PostgresEventLogOptions { ConnectionString = Database.ConnectionString };
        await using var source = LogConnections.Pool(options);
        await using var session = new AppendSession(source, options);
        var (there, fresh) = (Begin(), Begin());
        var placed = await session.Append([there], isTold: false, ct);
        var head = ((AppendResult.Appended)placed[0]).Position.Value;

        var answers = await session.Append([new(there.Stream, ExpectedRevision.None, Begin().Events, bytes: 1), fresh], isTold: false, ct);

        Assert.That(answers, Is.EqualTo((AppendResult[])[new AppendResult.WrongExpectedRevision(ExpectedRevision.None, 0), new AppendResult.Appended(0, new LogPosition(head + 1))]));
        Assert.That(await session.Append([there, Begin()], isTold: false, ct), Is.EqualTo((AppendResult[])[placed[0], new AppendResult.Appended(0, new LogPosition(head + 2))]), "a repeat");
    }

    [Test, CancelAfter(60_000)]
    public async Task When_the_queue_is_full_callers_wait_for_room(CancellationToken ct)
    {
        await using var node = await LogDatabase.Node(new() { ConnectionString = Database.ConnectionString, AppendersMax = 1, AppendsQueuedMax = 2, GroupAppendsMax = 2 });
        var slow = await Database.HoldAppends(ct);
        var appends = Enumerable.Range(0, 50).Select(n => Append(node, $"queued{n}", "thing-happened.v1")).ToArray();
        await Database.AppendersWait(1, ct);
        Assert.That(appends, Is.All.Matches<Task>(a => !a.IsCompleted));

        await slow.DisposeAsync();

        Assert.That(await Task.WhenAll(appends), Is.All.InstanceOf<AppendResult.Appended>());
    }

    [Test, CancelAfter(60_000)]
    public async Task An_append_that_gets_no_answer_in_time_counts_as_unavailable_and_its_repeat_settles_it(CancellationToken ct)
    {
        await using var hasty = await LogDatabase.Node(new() { ConnectionString = Database.ConnectionString, AnswerMax = TimeSpan.FromMilliseconds(300) });
        await using var patient = await Database.Node();
        var (stream, events) = (StreamName.For("late", Guid.NewGuid().ToString()), new[] { new NewEvent(Guid.NewGuid(), "thing-happened.v1", "{}"u8.ToArray(), default) });
        var slow = await Database.HoldAppends(ct);

        Assert.ThrowsAsync<EventLogUnavailableException>(async () => await hasty.Append(stream, ExpectedRevision.None, events, ct));
        await slow.DisposeAsync();

        Assert.That(await patient.Append(stream, ExpectedRevision.None, events, ct), Is.InstanceOf<AppendResult.Appended>());
        Assert.That(await Database.Ask<long>($"select count(*) from log.events where stream = '{stream}'", ct), Is.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task An_append_that_is_cancelled_while_it_waits_is_left_out(CancellationToken ct)
    {
        await using var node = await LogDatabase.Node(new() { ConnectionString = Database.ConnectionString, AppendersMax = 1 });
        var slow = await Database.HoldAppends(ct);
        var first = Append(node, "ahead", "thing-happened.v1");
        await Database.AppendersWait(1, ct);
        using var cancel = new CancellationTokenSource();
        var cancelled = node.Append(StreamName.For("cancelled", "1"), ExpectedRevision.None, [new(Guid.NewGuid(), "thing-happened.v1", default, default)], cancel.Token);

        await cancel.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(async () => await cancelled);
        await slow.DisposeAsync();
        await first;
        await Append(node, "behind", "thing-happened.v1");

        Assert.That(await Database.Ask<long>("select count(*) from log.events where stream = 'cancelled-1'", ct), Is.Zero);
    }

    static PendingAppend Begin() =>
        new(StreamName.For("begun", Guid.NewGuid().ToString()), ExpectedRevision.None, [new(Guid.NewGuid(), "thing-happened.v1", "{}"u8.ToArray(), default)], bytes: 1);

    static Task<AppendResult> Append(PostgresEventLog node, string id, string type) =>
        Task.Run(() => node.Append(StreamName.For("group", id), ExpectedRevision.Any, [new(Guid.NewGuid(), type, "{}"u8.ToArray(), default)], CancellationToken.None));

    async Task Play(Random random)
    {
        var options = new PostgresEventLogOptions { ConnectionString = Database.ConnectionString, GroupAppendsMax = random.Next(2, 20) };
        await using var source = LogConnections.Pool(options);
        await using var session = new AppendSession(source, options);
        var category = $"c{Guid.NewGuid():n}";
        var (model, appends, group, said) = (new LogModel(), new RandomAppends(random, category), new AppendGroup(options), new List<(RandomAppend Append, (long?, long?)[] Answers)>());
        for (var n = 0; n < AppendsEach; n++)
        {
            var next = appends.Next(model);
            var pending = new PendingAppend(next.Stream, next.Expected, next.Events, bytes: 1);
            if (!group.TryAdd(pending))
            {
                await Write();
                Assert.That(group.TryAdd(pending));
            }

            said.Add((next, model.Append(next.Stream, next.Expected, [.. next.Events.Select(e => e.Id)])));
            if (group.IsFull)
                await Write();
        }

        await Write();
        var read = new List<(StreamName, Guid)>();
        await foreach (var e in Database.Log.ReadAll(default, StreamFilter.Categories(category), int.MaxValue, CancellationToken.None))
            read.Add((e.Stream, e.Id));
        Assert.That(read, Is.EqualTo(model.Everything));

        async Task Write()
        {
            if (group.Appends.Count == 0)
                return;
            var results = await session.Append(group.Appends, isTold: true, CancellationToken.None);
            Assert.That(results, Has.Length.EqualTo(said.Count));
            for (var i = 0; i < results.Length; i++)
                Assert.That(said[i].Answers, Has.Member(LogModel.AnswerOf(results[i])), said[i].Append.ToString());
            group.Clear();
            said.Clear();
        }
    }
}
