using Commerce.Domain.Log;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Sagas.Relay;

/// <summary>
/// Carries events from the log to whoever acts on them. Of many relays one leads. It reads from its checkpoint, sends the
/// events of one order one after another and those that wait together as one message, and never lets the checkpoint pass an event
/// that is not durable with its receiver: confirmed by the broker, or, on the in-memory transport, handled.
/// </summary>
sealed partial class EventRelay(
    IEventLog log, IFactSender bus, IRelayCheckpoints checkpoints, ILeadership leadership, Consumption consumption, SagaOptions options, TimeProvider time, ILogger<EventRelay> logger) : BackgroundService
{
    /// <summary>Who wrote past trade, which is not acted on again.</summary>
    const string ImportActor = "import";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await bus.Started.WaitAsync(stoppingToken).ConfigureAwait(false);
        await Leading.Run(leadership, Lead, reason => SteppedDown(logger, reason), time, stoppingToken).ConfigureAwait(false);
    }

    async Task Lead(CancellationTokenSource leading)
    {
        var from = await checkpoints.Load(leading.Token).ConfigureAwait(false);
        var begins = await log.Head(leading.Token).ConfigureAwait(false);
        Leads(logger, from);
        using var window = new RelayWindow(from, options.OutstandingMax);
        var lanes = Enum.GetValues<Consumers>().ToDictionary(c => c, c => new RelayLane(c, bus, consumption, window, options, time));
        List<Task> tasks = [Read(from, begins, window, lanes, leading.Token), Store(window, leading.Token), .. lanes.Values.Select(l => l.Run(leading.Token))];
        try
        {
            await Leading.Together(leading, tasks).ConfigureAwait(false);
        }
        finally
        {
            consumption.Forget(window);
            await checkpoints.Save(window.Checkpoint, CancellationToken.None).ConfigureAwait(false);
        }
    }

    async Task Read(LogPosition from, LogPosition begins, RelayWindow window, Dictionary<Consumers, RelayLane> lanes, CancellationToken cancellationToken)
    {
        var orders = new PaymentOrders(log);
        await foreach (var message in log.Subscribe(from, MessageRoutes.Streams, cancellationToken).ConfigureAwait(false))
        {
            switch (message)
            {
                case LogMessage.Appeared { Event: var e } when MessageRoutes.Of(e.Type) is { } route && EventMetadata.TryRead(e.Metadata) is { Actor: not ImportActor } metadata:
                    var order = await orders.OrderOf(e, cancellationToken).ConfigureAwait(false);
                    var entry = await window.Enter(e.Position, cancellationToken).ConfigureAwait(false);
                    await lanes[route.Consumer].Add(new Sending(route, new Fact(e, metadata, order, IsNew: e.Position > begins), entry), cancellationToken).ConfigureAwait(false);
                    break;
                case LogMessage.Appeared { Event.Position: var position }:
                    window.Pass(position);
                    break;
                case LogMessage.Reached { Position: var position }:
                    window.Pass(position);
                    break;
                case LogMessage.CaughtUp { Position: var position }:
                    window.Pass(position);
                    break;
            }
        }

        throw new InvalidOperationException("The log's subscription ended.");
    }

    async Task Store(RelayWindow window, CancellationToken cancellationToken)
    {
        var stored = window.Checkpoint;
        while (true)
        {
            await Task.Delay(options.CheckpointEvery, time, cancellationToken).ConfigureAwait(false);
            var reached = window.Checkpoint;
            if (reached > stored)
            {
                await checkpoints.Save(reached, cancellationToken).ConfigureAwait(false);
                stored = reached;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This process relays events to the bus, from position {Position}.")]
    static partial void Leads(ILogger logger, LogPosition position);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The relay begins again from its checkpoint: {Reason}")]
    static partial void SteppedDown(ILogger logger, string reason);
}
