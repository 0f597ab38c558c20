using Commerce.Commands.Embedded;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.Log;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Commands.Tests.EventLog.Postgres;

[TestFixture]
sealed class PostgresEventLogLossTests
{
    const int Writers = 8;

    [Test, CancelAfter(90_000)]
    public async Task Connections_that_are_cut_while_64_appends_are_under_way_lose_and_double_nothing(CancellationToken ct)
    {
        const int AppendsEach = 40;
        await using var database = await LogDatabase.Create();
        await using var subscription = new Subscription(database.Log.Subscribe(LogPosition.Start, StreamFilter.All, ct));
        await subscription.UntilCaughtUp();

        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(() => Write(database.Log, w, AppendsEach, ct))));
        for (var cut = 1; cut < 6; cut++)
        {
            await subscription.UntilEvents(cut * 50);
            await database.Execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'commerce-log' and datname = current_database()", ct);
        }

        await subscription.UntilEvents(Writers * AppendsEach);
        await writing;

        AssertWhole(subscription, AppendsEach);
    }

    [Test, CancelAfter(180_000)]
    public async Task A_server_that_is_killed_and_started_again_leaves_no_gap_in_a_subscription(CancellationToken ct)
    {
        const int AppendsEach = 60;
        var options = new EmbeddedPostgresOptions { DataFolder = Checkout.TestData($"log-{Guid.NewGuid():N}") };
        var server = await EmbeddedPostgres.Attach(options, NullLogger.Instance, ct);
        try
        {
            await using (var log = await LogDatabase.Node(new() { ConnectionString = server.ConnectionString }))
            {
                await using var subscription = new Subscription(log.Subscribe(LogPosition.Start, StreamFilter.All, ct));
                await subscription.UntilCaughtUp();
                var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(() => Write(log, w, AppendsEach, ct))));
                await subscription.UntilEvents(100);

                using (var postmaster = System.Diagnostics.Process.GetProcessById(server.ServerProcessId))
                    postmaster.Kill();
                await using (await EmbeddedPostgres.Attach(options, NullLogger.Instance, ct))
                {
                    await subscription.UntilEvents(Writers * AppendsEach);
                    await writing;
                }

                AssertWhole(subscription, AppendsEach);
            }
        }
        finally
        {
            await server.DisposeAsync();
            Directory.Delete(server.Folder, recursive: true);
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task A_log_that_cannot_be_reached_says_so(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create();
        var gone = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = 1 }.ConnectionString;
        Assert.ThrowsAsync<EventLogUnavailableException>(() => LogDatabase.Node(new() { ConnectionString = gone }));

        await using var log = await LogDatabase.Node(new() { ConnectionString = database.ConnectionString });
        await Close(database, ct);

        Assert.ThrowsAsync<EventLogUnavailableException>(async () => await log.Append(Stream(0), ExpectedRevision.Any, [Event(0, 0)], ct));
        Assert.ThrowsAsync<EventLogUnavailableException>(async () => await log.Head(ct));
        Assert.ThrowsAsync<EventLogUnavailableException>(async () => await First(log.ReadStream(Stream(0), ReadDirection.Forwards, 0, 1, ct)));
        Assert.ThrowsAsync<EventLogUnavailableException>(async () => await First(log.Subscribe(LogPosition.Start, StreamFilter.All, ct)));
    }

    // As a careful caller does: the same append again until it is answered.
    static async Task Write(PostgresEventLog log, int writer, int appends, CancellationToken ct)
    {
        for (var n = 0; n < appends; n++)
        {
            AppendResult? result = null;
            while (result is null)
            {
                try
                {
                    result = await log.Append(Stream(writer), ExpectedRevision.Exact(n - 1), [Event(writer, n)], ct);
                }
                catch (EventLogUnavailableException)
                {
                    await Task.Delay(20, ct);
                }
            }

            Assert.That(result, Is.InstanceOf<AppendResult.Appended>().With.Property("Revision").EqualTo(n));
        }
    }

    static void AssertWhole(Subscription subscription, int appendsEach)
    {
        Assert.That(subscription.Events.Select(e => e.Position.Value), Is.EqualTo(Enumerable.Range(1, Writers * appendsEach)));
        foreach (var stream in subscription.Events.GroupBy(e => e.Stream))
            Assert.That(stream.Select(e => e.Id), Is.EqualTo(Enumerable.Range(0, appendsEach).Select(n => Event(int.Parse(stream.Key.Id, null), n).Id)));
    }

    // As when the server is gone, for this database alone.
    static async Task Close(LogDatabase database, CancellationToken ct)
    {
        var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
        await using var server = new NpgsqlConnection(await PostgresForTests.Server(ct));
        await server.OpenAsync(ct);
        foreach (var sql in new[] { $"alter database {name} allow_connections false", $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'" })
        {
            await using var command = new NpgsqlCommand(sql, server);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    static async Task<T> First<T>(IAsyncEnumerable<T> all)
    {
        await foreach (var one in all)
            return one;
        throw new InvalidOperationException("Nothing.");
    }

    static StreamName Stream(int writer) => StreamName.For("loss", $"{writer}");

    static NewEvent Event(int writer, int n) => new(new Guid(writer, (short)n, 0, new byte[8]), "thing-happened.v1", "{}"u8.ToArray(), default);
}
