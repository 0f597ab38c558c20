using Commerce.Commands.FlashSales;
using Commerce.Commands.Handling;
using Commerce.Commands.Numbering;
using Commerce.Commands.Payments;
using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.Deadlines;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Testing.Logs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>The whole path from order to payment on one log; hosts of it may start, stop and crash.</summary>
sealed class Shop : IAsyncDisposable
{
    /// <summary>How long a test waits for what must happen.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    static readonly Currency Gbp = Currency.Of("GBP");

    readonly SagaOptions _options;
    readonly LogForTests _log;
    readonly NpgsqlDataSource _database;
    readonly List<IHost> _hosts = [];
    readonly IPaymentProvider? _provider;
    readonly OrderNumbers _numbers;

    Shop(SagaOptions options, LogForTests log, NpgsqlDataSource database, IPaymentProvider? provider)
    {
        (_options, _log, _database, _provider) = (options, log, database, provider);
        Log = new FlakyLog(log.Log);
        Processor = new CommandProcessor(Log, Time);
        _numbers = new(Time);
        _numbers.Hold(new WorkerLease(1, Guid.NewGuid(), 0, long.MaxValue));
        Letters = new(new(database, Processor, Time), options.QueuePrefix);
    }

    public ShiftedTime Time { get; } = new();

    public FlakyLog Log { get; }

    public CommandProcessor Processor { get; }

    public ScriptedProvider Provider { get; } = new();

    public KeptCheckpoints Checkpoints { get; } = new();

    public KeptDeadlines Deadlines { get; } = new();

    public KeptOpenSales OpenSales { get; } = new();

    public ShopLetters Letters { get; }

    /// <summary>What runs, the first started first.</summary>
    public IReadOnlyList<IHost> Hosts => _hosts;

    /// <summary>The queue of these consumers.</summary>
    public string Queue(Consumers consumers) => _options.QueueOf(consumers);

    /// <summary>A shop that has not opened yet, with its scripted provider or another.</summary>
    public static async Task<Shop> On(LogEngine engine, SagaOptions options, NpgsqlDataSource? database = null, IPaymentProvider? provider = null) =>
        new(options, await LogForTests.Open(engine), database ?? SagaDatabase.Source, provider);

    public async Task Start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services
            .AddSingleton<IEventLog>(Log).AddSingleton(Processor).AddSingleton<TimeProvider>(Time).AddSingleton(_provider ?? Provider)
            .AddSingleton<IRelayCheckpoints>(Checkpoints).AddSingleton<ILeadership, SoleLeadership>().AddKeyedSingleton<ILeadership, SoleLeadership>("deadlines").AddSingleton<IDeadlineTable>(Deadlines)
            .AddKeyedSingleton<ILeadership, SoleLeadership>("flash-sales").AddSingleton<IOpenSaleTable>(OpenSales).AddSingleton(_numbers)
            .AddSingleton(_database)
            .AddCommerceSagas(_options);
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync();
    }

    /// <summary>Ends the host; on a crash what its relay had not stored by now is never stored.</summary>
    public async Task Stop(bool isCrash = false)
    {
        Checkpoints.IsFrozen = isCrash;
        foreach (var host in _hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }

        _hosts.Clear();
        Checkpoints.IsFrozen = false;
    }

    /// <summary>Begins anew and gives everybody everything again that the log ever said, what was given up included.</summary>
    public async Task TellAllAgain()
    {
        await Stop();
        Checkpoints.Forget();
        var head = await Log.Head(default);
        await Start();
        await Tried(() => Checkpoints.Load(default).Result >= head);
    }

    public async ValueTask DisposeAsync()
    {
        // A host that stops waits for whom the provider keeps waiting.
        Provider.Gate?.TrySetResult();
        await Stop();
        await Processor.DisposeAsync();
        await _log.DisposeAsync();
    }

    public Task Receive(string sku, int quantity, string location = "main") => Accept(Stock.Decider, Stock.StreamOf(Sku.Of(sku), LocationId.Of(location)), new StockCommand.Receive(quantity, "opening"));

    /// <summary>Reserves beside the saga, as a process does that does not know what became of the order.</summary>
    public Task Reserve(string sku, int quantity, OrderId order) =>
        Accept(Stock.Decider, Stock.StreamOf(Sku.Of(sku), LocationId.Of("main")), new StockCommand.Reserve(order, quantity, Time.GetUtcNow() + FulfilmentPolicy.Default.ReservationTime));

    /// <summary>Places an order of lines that cost 10 a unit.</summary>
    public async Task<OrderId> Place(string? token = null, params (string Sku, int Quantity)[] lines)
    {
        var id = new OrderId(Guid.CreateVersion7());
        await Ask(id, new OrderCommand.Place(id, 1, Gbp, null, null, token, OrderOrigin.Client, [.. lines.Select((l, n) => new OrderLine(n + 1, Sku.Of(l.Sku), l.Sku, l.Quantity, new Money(10, Gbp)))]));
        return id;
    }

    /// <summary>Asks for what may be refused: the code of the refusal, or null.</summary>
    public async Task<string?> RefusalOf(OrderId id, OrderCommand command) =>
        await Processor.Handle(Order.Decider, Order.StreamOf(id), command, new CommandContext("test"), default) is CommandOutcome.Rejected refused ? refused.Rejection.Code : null;

    public Task Ask(OrderId id, OrderCommand command) => Accept(Order.Decider, Order.StreamOf(id), command);

    public async Task<Stock> StockOf(string sku, string location = "main") => (await Processor.Load(Stock.Decider, Stock.StreamOf(Sku.Of(sku), LocationId.Of(location)), default)).State;

    public async Task<Order> OrderOf(OrderId id) => (await Processor.Load(Order.Decider, Order.StreamOf(id), default)).State;

    public async Task<Payment> PaymentOf(OrderId id) => (await Processor.Load(Payment.Decider, Payment.StreamOf(PaymentId.For(id)), default)).State;

    public async Task<FulfilmentState> SagaOf(OrderId id)
    {
        var state = FulfilmentState.None;
        await foreach (var e in Log.ReadStream(FulfilmentState.StreamOf(id), ReadDirection.Forwards, 0, int.MaxValue, default))
        {
            state = FulfilmentState.Evolve(state, (FulfilmentEvent)(EventCatalog.Read(e) ?? throw new InvalidOperationException(e.Type)));
        }

        return state;
    }

    /// <summary>Types of a stream's events.</summary>
    public async Task<IReadOnlyList<string>> Story(StreamName stream)
    {
        var types = new List<string>();
        await foreach (var e in Log.ReadStream(stream, ReadDirection.Forwards, 0, int.MaxValue, default))
        {
            types.Add(e.Type);
        }

        return types;
    }

    public Task Settles(OrderId id, FulfilmentPhase phase) => Until(async () => await SagaOf(id) is { IsSettled: true } saga && saga.Phase == phase, async () => $"{id}: {await SagaOf(id)}");

    /// <summary>Looks after each event that the log is given, until the condition holds.</summary>
    public async Task Until(Func<Task<bool>> condition, Func<Task<string>>? state = null)
    {
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await foreach (var _ in Log.Subscribe(LogPosition.Start, StreamFilter.All, deadline.Token))
            {
                if (await condition())
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"It did not happen in {Patience.TotalSeconds} s. {(state is null ? string.Empty : await state())} Dead letters: {string.Join("\n", Letters.Letters)}");
        }
    }

    /// <summary>Waits until the log holds so many events of a type.</summary>
    public async Task Happens(string type, int times)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var happened = 0;
        try
        {
            await foreach (var message in Log.Subscribe(LogPosition.Start, StreamFilter.All, deadline.Token))
            {
                happened += message is LogMessage.Appeared { Event: var e } && e.Type == type ? 1 : 0;
                if (happened == times)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{type} happened {happened} times in {Patience.TotalSeconds} s, not {times}. Dead letters: {string.Join("\n", Letters.Letters)}");
        }
    }

    /// <summary>Looks again and again at what the log does not tell, until the condition holds.</summary>
    public static async Task Tried(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    async Task Accept<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command)
        where TCommand : notnull
        where TEvent : class =>
        Assert.That(await Processor.Handle(decider, stream, command, new CommandContext("test") { CorrelationId = "corr-1" }, default), Is.InstanceOf<CommandOutcome.Accepted>());
}
