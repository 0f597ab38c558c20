using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Commerce.Commands.Customers;
using Commerce.Commands.Handling;
using Commerce.Commands.Webhooks;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Webhooks;
using Commerce.Testing.Logs;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Commerce.Commands.Tests.Webhooks;

/// <summary>Subscriptions on a log in memory and a database of their own, on a clock that the test moves.</summary>
sealed class WebhookWorld : IAsyncDisposable
{
    const long StillMs = 1_000;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    readonly TestDatabase _created;
    readonly NpgsqlDataSource _database;
    readonly LogForTests _log;
    readonly CommandProcessor _commands;
    readonly WebhookSender _sender;
    readonly WebhookParts _parts;
    readonly Dictionary<Guid, (Task Running, CancellationTokenSource Stop)> _running = [];
    LogPosition _followed;

    WebhookWorld(TestDatabase created, LogForTests log, WebhookOptions options)
    {
        (_created, _log) = (created, log);
        _database = NpgsqlDataSource.Create(created.ConnectionString);
        _commands = new(log.Log, TimeProvider.System);
        Keys = new(new(() => new MasterKeys(RandomNumberGenerator.GetBytes(MasterKeys.KeyBytes))));
        Desk = new(_commands, Keys, options, _database, Time);
        _sender = new(new WebhookAddresses(options.AllowedNetworks), options.AnswerTimeMax, Time);
        _parts = new(log.Log, new(_database), Keys, _sender, _commands, new(log.Log), options, Time, NullLogger.Instance);
    }

    /// <summary>The clock; nothing that waits goes on unless it is moved.</summary>
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 26, 9, 0, 0, TimeSpan.Zero));

    public WebhookKeys Keys { get; }

    public WebhookDesk Desk { get; }

    public static async Task<WebhookWorld> Open(WebhookOptions? options = null)
    {
        var world = new WebhookWorld(
            await PostgresForTests.CreateDatabase(), await LogForTests.Open(LogEngine.InMemory), options ?? new() { AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")], IsHttpAllowed = true });
        world._followed = await world._parts.Table.Load(default);
        return world;
    }

    /// <summary>Subscribes an address, and begins to send to it.</summary>
    public async Task<Guid> Subscribe(string url, WebhookScheme scheme = WebhookScheme.Hmac, params string[] events)
    {
        var id = Guid.NewGuid();
        Assert.That(await Desk.Create(id, url, new([.. events], null), scheme, new("test"), default), Is.InstanceOf<CommandOutcome.Accepted>());
        var at = await _log.Log.Head(default);
        await _parts.Table.Apply(_followed, at, [new(id, at)], default);
        _followed = at;
        Start(id);
        return id;
    }

    /// <summary>As the process that sends does where a subscription has changed, and as another one does after a crash.</summary>
    public async Task Restart(Guid id)
    {
        await Stop(id);
        Start(id);
    }

    /// <summary>Ends sending, whatever is under way.</summary>
    public async Task Stop(Guid id)
    {
        var (running, stop) = _running[id];
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        _running.Remove(id);
    }

    /// <summary>Waits until sending has ended by itself.</summary>
    public Task Ended(Guid id) => _running[id].Running.WaitAsync(Patience);

    public void Start(Guid id)
    {
        var stop = new CancellationTokenSource();
        _running[id] = (Run(id, stop.Token), stop);
    }

    async Task Run(Guid id, CancellationToken stop)
    {
        using var runner = new WebhookRunner(id, _parts);
        await runner.Run(stop);
    }

    /// <summary>The next event of an order: it says which one it is.</summary>
    public Task Happens(OrderId order, int step) => Append(Order.StreamOf(order), new OrderEvent.Cancelled(step.ToString(CultureInfo.InvariantCulture), CancelCause.Customer));

    public async Task Append(StreamName stream, object @event)
    {
        var (name, json) = EventCatalog.Written(@event);
        await _log.Log.Append(stream, ExpectedRevision.Any, [new(Guid.NewGuid(), name, json, new EventMetadata { OccurredAt = Time.GetUtcNow() }.ToJson())], default);
    }

    public async Task<IReadOnlyList<WebhookDelivery>> Deliveries(Guid id) => await Desk.Deliveries(id, null, null, 1_000, default);

    public Task Until(Func<bool> isSo, string what) => Until(() => Task.FromResult(isSo()), what);

    /// <summary>Waits while the clock stands still.</summary>
    public async Task Until(Func<Task<bool>> isSo, string what) => await Until(isSo, what, TimeSpan.Zero);

    /// <summary>Waits while the clock moves on, step by step: where nothing is due, so that nothing that is under way is late; or where what is due has stood still for a while.</summary>
    public async Task Until(Func<Task<bool>> isSo, string what, TimeSpan step)
    {
        using var limit = new CancellationTokenSource(Patience);
        var moved = Environment.TickCount64;
        while (!await isSo())
        {
            Assert.That(limit.IsCancellationRequested, Is.False, () => $"It never came to this: {what}");
            await Task.Delay(Look);
            if (step > TimeSpan.Zero && (!await IsAnyDue() || Environment.TickCount64 - moved > StillMs))
            {
                Time.Advance(step);
                moved = Environment.TickCount64;
            }
        }
    }

    async Task<bool> IsAnyDue()
    {
        var now = Time.GetUtcNow();
        foreach (var id in _running.Keys)
        {
            var firsts = (await Deliveries(id)).Where(d => d.State == WebhookDeliveryState.Waiting).GroupBy(d => d.Order).Select(order => order.MinBy(d => d.Position));
            if (firsts.Any(d => d?.DueAt <= now))
            {
                return true;
            }
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var id in _running.Keys.ToList())
        {
            await Stop(id);
        }

        _sender.Dispose();
        await _commands.DisposeAsync();
        await _log.DisposeAsync();
        await _database.DisposeAsync();
        await _created.DisposeAsync();
    }
}
