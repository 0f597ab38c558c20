using Commerce.Commands.Handling;
using Commerce.Commands.Payments;
using Commerce.Commands.Payments.Scanning;
using Commerce.Commands.Tests.Sagas;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;
using Commerce.Testing.Logs;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Commands.Tests.Payments.Scanning;

/// <summary>Payments, a provider and the scan, which alone brings them together: no message of a request ever arrives.</summary>
sealed class ScannedShop : IAsyncDisposable
{
    /// <summary>W3C trace context that everything is asked for in.</summary>
    public const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    static readonly ScanOptions Options = new()
    {
        ScanAfter = TimeSpan.FromMilliseconds(50), PauseMax = TimeSpan.FromMilliseconds(200), Every = TimeSpan.FromMilliseconds(20), OutagePause = TimeSpan.FromMilliseconds(50), ExpiredAsksMax = 3,
    };

    readonly LogForTests _log;
    readonly TestDatabase _created;
    readonly NpgsqlDataSource _database;
    readonly CommandProcessor _processor;
    PaymentScanner? _scanner;

    ScannedShop(LogForTests log, TestDatabase created)
    {
        (_log, _created) = (log, created);
        _database = NpgsqlDataSource.Create(created.ConnectionString);
        _processor = new CommandProcessor(log.Log, TimeProvider.System);
    }

    public ScriptedProvider Provider { get; } = new();

    public PostgresOpenMovementTable Table => new(_database, Options.ScanAfter);

    public static async Task<ScannedShop> Open()
    {
        var shop = new ScannedShop(await LogForTests.Open(LogEngine.InMemory), await PostgresForTests.CreateDatabase());
        await shop.Table.Load(default);
        return shop;
    }

    public static Money Pounds(decimal amount) => new(amount, Currency.Of("GBP"));

    public async Task Start()
    {
        var recorder = new PaymentNewsRecorder(_processor, TimeProvider.System);
        var asker = new PaymentAsker(Provider, _log.Log, _processor, recorder, new PaymentExecutor(Provider, _processor, recorder));
        _scanner = new PaymentScanner(_log.Log, Table, asker, new SoleLeadership(), Options, TimeProvider.System, NullLogger<PaymentScanner>.Instance);
        await _scanner.StartAsync(default);
    }

    public async Task Stop()
    {
        if (_scanner is not null)
        {
            await _scanner.StopAsync(default);
            _scanner.Dispose();
            _scanner = null;
        }
    }

    public async Task<PaymentId> Requested(DateTimeOffset? until = null)
    {
        var order = new OrderId(Guid.CreateVersion7());
        await Ask(PaymentId.For(order), new PaymentCommand.Request(order, Pounds(10), null, until));
        return PaymentId.For(order);
    }

    public async Task Ask(PaymentId payment, PaymentCommand command) =>
        Assert.That(await _processor.Handle(Payment.Decider, Payment.StreamOf(payment), command, new CommandContext("test") { CorrelationId = "corr-1", TraceParent = Trace }, default), Is.InstanceOf<CommandOutcome.Accepted>());

    /// <summary>Correlation and id of the trace of the last event of a payment.</summary>
    public async Task<(string Type, string? Correlation, string? Trace)> LastOf(PaymentId payment)
    {
        await foreach (var last in _log.Log.ReadStream(Payment.StreamOf(payment), ReadDirection.Backwards, long.MaxValue, 1, default))
        {
            var metadata = EventMetadata.TryRead(last.Metadata);
            return (last.Type, metadata?.CorrelationId, metadata?.TraceParent?.Split('-')[1]);
        }

        throw new AssertionException("It has no events.");
    }

    public async Task<Payment> PaymentOf(PaymentId payment) => (await _processor.Load(Payment.Decider, Payment.StreamOf(payment), default)).State;

    /// <summary>The provider did it; nobody heard.</summary>
    public void Knows(PaymentId payment, PaymentMovement movement, Guid? id = null, ProviderAnswer? answer = null) =>
        Provider.Known.Enqueue(new(payment, movement, id, answer ?? new ProviderAnswer.Approved($"known-{movement}")));

    public static async Task Until(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await condition())
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>Until the table has taken in all that the log says, and nothing is open in it.</summary>
    public Task UntilNothingIsOpen() => Until(async () => await Table.Load(default) == await _log.Log.Head(default) && (await Table.Summary(default)).Count == 0);

    public async ValueTask DisposeAsync()
    {
        await Stop();
        await _processor.DisposeAsync();
        await _log.DisposeAsync();
        await _database.DisposeAsync();
        await _created.DisposeAsync();
    }
}
