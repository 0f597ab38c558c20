using Commerce.Commands.EventLog;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Tests.EventLog.EventStoreDb;
using Commerce.Domain.Log;
using Commerce.Testing.EventStoreDb;
using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Commands.Tests.EventLog;

/// <summary>A read database stays with the log that it was made of.</summary>
[TestFixture]
public sealed class LogBindingTests
{
    static readonly EventLogLocation Here = EventLogLocation.Parse("postgresql://db/log");
    static readonly StreamName Stream = StreamName.Parse("order-1", null);

    TestDatabase _created;
    NpgsqlDataSource _database;

    [SetUp]
    public async Task Open()
    {
        _created = await PostgresForTests.CreateDatabase();
        _database = NpgsqlDataSource.Create(_created.ConnectionString);
    }

    [TearDown]
    public async Task Close()
    {
        await _database.DisposeAsync();
        await _created.DisposeAsync();
    }

    [Test]
    public async Task The_same_log_is_welcome_again_before_its_first_event_and_after_it()
    {
        var log = new InMemoryEventLog(TimeProvider.System);
        await Check(log);
        await Check(log);
        await Append(log);
        await Check(log);
        await Append(log);
        await Check(log);
    }

    [Test]
    public async Task A_log_whose_positions_lie_far_apart_is_known_again()
    {
        // Such a server answers only for positions that it gave.
        await using var server = await EventStoreDbEmulator.Start();
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString });
        for (var n = 0; n < 3; n++)
        {
            await Append(log);
            await Append(log, "order-2");
            await Check(log);
        }
    }

    [Test]
    public async Task A_log_in_which_somebody_deleted_the_streams_of_the_known_events_is_the_same()
    {
        await using var server = await EventStoreDbEmulator.Start();
        await using var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString });
        await Append(log);
        await Append(log, "order-2");
        await Check(log);
        foreach (var stream in new[] { "order-1", "order-2" })
            await Operator.DeleteForGood(server, StreamName.Parse(stream, null), default);

        await Check(log);
        await Append(log, "order-3");
        await Check(log);
    }

    [Test]
    public async Task Processes_that_start_at_once_agree()
    {
        var log = new InMemoryEventLog(TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
        {
            if (n == 4)
                await Append(log);
            await Check(log);
        }));
    }

    [Test]
    public async Task Another_log_is_refused_in_a_sentence_that_says_what_to_do()
    {
        var (mine, other) = (new InMemoryEventLog(TimeProvider.System), new InMemoryEventLog(TimeProvider.System));
        await Append(mine);
        await Append(other);
        await Check(mine);

        foreach (var log in new[] { other, new InMemoryEventLog(TimeProvider.System) })
        {
            var refused = Assert.ThrowsAsync<ForeignReadDatabaseException>(() => Check(log));
            Assert.That(refused?.Message, Does.Contain("first event").And.Contain("--postgres").And.Not.Contain("\n"));
        }

        await Check(mine);
    }

    [Test]
    public async Task A_copy_whose_positions_differ_is_another_log()
    {
        var (mine, copy) = (new InMemoryEventLog(TimeProvider.System), new InMemoryEventLog(TimeProvider.System));
        var first = Event();
        await mine.Append(Stream, ExpectedRevision.None, [first], default);
        await copy.Append(StreamName.Parse("others-1", null), ExpectedRevision.None, [Event()], default);
        await copy.Append(StreamName.Parse("p.order-1", null), ExpectedRevision.None, [first], default);
        await Check(mine);

        Assert.ThrowsAsync<ForeignReadDatabaseException>(() => LogBinding.Check(_database, Here, null, new PrefixedEventLog(copy, StreamPrefix.Of("p.")), default));
    }

    [Test]
    public async Task A_copy_that_begins_at_the_same_position_and_goes_on_at_others_is_another_log()
    {
        var (mine, copy, events) = (new InMemoryEventLog(TimeProvider.System), new InMemoryEventLog(TimeProvider.System), new[] { Event(), Event(), Event() });
        await mine.Append(Stream, ExpectedRevision.None, events, default);
        await copy.Append(Stream, ExpectedRevision.None, events[..1], default);
        await Append(copy, "others-1");
        await copy.Append(Stream, ExpectedRevision.Exact(0), events[1..], default);
        await Check(mine);

        var refused = Assert.ThrowsAsync<ForeignReadDatabaseException>(() => Check(copy));
        Assert.That(refused?.Message, Does.Contain("other positions"));

        await Append(mine);
        await Check(mine);
    }

    [Test]
    public async Task A_log_that_has_lost_its_newest_events_is_another_log()
    {
        var (mine, restored, events) = (new InMemoryEventLog(TimeProvider.System), new InMemoryEventLog(TimeProvider.System), new[] { Event(), Event() });
        await mine.Append(Stream, ExpectedRevision.None, events, default);
        await restored.Append(Stream, ExpectedRevision.None, events[..1], default);
        await Check(mine);

        Assert.ThrowsAsync<ForeignReadDatabaseException>(() => Check(restored));
    }

    [Test]
    public async Task Another_part_of_the_same_log_is_another_log()
    {
        var log = new InMemoryEventLog(TimeProvider.System);
        await Check(log);

        var refused = Assert.ThrowsAsync<ForeignReadDatabaseException>(() => LogBinding.Check(_database, Here, StreamPrefix.Of("p."), log, default));

        Assert.That(refused?.Message, Does.Contain("no stream prefix, not with the stream prefix p."));
    }

    Task Check(IEventLog log) => LogBinding.Check(_database, Here, null, log, default);

    static Task Append(IEventLog log, string stream = "order-1") => log.Append(StreamName.Parse(stream, null), ExpectedRevision.Any, [Event()], default);

    static NewEvent Event() => new(Guid.NewGuid(), "thing-happened.v1", "{}"u8.ToArray(), "{}"u8.ToArray());
}
