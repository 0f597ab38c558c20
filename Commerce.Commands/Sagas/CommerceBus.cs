using System.Collections.Concurrent;
using Commerce.Commands.FlashSales;
using Commerce.Commands.Payments;
using Commerce.Commands.Sagas.DeadLetters;
using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Sagas;

/// <summary>The bus with its queues, one for the saga, one for payments and one for flash sales, on RabbitMQ or in memory.</summary>
sealed class CommerceBus : BackgroundService, IFactSender
{
    /// <summary>
    /// A consumer that hangs, or whose network is cut, keeps its connection: after two of these without a sign of life the broker
    /// gives its messages to another. RabbitMQ's manual advises against less, which takes a busy process for a dead one.
    /// </summary>
    static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    readonly IServiceProvider _services;
    readonly SagaOptions _options;
    readonly IBusControl _bus;
    readonly CancellationTokenSource _stopping = new();
    readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ConcurrentDictionary<Consumers, Task<ISendEndpoint>> _endpoints = [];
    readonly List<IDisposable> _owned = [];

    public CommerceBus(IServiceProvider services, SagaOptions options, ILoggerFactory loggers)
    {
        (_services, _options) = (services, options);
        LogContext.ConfigureCurrentLogContext(loggers);
        _bus = options.Bus is { } broker
            ? Bus.Factory.CreateUsingRabbitMq(bus => ConfigureRabbitMq(bus, broker))
            : Bus.Factory.CreateUsingInMemory(bus => Configure<IInMemoryReceiveEndpointConfigurator>(bus));
        _bus.ConnectReceiveObserver(new MessageTimes());
        if (ForgetsInCrash)
        {
            _bus.ConnectReceiveObserver(services.GetRequiredService<Consumption>());
        }
    }

    /// <inheritdoc/>
    public bool ForgetsInCrash => _options.Bus is null;

    /// <inheritdoc/>
    public Task Started => _started.Task;

    /// <summary>The queue itself, not an exchange: sending to it makes it, so nothing is lost before its consumers have ever run.</summary>
    public Task<ISendEndpoint> EndpointOf(Consumers consumer) => _endpoints.TryGetValue(consumer, out var known) && known.IsCompletedSuccessfully
        ? known
        : _endpoints[consumer] = _bus.GetSendEndpoint(new Uri($"queue:{_options.QueueOf(consumer)}"));

    /// <inheritdoc/>
    public async Task Send(Consumers consumer, IReadOnlyList<Fact> facts, CancellationToken cancellationToken) =>
        await MessageRoutes.Send(await EndpointOf(consumer).ConfigureAwait(false), facts, cancellationToken).ConfigureAwait(false);

    /// <summary>How the bus does.</summary>
    public BusHealthResult Health => _bus.CheckHealth();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Without a broker this waits for one; commands are accepted all the same.
            await _bus.StartAsync(stoppingToken).ConfigureAwait(false);
            _started.TrySetResult();
        }
        catch (Exception e)
        {
            // Who waits for the bus is told that it will not come.
            _started.TrySetException(e);
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await _bus.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _owned.ForEach(o => o.Dispose());
        _stopping.Dispose();
        base.Dispose();
    }

    void ConfigureRabbitMq(IRabbitMqBusFactoryConfigurator bus, Uri broker)
    {
        var isSecure = broker.Scheme is "amqps" or "rabbitmqs";
        var user = broker.UserInfo.Split(':', 2);
        var port = broker.Port > 0 ? broker.Port : isSecure ? 5671 : 5672;
        bus.Host(broker.Host, (ushort)port, broker.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(broker.AbsolutePath[1..]) : "/", host =>
        {
            host.Username(user[0].Length == 0 ? "guest" : Uri.UnescapeDataString(user[0]));
            host.Password(user.Length < 2 ? "guest" : Uri.UnescapeDataString(user[1]));
            host.PublisherConfirmation = true;
            host.Heartbeat(Heartbeat);
            if (isSecure)
            {
                host.UseSsl(ssl => ssl.ServerName = broker.Host);
            }
        });
        Configure<IRabbitMqReceiveEndpointConfigurator>(bus);
    }

    void Configure<TEndpoint>(IBusFactoryConfigurator<TEndpoint> bus)
        where TEndpoint : IReceiveEndpointConfigurator
    {
        if (!_options.RunsSagas)
        {
            return;
        }

        bus.ReceiveEndpoint(_options.QueueOf(Consumers.Fulfilment), endpoint =>
        {
            Configure(endpoint, Consumers.Fulfilment);
            var machine = _services.GetRequiredService<OrderFulfilment>();
            endpoint.StateMachineSaga(machine, new EventLogSagaRepository(_services.GetRequiredService<FulfilmentStore>(), machine.StateOf));
        });
        bus.ReceiveEndpoint(_options.QueueOf(Consumers.Payments), endpoint =>
        {
            Configure(endpoint, Consumers.Payments);
            endpoint.Instance(_services.GetRequiredService<PaymentExecutor>());
        });
        bus.ReceiveEndpoint(_options.QueueOf(Consumers.FlashSales), endpoint =>
        {
            Configure(endpoint, Consumers.FlashSales);
            endpoint.Instance(_services.GetRequiredService<FlashSaleDesk>());
        });
    }

    void Configure(IReceiveEndpointConfigurator endpoint, Consumers consumer)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.PublishFaults = false;
        endpoint.PrefetchCount = _options.PrefetchMax;
        endpoint.ConcurrentMessageLimit = _options.MessagesAtOnceMax;
        var gate = GateOf(consumer);
        var consumption = _services.GetRequiredService<Consumption>();
        var facts = new FactFilter(consumer, gate, consumption, _options, _services.GetRequiredService<ILogger<FactFilter>>());
        _owned.Add(facts);
        endpoint.AddPrePipeSpecification(new FilterPipeSpecification<ConsumeContext>(facts));
        var unhandled = new UnhandledFilter(gate, consumption);
        endpoint.ConfigureDeadLetter(skipped => skipped.UseFilter(unhandled));

        // The letter says all that <queue>_error would: nothing goes there, for nobody would ever empty it.
        endpoint.ConfigureError(error => error.UseFilter(unhandled));
    }

    Gate GateOf(Consumers consumer)
    {
        var gate = new Gate(
            _options.QueueOf(consumer),
            _services.GetRequiredService<DeadLetterTable>(),
            _services.GetRequiredService<DeadLetterDesk>(),
            _services.GetRequiredService<TimeProvider>(),
            _services.GetRequiredService<ILogger<Gate>>(),
            _stopping.Token);
        _owned.Add(gate);
        return gate;
    }
}
