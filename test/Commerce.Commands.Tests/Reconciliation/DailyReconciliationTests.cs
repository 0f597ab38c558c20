using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Handling;
using Commerce.Commands.Payments;
using Commerce.Commands.Reconciliation;
using Commerce.Commands.Tests.Sagas;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Commands.Tests.Reconciliation;

/// <summary>Days that are reconciled by themselves: when, which, and in what order.</summary>
[TestFixture]
public sealed class DailyReconciliationTests
{
    static readonly ReconciliationOptions Options = new() { Hour = 3, CatchUpDaysMax = 2, LookEvery = TimeSpan.FromMilliseconds(10) };

    readonly ScriptedProvider _provider = new();
    ShiftedTime _time = new();
    InMemoryEventLog? _log;
    CommandProcessor? _processor;
    DailyReconciliation? _worker;

    InMemoryEventLog Log => _log ?? throw new InvalidOperationException();

    CommandProcessor Processor => _processor ?? throw new InvalidOperationException();

    DateOnly Today => DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);

    [SetUp]
    public async Task Open()
    {
        _time = new();
        (_provider.IsDown, _log) = (false, new InMemoryEventLog(_time));
        _processor = new CommandProcessor(Log, _time);
        GoTo(Today.AddDays(1), hour: 12);
        await Pay();
        await Start();
    }

    [TearDown]
    public async Task Close()
    {
        await Stop();
        if (_processor is not null)
        {
            await _processor.DisposeAsync();
        }
    }

    [Test]
    public async Task A_day_is_reconciled_when_it_is_over_and_its_hour_has_come()
    {
        var first = Today;
        GoTo(first.AddDays(1), hour: 2);
        await Looks();
        Assert.That(await Runs(), Is.Empty);

        GoTo(first.AddDays(1), hour: 3);
        await Reconciled(first);
        await Looks();
        Assert.That(await Runs(), Is.EqualTo(new[] { (first, 1) }), "once");
    }

    [Test]
    public async Task Days_that_were_missed_are_made_up_for_the_oldest_first_but_no_more_than_so_many()
    {
        var first = Today;
        await Stop();
        GoTo(first.AddDays(6), hour: 4);
        await Start();
        await Reconciled(first.AddDays(5));
        Assert.That((await Runs()).Select(r => r.Day), Is.EqualTo(new[] { first.AddDays(3), first.AddDays(4), first.AddDays(5) }));
    }

    [Test]
    public async Task Nothing_is_made_up_for_of_before_the_log_began()
    {
        var first = Today;
        GoTo(first.AddDays(1), hour: 4);
        await Reconciled(first);
        Assert.That((await Runs()).Select(r => r.Day), Is.EqualTo(new[] { first }));
    }

    [Test]
    public async Task A_day_that_the_provider_does_not_tell_of_is_tried_until_it_does_and_later_ones_wait_for_it()
    {
        var first = Today;
        _provider.IsDown = true;
        GoTo(first.AddDays(2), hour: 4);
        var refused = _provider.RefusedCalls;
        await Shop.Tried(() => _provider.RefusedCalls > refused + 1);
        Assert.That(await Runs(), Is.Empty);

        _provider.IsDown = false;
        await Reconciled(first.AddDays(1));
        Assert.That(await Runs(), Is.EqualTo(new[] { (first, 1), (first.AddDays(1), 1) }));
    }

    [Test]
    public async Task A_run_of_before_the_day_was_over_does_not_count_as_its_last()
    {
        var first = Today;
        await Reconciler().Run(first, isDryRun: false, default);
        GoTo(first.AddDays(1), hour: 4);
        await Shop.Tried(() => Runs().Result.Contains((first, 2)));
    }

    [Test]
    public async Task What_differs_is_repaired_where_a_rule_allows_it()
    {
        var first = Today;
        var order = await Pay();
        _provider.Known.Enqueue(new(PaymentId.For(order), PaymentMovement.Authorisation, null, new ProviderAnswer.Approved("r1"), new Money(10, Currency.Of("GBP")), _time.GetUtcNow()));
        GoTo(first.AddDays(1), hour: 4);
        await Reconciled(first);
        Assert.That((await Processor.Load(Payment.Decider, Payment.StreamOf(PaymentId.For(order)), default)).State.Status, Is.EqualTo(PaymentStatus.Authorised));
    }

    void GoTo(DateOnly day, int hour) => _time.Pass(new DateTimeOffset(day, new TimeOnly(hour, 0, 1), TimeSpan.Zero) - _time.GetUtcNow());

    async Task<OrderId> Pay()
    {
        var order = new OrderId(Guid.CreateVersion7());
        await Processor.Handle(Order.Decider, Order.StreamOf(order), new OrderCommand.Place(order, 1, Currency.Of("GBP"), null, null, null, OrderOrigin.Client, [new OrderLine(1, Sku.Of("mug"), "mug", 1, new Money(10, Currency.Of("GBP")))]), new CommandContext("test"), default);
        await Processor.Handle(Payment.Decider, Payment.StreamOf(PaymentId.For(order)), new PaymentCommand.Request(order, new Money(10, Currency.Of("GBP")), null, null), new CommandContext("test"), default);
        return order;
    }

    Reconciler Reconciler() => new(Log, Processor, _provider, Options, _time);

    async Task Start()
    {
        _worker = new DailyReconciliation(Log, Processor, Reconciler(), new SoleLeadership(), Options, _time, NullLogger<DailyReconciliation>.Instance);
        await _worker.StartAsync(default);
    }

    async Task Stop()
    {
        if (_worker is not null)
        {
            await _worker.StopAsync(default);
            _worker.Dispose();
            _worker = null;
        }
    }

    // After each look it waits: the look that ends with the second waiting began after this.
    Task Looks()
    {
        var waits = _time.Waits;
        return Shop.Tried(() => _time.Waits > waits + 1);
    }

    Task Reconciled(DateOnly day) => Shop.Tried(() => Runs().Result.Any(r => r.Day == day));

    /// <summary>Runs that reached their end, in their order, with their number.</summary>
    async Task<List<(DateOnly Day, int Run)>> Runs()
    {
        var runs = new List<(DateOnly, int)>();
        await foreach (var e in Log.ReadAll(LogPosition.Start, StreamFilter.Categories("reconciliation"), int.MaxValue, default))
        {
            if (EventCatalog.Read(e) is ReconciliationEvent.Finished finished)
            {
                runs.Add((DateOnly.Parse(e.Stream.Id, System.Globalization.CultureInfo.InvariantCulture), finished.Run));
            }
        }

        return runs;
    }
}
