using System.Text.Json;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Handling;
using Commerce.Commands.Payments;
using Commerce.Commands.Payments.Callbacks;
using Commerce.Commands.Tests.Sagas;
using Commerce.Domain;
using Commerce.Domain.Payments;
using Commerce.Testing.Servers;
using Commerce.Testing.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Commands.Tests.Payments;

/// <summary>What is done with callbacks that were kept.</summary>
[TestFixture]
public sealed class CallbackWorkerTests
{
    static readonly CallbackOptions Options = new()
    {
        Every = TimeSpan.FromMilliseconds(5), PauseMin = TimeSpan.FromMilliseconds(5), PauseMax = TimeSpan.FromMilliseconds(20), HousekeepingEvery = TimeSpan.FromMilliseconds(5),
    };

    readonly ShiftedTime _time = new();
    readonly string _provider = $"bank-{Guid.NewGuid():N}";
    TestDatabase? _database;
    NpgsqlDataSource? _source;
    CommandProcessor? _processor;
    CallbackWorker? _worker;

    PostgresCallbackInbox Inbox => new(_source ?? throw new InvalidOperationException());

    CommandProcessor Processor => _processor ?? throw new InvalidOperationException();

    [SetUp]
    public async Task Open()
    {
        _database = await PostgresForTests.CreateDatabase();
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
        var log = new InMemoryEventLog(_time);
        _processor = new CommandProcessor(log, _time);
        var applier = new CallbackApplier(new PaymentNewsRecorder(_processor, _time), log, Options, _time);
        _worker = new CallbackWorker(Inbox, applier, new SoleLeadership(), Options, _time, NullLogger<CallbackWorker>.Instance);
        await _worker.StartAsync(default);
    }

    [TearDown]
    public async Task Close()
    {
        if (_worker is not null && _processor is not null && _source is not null && _database is not null)
        {
            await _worker.StopAsync(default);
            _worker.Dispose();
            await _processor.DisposeAsync();
            await _source.DisposeAsync();
            await _database.DisposeAsync();
        }
    }

    [Test]
    public async Task It_is_counted_how_many_wait_and_what_became_of_each_try()
    {
        using var waiting = new HeardFigures("commerce.callbacks.waiting");
        using var tried = new HeardFigures("commerce.callbacks.tried");
        var order = new OrderId(Guid.CreateVersion7());
        await Keep("early", Approval(order));
        await Shop.Tried(() => waiting.Read() is [1] && Tried("waiting") > 0);

        await Processor.Handle(Payment.Decider, Payment.StreamOf(PaymentId.For(order)), new PaymentCommand.Request(order, new Money(10, Currency.Of("GBP")), null, null), new CommandContext("test"), default);
        await Shop.Tried(() => waiting.Read() is [0]);
        Assert.That((await Processor.Load(Payment.Decider, Payment.StreamOf(PaymentId.For(order)), default)).State.Status, Is.EqualTo(PaymentStatus.Authorised));
        Assert.That(Tried("applied"), Is.EqualTo(1));

        double Tried(string state) => tried.Sum(t => Equals(t["provider"], _provider) && Equals(t["state"], state));
    }

    [Test]
    public async Task What_was_settled_is_removed_when_it_was_kept_long_enough_and_what_waits_is_not()
    {
        await Keep("unreadable", "{}"u8.ToArray());
        await Shop.Tried(() => States().SequenceEqual([CallbackState.Unreadable]));
        _time.Pass(Options.KeptFor / 2);
        await Keep("waits", Approval(new OrderId(Guid.CreateVersion7())));
        await Keep("younger", "{}"u8.ToArray());
        await Shop.Tried(() => States().Count(s => s == CallbackState.Unreadable) == 2);

        _time.Pass(Options.KeptFor / 2);
        await Shop.Tried(() => States().Count(s => s == CallbackState.Unreadable) == 1);
        Assert.That((await Inbox.List(null, null, 10, default)).Select(c => c.Id), Is.EqualTo(new[] { "younger", "waits" }));
    }

    static byte[] Approval(OrderId order) => JsonSerializer.SerializeToUtf8Bytes(
        ProviderCallback.Of(new(PaymentId.For(order), PaymentMovement.Authorisation, null, new ProviderAnswer.Approved("r1")), DateTimeOffset.UnixEpoch), ProviderJson.Default.ProviderCallback);

    IEnumerable<CallbackState> States() => Inbox.List(null, null, 10, default).GetAwaiter().GetResult().Select(c => c.State);

    Task Keep(string id, byte[] body) => Inbox.Keep(new(_provider, id, body, _time.GetUtcNow(), CallbackState.Waiting) { TryAt = _time.GetUtcNow() }, default);
}
