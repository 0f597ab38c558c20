using System.Collections.Concurrent;
using MassTransit;

namespace Commerce.Benchmarks.Saga;

/// <summary>
/// What a person writes with MassTransit alone: a state machine whose instances are in memory, no log, nothing that survives a crash. Four
/// messages an order: placed, payment wanted, payment made, confirmed.
/// </summary>
sealed class BareSaga : ISagaShop
{
    const string OrdersQueue = "bare-orders";
    const string PaymentsQueue = "bare-payments";
    const string ShopQueue = "bare-shop";

    /// <summary>Messages of a queue that the broker hands over before the first is answered, and that are handled at once: with more it is slower.</summary>
    const int PrefetchMax = 256;
    const int ConcurrencyMax = 128;

    readonly IBusControl _bus;
    readonly ISendEndpoint _orders;
    readonly Answers _answers;

    BareSaga(IBusControl bus, ISendEndpoint orders, Answers answers) => (_bus, _orders, _answers) = (bus, orders, answers);

    /// <summary>Starts it.</summary>
    /// <param name="broker">RabbitMQ; null: MassTransit's transport in memory.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<BareSaga> Start(Uri? broker, CancellationToken cancellationToken)
    {
        var answers = new Answers();
        var bus = broker is null
            ? Bus.Factory.CreateUsingInMemory(configure => Configure(configure, answers))
            : Bus.Factory.CreateUsingRabbitMq(configure =>
            {
                configure.Host(broker.Host, (ushort)broker.Port, broker.AbsolutePath[1..], _ => { });
                Configure(configure, answers);
            });
        await bus.StartAsync(cancellationToken);
        return new(bus, await bus.GetSendEndpoint(new($"queue:{OrdersQueue}")), answers);
    }

    /// <inheritdoc/>
    public async Task Order(SagaWish wish, CancellationToken cancellationToken)
    {
        var id = NewId.NextGuid();
        var confirmed = _answers.Of(id);
        await _orders.Send(new Placed(id, wish.Customer, [.. wish.Lines.Select(l => new PlacedLine(l.Sku.Value, l.Quantity, SagaWish.Price.Amount))], wish.Total.Amount), cancellationToken);
        await confirmed.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task Check(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _bus.StopAsync();

    static void Configure<TEndpoint>(IBusFactoryConfigurator<TEndpoint> bus, Answers answers)
        where TEndpoint : IReceiveEndpointConfigurator
    {
        Receive(OrdersQueue, e => e.StateMachineSaga(new Machine(), new InMemorySagaRepository<Instance>()));
        Receive(PaymentsQueue, e => e.Handler<PaymentWanted>(c => c.Send(new Uri($"queue:{OrdersQueue}"), new PaymentMade(c.Message.CorrelationId, $"ref-{c.Message.CorrelationId:N}"))));
        Receive(ShopQueue, e => e.Handler<Confirmed>(c => answers.Confirm(c.Message.CorrelationId)));

        void Receive(string queue, Action<IReceiveEndpointConfigurator> configure) => bus.ReceiveEndpoint(queue, endpoint =>
        {
            endpoint.ConfigureConsumeTopology = false;
            endpoint.PrefetchCount = PrefetchMax;
            endpoint.ConcurrentMessageLimit = ConcurrencyMax;
            configure(endpoint);
        });
    }

    /// <summary>Clients that wait.</summary>
    sealed class Answers
    {
        readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiting = [];

        public Task Of(Guid order) => (_waiting[order] = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public Task Confirm(Guid order)
        {
            if (_waiting.TryRemove(order, out var waiting))
            {
                waiting.SetResult();
            }

            return Task.CompletedTask;
        }
    }

    /// <summary>An order's way.</summary>
    sealed class Instance : SagaStateMachineInstance
    {
        public Guid CorrelationId { get; set; }

        public string CurrentState { get; set; } = "";

        public decimal Total { get; set; }

        public string? Reference { get; set; }
    }

    sealed class Machine : MassTransitStateMachine<Instance>
    {
        public Machine()
        {
            InstanceState(i => i.CurrentState);
            var placed = Event<Placed>("Placed", e => e.CorrelateById(c => c.Message.CorrelationId));
            var made = Event<PaymentMade>("PaymentMade", e => e.CorrelateById(c => c.Message.CorrelationId));
            var (paying, confirmed) = (State("Paying"), State("Confirmed"));
            Initially(When(placed)
                .Then(c => c.Saga.Total = c.Message.Total)
                .Send(new Uri($"queue:{PaymentsQueue}"), c => new PaymentWanted(c.Saga.CorrelationId, c.Saga.Total))
                .TransitionTo(paying));
            During(paying, When(made)
                .Then(c => c.Saga.Reference = c.Message.Reference)
                .Send(new Uri($"queue:{ShopQueue}"), c => new Confirmed(c.Saga.CorrelationId))
                .TransitionTo(confirmed));
        }
    }

    public sealed record Placed(Guid CorrelationId, string Customer, IReadOnlyList<PlacedLine> Lines, decimal Total);

    public sealed record PlacedLine(string Sku, int Quantity, decimal Price);

    public sealed record PaymentWanted(Guid CorrelationId, decimal Total);

    public sealed record PaymentMade(Guid CorrelationId, string Reference);

    public sealed record Confirmed(Guid CorrelationId);
}
