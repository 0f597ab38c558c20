using Commerce.Commands.Customers;
using Commerce.Commands.Handling;
using Commerce.Commands.Tests.Sagas;
using Commerce.Domain;
using Commerce.Domain.Customers;
using Commerce.Domain.Log;
using Commerce.Testing.Logs;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Commands.Tests.Customers;

/// <summary>Whoever follows the log finishes what was cut short, and begins anew where it died itself.</summary>
public sealed class ErasureFollowerTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    static readonly PersonalDetails Details = new("Ann", "ann@example.com");

    TestDatabase _created = null!;
    NpgsqlDataSource _database = null!;
    LogForTests _log = null!;
    CommandProcessor _processor = null!;
    InMemoryPersonalKeys _keys = null!;

    [SetUp]
    public async Task Open()
    {
        _created = await PostgresForTests.CreateDatabase();
        _database = NpgsqlDataSource.Create(_created.ConnectionString);
        _log = await LogForTests.Open(LogEngine.InMemory);
        _processor = new(_log.Log, TimeProvider.System);
        _keys = new();
    }

    [TearDown]
    public async Task Close()
    {
        await _processor.DisposeAsync();
        await _log.DisposeAsync();
        await _database.DisposeAsync();
        await _created.DisposeAsync();
    }

    [Test]
    public async Task An_erasure_that_nobody_comes_back_for_is_finished()
    {
        var (ann, bob) = (await Registered("ann"), await Registered("bob"));
        await Asked(ann);
        using var follower = Follower();
        await follower.StartAsync(default);
        await Until(ann, CustomerStatus.Erased);
        Assert.That(await _keys.Find(ann, default), Is.InstanceOf<FoundKey.Destroyed>());
        Assert.That(await _keys.Find(bob, default), Is.InstanceOf<FoundKey.Held>());

        await Asked(bob);
        await Until(bob, CustomerStatus.Erased);
        await follower.StopAsync(default);
    }

    [Test]
    public async Task What_fails_is_tried_again_and_the_next_process_goes_on()
    {
        var ann = await Registered("ann");
        await Asked(ann);
        var tries = 0;
        using var second = new ManualResetEventSlim();
        _keys.Destroying = _ =>
        {
            if (++tries == 2)
            {
                second.Set();
            }

            throw new PersonalKeysUnavailableException("The database of personal keys does not answer.");
        };
        using (var follower = Follower())
        {
            await follower.StartAsync(default);
            Assert.That(second.Wait(Patience), Is.True);
            await follower.StopAsync(default);
        }

        Assert.That((await Customer(ann)).Status, Is.EqualTo(CustomerStatus.Erasing));
        _keys.Destroying = null;
        using var next = Follower();
        await next.StartAsync(default);
        await Until(ann, CustomerStatus.Erased);
        await next.StopAsync(default);
    }

    [Test]
    public async Task Keys_that_come_back_with_an_old_copy_of_their_database_are_destroyed_again()
    {
        var ann = await Registered("ann");
        await new CustomerDesk(_processor, _keys).Erase(ann, ErasureReason.CustomerRequest, ErasureParty.Customer, new("test"), default);

        // A copy of before the erasure: the key is there, and the checkpoint stands where it stood.
        _keys = new();
        await _keys.FindOrMake(ann, default);
        var destroyed = new TaskCompletionSource();
        _keys.HasDestroyed = _ => destroyed.TrySetResult();
        using var follower = Follower();
        await follower.StartAsync(default);
        await destroyed.Task.WaitAsync(Patience);
        Assert.That(await _keys.Find(ann, default), Is.InstanceOf<FoundKey.Destroyed>());
        await follower.StopAsync(default);
    }

    ErasureFollower Follower() => new(_log.Log, new ErasedKeys(_database, new(_processor, _keys)), new SoleLeadership(), TimeProvider.System, NullLogger<ErasureFollower>.Instance);

    async Task<CustomerId> Registered(string name)
    {
        var id = CustomerId.Of(name);
        Assert.That(await new CustomerDesk(_processor, _keys).Register(id, Details, new("test"), default), Is.InstanceOf<CommandOutcome.Accepted>());
        return id;
    }

    // As a process leaves it that dies after the first of its steps.
    async Task Asked(CustomerId id) => Assert.That(
        await _processor.Handle(Domain.Customers.Customer.Decider, Domain.Customers.Customer.StreamOf(id), new CustomerCommand.RequestErasure(ErasureReason.CustomerRequest, ErasureParty.Customer), new("test"), default),
        Is.InstanceOf<CommandOutcome.Accepted>());

    async Task<Customer> Customer(CustomerId id) => (await new CustomerDesk(_processor, _keys).Load(id, default)).State;

    async Task Until(CustomerId id, CustomerStatus status)
    {
        using var limit = new CancellationTokenSource(Patience);
        await foreach (var message in _log.Log.Subscribe(LogPosition.Start, StreamFilter.Categories("customer"), limit.Token))
        {
            if (message is LogMessage.Appeared { Event: var e } && e.Stream == Domain.Customers.Customer.StreamOf(id) && (await Customer(id)).Status == status)
            {
                return;
            }
        }
    }
}
