using System.Security.Cryptography;
using Commerce.Commands.Customers;
using Commerce.Domain;
using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Commands.Tests.Customers;

/// <summary>What the table of customers' keys holds, and what happens to it when master keys change.</summary>
public sealed class PersonalKeyTableTests
{
    static readonly CustomerId Ann = CustomerId.Of("ann");
    static readonly CustomerId Bob = CustomerId.Of("bob");

    readonly byte[] _master = RandomNumberGenerator.GetBytes(MasterKeys.KeyBytes);
    TestDatabase _created = null!;
    NpgsqlDataSource _database = null!;
    PostgresPersonalKeys _keys = null!;

    [SetUp]
    public async Task Open()
    {
        _created = await PostgresForTests.CreateDatabase();
        _database = NpgsqlDataSource.Create(_created.ConnectionString);
        _keys = Postgres(new(_master));
    }

    [TearDown]
    public async Task Close()
    {
        await _database.DisposeAsync();
        await _created.DisposeAsync();
    }

    [Test]
    public async Task Nothing_of_a_destroyed_key_is_in_its_row()
    {
        await _keys.FindOrMake(Ann, default);
        Assert.That(await Rows(), Is.EqualTo(new[] { "ann t t f" }));
        await _keys.Destroy(Ann, default);
        Assert.That(await Rows(), Is.EqualTo(new[] { "ann f f t" }));
    }

    [Test]
    public async Task Keys_are_stored_anew_with_a_new_master_key_and_need_the_old_one_no_more()
    {
        var before = new[] { Mark(await _keys.FindOrMake(Ann, default)), Mark(await _keys.FindOrMake(Bob, default)) };
        await _keys.Destroy(CustomerId.Of("carol"), default);
        var next = RandomNumberGenerator.GetBytes(MasterKeys.KeyBytes);

        var changing = Postgres(new(next, _master));
        Assert.That((await changing.Rewrap(1, default), await changing.Rewrap(10, default), await changing.Rewrap(10, default)), Is.EqualTo((1, 1, 0)));
        var changed = Postgres(new(next));
        Assert.That(new[] { Mark(await changed.Find(Ann, default)), Mark(await changed.Find(Bob, default)) }, Is.EqualTo(before));
        Assert.That(() => _keys.Find(Ann, default), Throws.InstanceOf<PersonalKeysUnavailableException>());
    }

    [Test]
    public async Task Without_a_master_key_a_key_can_be_destroyed_and_neither_made_nor_read()
    {
        await _keys.FindOrMake(Ann, default);
        var without = Postgres(null);
        Assert.That(() => without.Find(Ann, default), Throws.InstanceOf<PersonalKeysUnavailableException>());
        Assert.That(() => without.FindOrMake(Bob, default), Throws.InstanceOf<PersonalKeysUnavailableException>());
        await without.Destroy(Ann, default);
        Assert.That(await without.Find(Ann, default), Is.InstanceOf<FoundKey.Destroyed>());
    }

    [Test]
    public async Task A_database_that_does_not_answer_is_named_as_such()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Database=none;Timeout=5");
        Assert.That(() => new PostgresPersonalKeys(nowhere, new(new MasterKeys(_master))).Find(Ann, default), Throws.InstanceOf<PersonalKeysUnavailableException>());
    }

    PostgresPersonalKeys Postgres(MasterKeys? masters) => new(_database, new(masters));

    static string Mark(FoundKey found) => found is FoundKey.Held { Key: var key } ? key.Fingerprint("mark"u8) : throw new AssertionException($"There is no key: {found}.");

    async Task<List<string>> Rows()
    {
        await using var command = _database.CreateCommand("SELECT concat_ws(' ', customer_id, master_key IS NOT NULL, wrapped IS NOT NULL, destroyed_at IS NOT NULL) FROM commerce.personal_keys");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
