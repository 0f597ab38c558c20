using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.Tests.EventLog.Postgres;

[TestFixture]
sealed class PostgresEventLogNoticeTests
{
    static readonly TimeSpan Never = TimeSpan.FromHours(1);
    static readonly StreamName Stream = StreamName.For("notice", "1");

    [Test, CancelAfter(60_000)]
    public async Task Who_appends_without_a_pause_gives_one_notice_for_all_and_the_last_when_it_leaves(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create();
        await using var listener = await Listener.Start(database.ConnectionString, ct);

        await using (var node = await LogDatabase.Node(new() { ConnectionString = database.ConnectionString, NoticeInterval = Never }))
        {
            for (var n = 1; n <= 50; n++)
                await Append(node, n, ct);
        }

        Assert.That(await listener.Heard("50", ct), Is.EqualTo(["1", "50"]));
    }

    [Test, CancelAfter(60_000)]
    public async Task What_was_appended_right_after_a_notice_is_told_of_although_nothing_follows(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create(c => new() { ConnectionString = c, NoticeInterval = TimeSpan.FromMilliseconds(100) });
        await using var listener = await Listener.Start(database.ConnectionString, ct);

        await Append(database.Log, 1, ct);
        await Append(database.Log, 2, ct);

        Assert.That((await listener.Heard("2", ct))[^1], Is.EqualTo("2"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Followers_in_the_process_that_appends_need_no_notice(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create(c => new() { ConnectionString = c, NoticeInterval = Never, PollInterval = Never });
        await using var subscription = new Subscription(database.Log.Subscribe(LogPosition.Start, StreamFilter.All, ct));
        await subscription.UntilCaughtUp();

        for (var n = 1; n <= 20; n++)
        {
            await Append(database.Log, n, ct);
            await subscription.UntilEvents(n);
        }
    }

    // What expects no revision is decided by the server, which gives notice each time.
    static Task<AppendResult> Append(PostgresEventLog log, int n, CancellationToken ct) =>
        log.Append(Stream, ExpectedRevision.Exact(n - 2), [new(Guid.NewGuid(), "thing-happened.v1", "{}"u8.ToArray(), default)], ct);

    /// <summary>Another process, as far as the server knows.</summary>
    sealed class Listener(NpgsqlConnection connection) : IAsyncDisposable
    {
        readonly List<string> _heard = [];

        public static async Task<Listener> Start(string connectionString, CancellationToken ct)
        {
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
            await connection.OpenAsync(ct);
            await using var listen = new NpgsqlCommand($"listen {LogSchema.Channel("log")}", connection);
            await listen.ExecuteNonQueryAsync(ct);
            return new(connection);
        }

        /// <summary>All that was heard up to this.</summary>
        public async Task<IReadOnlyList<string>> Heard(string last, CancellationToken ct)
        {
            connection.Notification += (_, told) => _heard.Add(told.Payload);
            while (!_heard.Contains(last))
                await connection.WaitAsync(ct);

            return _heard;
        }

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
