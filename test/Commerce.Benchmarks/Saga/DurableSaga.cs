using System.Collections.Concurrent;
using System.Globalization;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Commands.Handling;
using Commerce.Commands.Numbering;
using Commerce.Commands.Payments;
using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Projections.Auditing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Benchmarks.Saga;

/// <summary>
/// The product's own path on the log in PostgreSQL, as the roles <c>sagas</c> and <c>relay</c> run it in one process: command, append,
/// relay, bus, saga, payment executor, answer. Orders come from the command processor, not over HTTP, and nothing is projected.
/// </summary>
sealed class DurableSaga : ISagaShop
{
    const int Units = 100_000_000;

    static readonly LocationId Main = LocationId.Of("main");

    readonly PostgresEventLog _log;
    readonly ConfirmationTap _tap;
    readonly CommandProcessor _processor;
    readonly NpgsqlDataSource _database;
    readonly HttpPaymentProvider? _http;
    readonly CountingProvider _provider;
    readonly IHost _host;
    readonly ConcurrentQueue<SagaWish> _confirmed = [];
    long _number;

    DurableSaga(PostgresEventLog log, NpgsqlDataSource database, Uri? broker, Uri? provider)
    {
        (_log, _database, _tap) = (log, database, new ConfirmationTap(log));
        _processor = new(_tap, TimeProvider.System);
        _http = provider is null ? null : new(new() { BaseAddress = provider }, TimeProvider.System);
        _provider = new(_http);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services
            .AddSingleton<IEventLog>(_tap).AddSingleton(_processor).AddSingleton(TimeProvider.System).AddSingleton(_database).AddSingleton<IPaymentProvider>(_provider)
            .AddSingleton(new OrderNumbers(TimeProvider.System))
            .AddCommerceSagas(new() { Bus = broker });
        _host = builder.Build();
    }

    /// <summary>Starts it on an empty database and fills its shelf.</summary>
    /// <param name="database">Holds log, checkpoints and leases.</param>
    /// <param name="broker">RabbitMQ; null: MassTransit's transport in memory.</param>
    /// <param name="provider">Where the payment provider is asked over HTTP; null: one in this process, which says yes at once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<DurableSaga> Start(string database, Uri? broker, Uri? provider, CancellationToken cancellationToken)
    {
        var log = await PostgresEventLog.Open(new() { ConnectionString = database }, TimeProvider.System, NullLogger<PostgresEventLog>.Instance, cancellationToken);
        var shop = new DurableSaga(log, NpgsqlDataSource.Create(database), broker, provider);
        for (var n = 0; n < SagaWish.Products; n++)
        {
            await shop.Accept(Stock.Decider, Stock.StreamOf(SagaWish.Sku(n), Main), new StockCommand.Receive(Units, "bench"), Context($"receipt-{n}"), cancellationToken);
        }

        await shop._host.StartAsync(cancellationToken);
        return shop;
    }

    /// <inheritdoc/>
    public async Task Order(SagaWish wish, CancellationToken cancellationToken)
    {
        var id = new OrderId(Guid.NewGuid());
        var stream = Domain.Orders.Order.StreamOf(id);
        var confirmed = _tap.Of(stream);
        var place = new OrderCommand.Place(
            id, Interlocked.Increment(ref _number), SagaWish.Price.Currency, CustomerId.Of(wish.Customer), "GB", "tok_ok", OrderOrigin.Client,
            [.. wish.Lines.Select((l, n) => new OrderLine(n + 1, l.Sku, "A product", l.Quantity, SagaWish.Price))]);
        await Accept(Domain.Orders.Order.Decider, stream, place, Context(id.ToString()) with { BeginsStream = true }, cancellationToken);
        await confirmed.WaitAsync(cancellationToken);
        _confirmed.Enqueue(wish);
    }

    /// <inheritdoc/>
    public async Task Check(CancellationToken cancellationToken)
    {
        var held = _confirmed.SelectMany(w => w.Lines).GroupBy(l => l.Sku).ToDictionary(g => g.Key, g => g.Sum(l => (long)l.Quantity));
        foreach (var sku in Enumerable.Range(0, SagaWish.Products).Select(SagaWish.Sku))
        {
            var stock = (await _processor.Load(Stock.Decider, Stock.StreamOf(sku, Main), cancellationToken)).State;
            Demand(stock.ReservedTotal == held.GetValueOrDefault(sku), $"{stock.ReservedTotal} units of {sku} are held, {held.GetValueOrDefault(sku)} were ordered.");
        }

        var sum = _confirmed.Sum(w => w.Total.Amount);
        Demand(_provider.Approved == _confirmed.Count && _provider.Sum == sum, $"{_provider.Approved} payments of {_provider.Sum} were approved for {_confirmed.Count} orders of {sum}.");
        var audit = await new Auditor(_log).Run(new AuditOptions(), progress: null, cancellationToken);
        Demand(audit.IsClean, $"The audit found: {string.Join("; ", audit.Offences.Take(3))}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _processor.DisposeAsync();
        await _log.DisposeAsync();
        await _database.DisposeAsync();
        _http?.Dispose();
    }

    // As the API gives it: the client's key names the command, and its hash the content.
    static CommandContext Context(string key) => new("bench") { CommandId = key, Fingerprint = key, CorrelationId = key };

    async Task Accept<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command, CommandContext context, CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class
    {
        var outcome = await _processor.Handle(decider, stream, command, context, cancellationToken);
        Demand(outcome is CommandOutcome.Accepted, $"{command} was answered with {outcome}.");
    }

    static void Demand(bool holds, FormattableString otherwise)
    {
        if (!holds)
        {
            throw new BenchmarkFailedException(otherwise.ToString(CultureInfo.InvariantCulture));
        }
    }
}
