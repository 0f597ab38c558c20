using System.Security.Cryptography;
using Commerce.Commands.Customers;
using Commerce.Domain;
using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Commands.Tests.Customers;

/// <summary>Where customers' keys are kept: the contract, of PostgreSQL and of what stands in for it in tests.</summary>
[TestFixture(true)]
[TestFixture(false)]
public sealed class PersonalKeysTests(bool isPostgres)
{
    static readonly CustomerId Ann = CustomerId.Of("ann");
    static readonly CustomerId Bob = CustomerId.Of("bob");

    TestDatabase _created = null!;
    NpgsqlDataSource _database = null!;
    IPersonalKeys _keys = null!;

    [SetUp]
    public async Task Open()
    {
        _created = await PostgresForTests.CreateDatabase();
        _database = NpgsqlDataSource.Create(_created.ConnectionString);
        _keys = isPostgres ? new PostgresPersonalKeys(_database, new(new MasterKeys(RandomNumberGenerator.GetBytes(MasterKeys.KeyBytes)))) : new InMemoryPersonalKeys();
    }

    [TearDown]
    public async Task Close()
    {
        await _database.DisposeAsync();
        await _created.DisposeAsync();
    }

    [Test]
    public async Task A_customer_has_one_key_from_the_first_time_it_is_wanted()
    {
        Assert.That(await _keys.Find(Ann, default), Is.InstanceOf<FoundKey.Missing>());
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _keys.FindOrMake(Ann, default))));
        Assert.That(made.Append(await _keys.Find(Ann, default)).Select(Mark).Distinct().Count(), Is.EqualTo(1));
        Assert.That(Mark(await _keys.FindOrMake(Bob, default)), Is.Not.EqualTo(Mark(made[0])));
    }

    [Test]
    public async Task A_destroyed_key_is_gone_and_nobody_gets_another()
    {
        await _keys.FindOrMake(Ann, default);
        await _keys.Destroy(Ann, default);
        await _keys.Destroy(Ann, default);
        Assert.That(await _keys.Find(Ann, default), Is.InstanceOf<FoundKey.Destroyed>());
        Assert.That(await _keys.FindOrMake(Ann, default), Is.InstanceOf<FoundKey.Destroyed>());
    }

    [Test]
    public async Task Whose_key_is_destroyed_before_there_is_one_never_gets_one()
    {
        await _keys.Destroy(Ann, default);
        Assert.That(await _keys.FindOrMake(Ann, default), Is.InstanceOf<FoundKey.Destroyed>());
    }

    [Test]
    public async Task Those_destroyed_last_are_told_first()
    {
        await _keys.FindOrMake(Bob, default);
        await _keys.Destroy(Ann, default);
        await _keys.Destroy(Bob, default);
        var all = await _keys.Destroyed(DateTimeOffset.UnixEpoch, 10, default);
        Assert.That(all.Select(d => d.Customer), Is.EqualTo(new[] { Bob, Ann }));
        Assert.That((await _keys.Destroyed(DateTimeOffset.UnixEpoch, 1, default)).Select(d => d.Customer), Is.EqualTo(new[] { Bob }));
        Assert.That((await _keys.Destroyed(all[0].At, 10, default)).Select(d => d.Customer), Is.EqualTo(new[] { Bob }));
    }

    static string Mark(FoundKey found) => found is FoundKey.Held { Key: var key } ? key.Fingerprint("mark"u8) : throw new AssertionException($"There is no key: {found}.");
}
