using Commerce.Commands.Sagas.Deadlines;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Commands.Tests.Sagas.Deadlines;

/// <summary>Open deadlines in PostgreSQL.</summary>
[TestFixture]
public sealed class DeadlineTableTests
{
    static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    TestDatabase? _created;
    NpgsqlDataSource? _source;

    NpgsqlDataSource Database => _source ?? throw new InvalidOperationException();

    PostgresDeadlineTable Table => new(Database);

    [SetUp]
    public async Task Open()
    {
        _created = await PostgresForTests.CreateDatabase();
        _source = NpgsqlDataSource.Create(_created.ConnectionString);
        Assert.That(await Table.Load(default), Is.EqualTo(LogPosition.Start));
    }

    [TearDown]
    public async Task Close()
    {
        if (_source is not null)
        {
            await _source.DisposeAsync();
        }

        if (_created is not null)
        {
            await _created.DisposeAsync();
        }
    }

    [Test]
    public async Task What_is_due_is_told_the_longest_waiting_first_and_no_more_than_asked_for()
    {
        var (one, two, three) = (At("payment-1", Noon), At("fulfilment-2", Noon.AddMinutes(-5)) with { Correlation = null, TraceParent = null }, At("payment-3", Noon.AddTicks(10)));
        await Table.Apply(LogPosition.Start, new LogPosition(7), [Set(one), Set(two), Set(three)], default);
        Assert.That(await Table.Load(default), Is.EqualTo(new LogPosition(7)));
        Assert.That(await Table.Due(Noon, 10, default), Is.EqualTo(new[] { two, one }));
        Assert.That(await Table.Due(Noon.AddDays(1), 1, default), Is.EqualTo(new[] { two }));
    }

    [Test]
    public async Task What_ended_is_gone_and_what_was_woken_waits_for_its_next_time()
    {
        var (one, two) = (At("payment-1", Noon), At("payment-2", Noon));
        await Table.Apply(LogPosition.Start, new LogPosition(2), [Set(one), Set(two)], default);
        await Table.Apply(new LogPosition(2), new LogPosition(3), [new DeadlineChange.Ended(one.Stream)], default);
        await Table.Woken(two, Noon.AddMinutes(1), default);
        await Table.Woken(one, Noon.AddMinutes(1), default);
        Assert.That(await Table.Due(Noon.AddSeconds(59), 10, default), Is.Empty);
        Assert.That(await Table.Due(Noon.AddMinutes(1), 10, default), Is.EqualTo(new[] { two with { Wakings = 1 } }));
    }

    [Test]
    public async Task Whoever_was_overtaken_changes_nothing()
    {
        var (one, two) = (At("payment-1", Noon), At("payment-2", Noon));
        await Table.Apply(LogPosition.Start, new LogPosition(5), [Set(one)], default);
        Assert.ThrowsAsync<FollowerOvertakenException>(() => Table.Apply(LogPosition.Start, new LogPosition(9), [Set(two), new DeadlineChange.Ended(one.Stream)], default));
        Assert.That((await Table.Load(default), await Table.Due(Noon, 10, default)), Is.EqualTo((new LogPosition(5), new[] { one })));
    }

    [Test]
    public async Task A_change_that_cannot_be_stored_leaves_the_checkpoint_where_it_was()
    {
        var same = At("payment-1", Noon);
        await using (var drop = Database.CreateCommand("ALTER TABLE commerce.deadlines DROP COLUMN trace_parent"))
        {
            await drop.ExecuteNonQueryAsync();
        }

        Assert.ThrowsAsync<PostgresException>(() => Table.Apply(LogPosition.Start, new LogPosition(9), [Set(same)], default));
        Assert.That(await Scalar("SELECT position FROM commerce.relay_checkpoints WHERE name = 'deadlines-3'"), Is.EqualTo(LogPosition.Start.Value));
    }

    [Test]
    public async Task What_is_due_is_found_by_an_index()
    {
        await using (var fill = Database.CreateCommand("INSERT INTO commerce.deadlines (stream, order_id, due_at, wake_at, cause) SELECT 'payment-' || n, gen_random_uuid(), now(), now() + n * interval '1 second', gen_random_uuid() FROM generate_series(1, 20000) n; ANALYZE commerce.deadlines"))
        {
            await fill.ExecuteNonQueryAsync();
        }

        await using var explain = Database.CreateCommand("EXPLAIN SELECT stream FROM commerce.deadlines WHERE wake_at <= now() ORDER BY wake_at LIMIT 256");
        await using var rows = await explain.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await rows.ReadAsync())
        {
            plan.Add(rows.GetString(0));
        }

        Assert.That(string.Join("\n", plan), Does.Contain("deadlines_wake_at").And.Not.Contain("Seq Scan"));
    }

    async Task<object?> Scalar(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    static DeadlineChange Set(Deadline deadline) => new DeadlineChange.Set(deadline);

    static Deadline At(string stream, DateTimeOffset due) => new(StreamName.Parse(stream, null), new OrderId(new Guid("01920000-0000-7000-8000-000000000001")), due, Guid.NewGuid(), "corr-1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}
