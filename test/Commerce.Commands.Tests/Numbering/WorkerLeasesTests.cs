using Commerce.Commands.Numbering;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Commands.Tests.Numbering;

public sealed class WorkerLeasesTests
{
    TestDatabase _database;
    NpgsqlDataSource _source;
    WorkerLeases _leases;

    [SetUp]
    public async Task CreateDatabase()
    {
        _database = await PostgresForTests.CreateDatabase();
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
        _leases = new WorkerLeases(_source);
    }

    [TearDown]
    public async Task DropDatabase()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task Nodes_that_start_at_once_share_no_worker_number()
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Acquire()));

        Assert.That(taken.Select(l => l.Worker), Is.EquivalentTo(Enumerable.Range(0, 20)), "the lowest are taken first");
    }

    [Test]
    public async Task The_number_of_a_crashed_owner_is_free_once_its_lease_has_ended_and_the_next_begins_after_it()
    {
        var crashed = await Acquire();
        Assert.That((await Acquire()).Worker, Is.EqualTo(1), "not before its end");

        var endedMs = await EndNow(crashed);
        var next = await Acquire();

        Assert.That((next.Worker, next.FirstMs), Is.EqualTo((crashed.Worker, endedMs + 1)));
        Assert.That(next.LastMs, Is.GreaterThan(next.FirstMs));
        Assert.That(await _leases.Renew(crashed, CancellationToken.None), Is.Null, "it comes back too late");
    }

    [Test]
    public async Task A_lease_that_has_ended_goes_on_where_nobody_took_the_number()
    {
        var lease = await Acquire();
        await EndNow(lease);

        var renewed = await _leases.Renew(lease, CancellationToken.None);

        Assert.That(renewed, Is.EqualTo(lease with { LastMs = renewed?.LastMs ?? 0 }));
        Assert.That(renewed?.LastMs, Is.GreaterThanOrEqualTo(lease.LastMs));
    }

    [Test]
    public async Task A_number_given_back_is_free_at_once_after_what_was_used_of_it()
    {
        var lease = await Acquire();
        var usedMs = lease.LastMs - (2 * (long)new OrderNumberOptions().LeaseFor.TotalMilliseconds);
        await _leases.Release(lease, usedMs, CancellationToken.None);
        var next = await Acquire();
        await _leases.Release(next, 0, CancellationToken.None);
        var third = await Acquire();

        Assert.That((next.Worker, next.FirstMs), Is.EqualTo((lease.Worker, usedMs + 1)));
        Assert.That((third.Worker, third.FirstMs), Is.EqualTo((lease.Worker, usedMs + 1)), "nothing was used in between");
    }

    [Test]
    public async Task Beyond_the_last_worker_number_there_is_none()
    {
        await Acquire();
        await Run($"insert into commerce.worker_leases select n, gen_random_uuid(), {long.MaxValue} from generate_series(1, {OrderNumberLayout.LeasedWorkersMax - 1}) n");

        Assert.That(await _leases.Acquire(Guid.NewGuid(), CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task The_service_leases_renews_and_gives_back()
    {
        var numbers = new OrderNumbers(TimeProvider.System);
        var options = new OrderNumberOptions { LeaseFor = TimeSpan.FromSeconds(3) };
        using var service = new WorkerLeaseService(new WorkerLeases(_source, options), numbers, TimeProvider.System, NullLogger<WorkerLeaseService>.Instance, options);
        await service.StartAsync(CancellationToken.None);
        Assert.That(numbers.IsReady, Is.True);
        var expires = await ExpiresMs();
        await Assert.ThatAsync(ExpiresMs, Is.Not.EqualTo(expires).After(10_000, 50));

        var last = numbers.Next();
        await service.StopAsync(CancellationToken.None);

        Assert.That(numbers.IsReady, Is.False);
        Assert.That(await ExpiresMs(), Is.EqualTo(OrderNumberLayout.TimeOf(last).ToUnixTimeMilliseconds()));
        Assert.That((await Acquire()).Worker, Is.Zero);
    }

    [Test]
    public async Task The_service_starts_without_the_database_and_has_no_number_to_give()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Timeout=1");
        var numbers = new OrderNumbers(TimeProvider.System);
        using var service = new WorkerLeaseService(new WorkerLeases(nowhere), numbers, TimeProvider.System, NullLogger<WorkerLeaseService>.Instance);

        await service.StartAsync(CancellationToken.None);

        Assert.That(numbers.Next, Throws.InstanceOf<OrderNumbersUnavailableException>());
        await service.StopAsync(CancellationToken.None);
    }

    async Task<WorkerLease> Acquire() =>
        await _leases.Acquire(Guid.NewGuid(), CancellationToken.None) ?? throw new InvalidOperationException("All worker numbers are taken.");

    async Task<long> EndNow(WorkerLease lease) =>
        await Run($"update commerce.worker_leases set expires_ms = (extract(epoch from clock_timestamp()) * 1000)::bigint - 1 where worker = {lease.Worker} returning expires_ms");

    Task<long> ExpiresMs() => Run("select expires_ms from commerce.worker_leases where worker = 0");

    async Task<long> Run(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        return await command.ExecuteScalarAsync() as long? ?? 0;
    }
}
