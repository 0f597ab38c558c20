using Commerce.Commands.FlashSales;
using Commerce.Commands.Handling;
using Commerce.Commands.Payments;
using Commerce.Commands.Payments.Callbacks;
using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.Deadlines;
using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;
using Commerce.Simulation.Machinery;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.Processes;

/// <summary>
/// One process with every role: door, sagas, payments, relay, deadlines. After each death it starts anew, and makes all that it
/// has in memory anew.
/// </summary>
sealed class AppNode(World world, string name)
{
    /// <summary>As long as the client of an engine of the log waits.</summary>
    static readonly TimeSpan LogTimeout = TimeSpan.FromSeconds(2);

    static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(2);
    static readonly TimeSpan ProviderTimeout = new HttpPaymentProviderOptions().AttemptTimeout;
    static readonly TimeSpan InMemoryTravel = TimeSpan.FromMilliseconds(1);
    static readonly TimeSpan DownMin = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan DownMax = TimeSpan.FromSeconds(20);

    Life? _life;

    /// <summary>Whether it lives now.</summary>
    public bool IsUp => _life is { Node.IsUp: true };

    Life Now => _life ?? throw new InvalidOperationException($"{name} was not started.");

    /// <summary>Starts it.</summary>
    public void Start()
    {
        var node = new Node(name, world.Scheduler, world.Faults, world.Trace);
        world.Trace.Note(name, "starts");
        node.Failed += failure => world.Offend("process-failed", $"{name}: {failure}");
        node.Died += () => world.Scheduler.After(world.Scheduler.Between(DownMin, DownMax), Start);
        world.Leadership.Admit(node);
        _life = Begin(node);
    }

    /// <summary>Serves a client's command.</summary>
    public Task<CommandOutcome> Handle<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command, CommandContext context)
        where TCommand : notnull
        where TEvent : class => Now.Processor.Handle(decider, stream, command, context, CancellationToken.None);

    /// <summary>Its way to the streams of flash sales.</summary>
    public FlashSaleShards Shards => Now.Shards;

    /// <summary>Serves somebody outside.</summary>
    public void Serve(Func<Task> serve)
    {
        var node = Now.Node;
        node.IfUp(() => node.Run(serve));
    }

    /// <summary>What a product is and costs now.</summary>
    public async Task<Product> Product(Sku sku)
    {
        var none = new Loaded<Product>(Domain.Catalog.Product.None, -1);
        var loaded = await StreamState<ProductCommand, ProductEvent, Product>.Fold(
            Domain.Catalog.Product.Decider, Domain.Catalog.Product.StreamOf(sku), Now.Log, none, int.MaxValue, _ => { }, CancellationToken.None).ConfigureAwait(false);
        return loaded.State;
    }

    /// <summary>Takes a callback of the provider.</summary>
    public void Take(string id, ReadOnlyMemory<byte> body, Action understood) => Serve(() => Now.Callbacks.Take(id, body, understood));

    Life Begin(Node node)
    {
        var (scheduler, faults, plan, mutation) = (world.Scheduler, world.Faults, world.Plan, world.Mutation);
        var time = new NodeTime(node, scheduler);
        var database = Connect(node, Fault.LogAway, Fault.LogRequestLost, Fault.LogAnswerLost, LogTimeout, () => new EventLogUnavailableException("The log does not answer."));
        var log = new NodeLog(world.Log, database);
        var processor = new NodeProcessor(node, log, time, faults);
        var asked = mutation.IsOfCommands() ? new Saboteur(processor, mutation, world.Log) : (ICommandProcessor)processor;

        var store = new FulfilmentStore(log, time);
        var runner = new FulfilmentRunner(new FulfilmentProcess(plan.Policy), new FulfilmentCommands(asked, time), store, time);
        var toProvider = Connect(
            node, Fault.ProviderAway, Fault.ProviderRequestLost, Fault.ProviderAnswerLost, ProviderTimeout, () => new PaymentProviderUnavailableException("The payment provider does not answer."));
        var provider = new ProviderClient(world.Books, world.Callbacks, world.Moods, node, toProvider, scheduler, faults) { CapturesTwice = mutation == Mutation.CaptureTwice };
        var options = new SagaOptions { Policy = plan.Policy };
        var recorder = new PaymentNewsRecorder(asked, time);
        var shards = new FlashSaleShards(asked, log);
        var sales = new FlashSaleDesk(asked, new FlashSaleStocker(asked, shards, plan.Policy, time), shards, log, world.NextNumber, time);
        var consumers = new ConsumerHost(node, runner, store, new PaymentExecutor(provider, asked, recorder), sales, options, world.Clerk.Receive);
        var callbacks = new CallbackDesk(node, database, world.CallbacksKept, new CallbackApplier(recorder, log, new CallbackOptions(), time), scheduler)
        {
            Contradicts = callback => world.Offend("callback-not-applied", $"{callback.Id}: {callback.State} {callback.Code}, {callback.Detail}"),
            Forgets = mutation == Mutation.LoseACallback,
        };

        world.Broker.Subscribe(node, consumers.Receive);
        node.Run(new RelayProcess(Relay(node, log, database, options, consumers), world.Leadership).Run);
        node.Run(new DeadlineScanner(node, log, new DeadlineWaker(runner, time), options, scheduler) { ForgetsStrays = mutation == Mutation.ForgetTheStrays }.Run);
        node.Run(new SaleClock(node, log, new FlashSaleTicker(asked, time), scheduler).Run);
        node.Run(callbacks.Run);
        return new Life(node, log, processor, shards, callbacks);
    }

    RelayParts Relay(Node node, NodeLog log, Link database, SagaOptions options, ConsumerHost consumers)
    {
        var consumption = world.Plan.HasBroker ? null : new Consumption();
        var broker = Connect(node, Fault.BrokerAway, Fault.PublishLost, Fault.ConfirmLost, BrokerTimeout, () => new BrokerUnavailableException());

        Task Send(Delivery delivery)
        {
            if (consumption is null)
            {
                return broker.Call("publish", delivery, () => world.Broker.Take(delivery));
            }

            if (!world.Broker.Loses(delivery))
            {
                node.After(InMemoryTravel, () => consumers.Receive(delivery, () => consumption.Done(delivery.Id)));
            }

            return node.Step("hand over", delivery);
        }

        return new RelayParts(node, log, world.Log, database, world.Checkpoints, options, Send)
        {
            Consumption = consumption,
            RunsAhead = world.Mutation == Mutation.CheckpointRunsAhead,
        };
    }

    Link Connect(Node node, Fault away, Fault requestLost, Fault answerLost, TimeSpan timeout, Func<Exception> unavailable) =>
        new(node, world.Scheduler, world.Faults, away, requestLost, answerLost, timeout, unavailable);

    sealed record Life(Node Node, NodeLog Log, ICommandProcessor Processor, FlashSaleShards Shards, CallbackDesk Callbacks);
}
