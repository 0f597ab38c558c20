using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.Tests.EventLog.Postgres;

[TestFixture]
sealed class PostgresEventLogNodesTests
{
    LogDatabase? _database;

    LogDatabase Database => _database ?? throw new InvalidOperationException("No database.");

    [SetUp]
    public async Task Create_a_log() => _database = await LogDatabase.Create();

    [TearDown]
    public async Task Drop_it()
    {
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Test, CancelAfter(60_000)]
    public async Task Many_nodes_may_create_the_log_at_once(CancellationToken ct)
    {
        await Database.Execute("drop schema log cascade", ct);

        var nodes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Database.Node())));

        for (var n = 0; n < nodes.Length; n++)
        {
            Assert.That(await nodes[n].Append(Stream("1"), ExpectedRevision.Exact(n - 1), [Event()], ct), Is.InstanceOf<AppendResult.Appended>());
            await nodes[n].DisposeAsync();
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task A_node_that_commits_late_is_waited_for_so_no_reader_skips_its_events(CancellationToken ct)
    {
        await using var other = await Database.Node();
        await Database.Log.Append(Stream("0"), ExpectedRevision.None, [Event()], ct);
        await using var subscription = new Subscription(other.Subscribe(LogPosition.Start, StreamFilter.All, ct));
        await subscription.UntilCaughtUp();

        // This one has its positions and has written its rows, and does not commit yet.
        var late = await Database.HoldAppends(ct);
        await using (var write = await AppendStatements.Prepare(late, new() { ConnectionString = Database.ConnectionString }, ct))
            await write.Execute([new(StreamName.For("late", "1"), ExpectedRevision.None, [Event()], bytes: 1)], isTold: true, ct);
        var quick = other.Append(Stream("quick"), ExpectedRevision.None, [Event()], ct);
        await Database.AppendersWait(1, ct);
        Assert.That(await other.Head(ct), Is.EqualTo(new LogPosition(1)));

        await using (var commit = new NpgsqlCommand("commit", late))
            await commit.ExecuteNonQueryAsync(ct);
        await late.DisposeAsync();
        await quick;
        await subscription.UntilEvents(3);

        Assert.That(subscription.Events.Select(e => (e.Stream, e.Position.Value)), Is.EqualTo(new[] { (Stream("0"), 1L), (StreamName.For("late", "1"), 2L), (Stream("quick"), 3L) }));
    }

    [Test, CancelAfter(60_000)]
    public async Task On_a_connection_whose_statements_share_one_snapshot_nothing_is_appended(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        await using var write = await AppendStatements.Prepare(connection, new() { ConnectionString = Database.ConnectionString }, ct);

        var refused = Assert.ThrowsAsync<PostgresException>(() => write.Execute([new(Stream("1"), ExpectedRevision.None, [Event()], bytes: 1)], isTold: true, ct));

        Assert.That(refused?.MessageText, Is.EqualTo("Appends need the isolation level read committed."));
        Assert.That(await Database.Log.Head(ct), Is.EqualTo(LogPosition.Start));
    }

    [Test, CancelAfter(60_000)]
    public async Task Two_nodes_that_write_the_same_streams_make_one_log(CancellationToken ct)
    {
        const int Writers = 16;
        const int AppendsEach = 25;
        await using var other = await Database.Node();
        await using var subscription = new Subscription(other.Subscribe(LogPosition.Start, StreamFilter.All, ct));

        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(() => Write(w % 2 == 0 ? Database.Log : other, w))));
        await subscription.UntilEvents(Writers * AppendsEach);
        await writing;

        Assert.That(subscription.Events.Select(e => e.Position.Value), Is.EqualTo(Enumerable.Range(1, Writers * AppendsEach)));
        foreach (var stream in subscription.Events.GroupBy(e => e.Stream))
            Assert.That(stream.Select(e => e.Revision), Is.EqualTo(Enumerable.Range(0, stream.Count())));

        async Task Write(PostgresEventLog node, int writer)
        {
            var at = -1L;
            for (var n = 0; n < AppendsEach;)
            {
                switch (await node.Append(Stream($"{writer % 3}"), ExpectedRevision.Exact(at), [Event()], ct))
                {
                    case AppendResult.Appended taken:
                        (at, n) = (taken.Revision, n + 1);
                        break;
                    case AppendResult.WrongExpectedRevision lost:
                        at = lost.Actual;
                        break;
                }
            }
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task A_subscription_on_one_node_hears_of_another_nodes_events_without_polling(CancellationToken ct)
    {
        await using var reader = await LogDatabase.Node(new() { ConnectionString = Database.ConnectionString, PollInterval = TimeSpan.FromHours(1) });
        await using var subscription = new Subscription(reader.Subscribe(LogPosition.Start, StreamFilter.All, ct));
        await subscription.UntilCaughtUp();

        for (var n = 1; n <= 20; n++)
        {
            await Database.Log.Append(Stream("1"), ExpectedRevision.Any, [Event()], ct);
            await subscription.UntilEvents(n);
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Two_logs_in_one_database_keep_apart(CancellationToken ct)
    {
        await using var second = await LogDatabase.Node(new() { ConnectionString = Database.ConnectionString, Schema = "log_2" });
        await using var held = await Database.HoldAppends(ct);

        Assert.That(await second.Append(Stream("1"), ExpectedRevision.None, [Event()], ct), Is.EqualTo(new AppendResult.Appended(0, new LogPosition(1))));
        Assert.That(await Database.Log.Head(ct), Is.EqualTo(LogPosition.Start));
    }

    [Test, CancelAfter(60_000)]
    public async Task The_log_cannot_be_changed_and_auditors_read_it_decoded(CancellationToken ct)
    {
        await Database.Log.Append(Stream("1"), ExpectedRevision.None, [Event("""{"sku":"A"}"""), Event("no json")], ct);

        foreach (var change in new[] { "update log.appends set revision = 7", "delete from log.appends", "truncate log.appends", "delete from log.events" })
            Assert.CatchAsync<PostgresException>(() => Database.Execute(change, ct));
        Assert.That(await Database.Ask<string>("select string_agg(coalesce(data->>'sku', 'none'), ' ' order by position) from log.events_json", ct), Is.EqualTo("A none"));
    }

    static StreamName Stream(string id) => StreamName.For("node", id);

    static NewEvent Event(string data = "{}") => new(Guid.NewGuid(), "thing-happened.v1", System.Text.Encoding.UTF8.GetBytes(data), default);
}
