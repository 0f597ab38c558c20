using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;
using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>What relay and consumers keep in PostgreSQL.</summary>
[TestFixture]
public sealed class RelayStorageTests
{
    static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    TestDatabase? _created;
    NpgsqlDataSource? _source;

    NpgsqlDataSource Database => _source ?? throw new InvalidOperationException();

    [OneTimeSetUp]
    public async Task Open()
    {
        _created = await PostgresForTests.CreateDatabase();
        _source = NpgsqlDataSource.Create(_created.ConnectionString);
    }

    [OneTimeTearDown]
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
    public async Task A_checkpoint_is_kept_and_never_goes_back()
    {
        var checkpoints = new PostgresRelayCheckpoints(Database, "a");
        Assert.That(await checkpoints.Load(default), Is.EqualTo(LogPosition.Start));
        await checkpoints.Save(new LogPosition(7), default);
        await checkpoints.Save(new LogPosition(3), default);
        Assert.That(await new PostgresRelayCheckpoints(Database, "a").Load(default), Is.EqualTo(new LogPosition(7)));
        Assert.That(await new PostgresRelayCheckpoints(Database, "b").Load(default), Is.EqualTo(LogPosition.Start));
    }

    [Test]
    public async Task One_leads_and_another_takes_over_when_it_steps_down()
    {
        var (one, two) = (Leadership("l1"), Leadership("l1"));
        var lease = await one.Acquire(default);
        var waiting = two.Acquire(default);
        Assert.That(waiting.IsCompleted, Is.False);
        await lease.DisposeAsync();
        await using var next = await waiting.WaitAsync(Patience);
        Assert.That(next.Lost.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task Who_loses_the_connection_loses_the_lead_and_learns_of_it()
    {
        await using var lease = await Leadership("l2").Acquire(default);
        var lost = new TaskCompletionSource();
        await using var watch = lease.Lost.Register(lost.SetResult);
        await using (var kill = Database.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"))
        {
            await kill.ExecuteNonQueryAsync();
        }

        await lost.Task.WaitAsync(Patience);
        await using var next = await Leadership("l2").Acquire(default).WaitAsync(Patience);
    }

    [Test]
    public async Task What_this_process_leads_can_be_told()
    {
        var led = new LedHere();
        await using (await Leadership("l3", led).Acquire(default))
        {
            Assert.That(led.Names, Is.EqualTo(new[] { "l3" }));
        }

        Assert.That(led.Names, Is.Empty);
    }

    [Test]
    public async Task Who_holds_the_lead_and_says_nothing_any_more_loses_it_to_another()
    {
        await using var hanging = NpgsqlDataSource.Create(_created?.ConnectionString ?? "");
        var stopped = new StoppedTime();
        await using var lease = await new PostgresLeadership(hanging, "l4", Often, new LedHere(), stopped).Acquire(default);
        await using var next = await Leadership("l4").Acquire(default).WaitAsync(Patience);
        Assert.That(lease.Lost.IsCancellationRequested, Is.False, "it hangs, and has not noticed");
    }

    [Test]
    public async Task Who_hangs_in_the_middle_of_a_transaction_loses_what_it_has_locked()
    {
        var checkpoints = new PostgresRelayCheckpoints(Database, "hung");
        await checkpoints.Save(new LogPosition(1), default);
        await using var shared = SharedDatabase.Open(_created?.ConnectionString ?? "");
        await using var connection = await shared.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var held = new NpgsqlCommand("SELECT FROM commerce.relay_checkpoints FOR UPDATE", connection);
        await held.ExecuteNonQueryAsync();

        await checkpoints.Save(new LogPosition(2), default).WaitAsync(Patience);

        Assert.CatchAsync<NpgsqlException>(() => held.ExecuteNonQueryAsync(), "it learns that its transaction is lost");
        Assert.That(await checkpoints.Load(default), Is.EqualTo(new LogPosition(2)));
    }

    PostgresLeadership Leadership(string name, LedHere? led = null) => new(Database, name, Often, led ?? new LedHere(), TimeProvider.System);

    /// <summary>The clock of a process that hangs: what waits for it waits for ever.</summary>
    sealed class StoppedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
