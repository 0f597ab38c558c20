using System.Threading.Channels;
using Commerce.Domain.Log;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Sagas.Relay;

/// <summary>
/// Carries events from the log to whoever acts on them. Of many relays one leads. It reads from its checkpoint, sends the
/// events of one order one after another and those of different orders at once, and never lets the checkpoint pass an event
/// that is not durable with its receiver: confirmed by the broker, or, on the in-memory transport, handled.
/// </summary>
sealed partial class EventRelay(
    IEventLog log, CommerceBus bus, IRelayCheckpoints checkpoints, ILeadership leadership, Consumption consumption, SagaOptions options, TimeProvider time, ILogger<EventRelay> logger) : BackgroundService
{
    /// <summary>Events that wait in one lane at most; the window bounds them all together.</summary>
    const int LaneCapacity = 64;

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
        var lanes = new Channel<Sending>[options.Lanes];
        for (var n = 0; n < lanes.Length; n++)
        {
            lanes[n] = Channel.CreateBounded<Sending>(new BoundedChannelOptions(LaneCapacity) { SingleReader = true, SingleWriter = true });
        }

        List<Task> tasks = [Read(from, begins, window, lanes, leading.Token), Store(window, leading.Token), .. lanes.Select(l => Send(l.Reader, window, leading.Token))];
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

    async Task Read(LogPosition from, LogPosition begins, RelayWindow window, Channel<Sending>[] lanes, CancellationToken cancellationToken)
    {
        var orders = new PaymentOrders(log);
        await foreach (var message in log.Subscribe(from, MessageRoutes.Streams, cancellationToken).ConfigureAwait(false))
        {
            switch (message)
            {
                case LogMessage.Appeared { Event: var e } when MessageRoutes.Of(e.Type) is { } route && EventMetadata.TryRead(e.Metadata) is { Actor: not ImportActor } metadata:
                    var order = await orders.OrderOf(e, cancellationToken).ConfigureAwait(false);
                    var entry = await window.Enter(e.Position, cancellationToken).ConfigureAwait(false);
                    var lane = lanes[(uint)order.GetHashCode() % (uint)lanes.Length];
                    await lane.Writer.WriteAsync(new Sending(route, new Fact(e, metadata, order, IsNew: e.Position > begins), entry), cancellationToken).ConfigureAwait(false);
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

    async Task Send(ChannelReader<Sending> lane, RelayWindow window, CancellationToken cancellationToken)
    {
        await foreach (var sending in lane.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            var endpoint = await bus.EndpointOf(sending.Route.Consumer).WaitAsync(options.SendTimeMax, time, cancellationToken).ConfigureAwait(false);
            if (bus.ForgetsInCrash)
            {
                consumption.Expect(sending.Fact.Event.Id, window, sending.Entry);
            }

            using (RelayTelemetry.StartSend(sending.Fact))
            {
                // After the loss of a broker a send may never end, whatever its token says: it must not keep a relay in the lead that sends nothing.
                await sending.Route.Send(endpoint, sending.Fact, cancellationToken).WaitAsync(options.SendTimeMax, time, cancellationToken).ConfigureAwait(false);
            }

            RelayTelemetry.Ended(sending.Fact.Event, time.GetUtcNow());
            if (!bus.ForgetsInCrash)
            {
                window.Done(sending.Entry);
            }
        }
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

    sealed record Sending(MessageRoute Route, Fact Fact, RelayWindow.Entry Entry);

    [LoggerMessage(Level = LogLevel.Information, Message = "This process relays events to the bus, from position {Position}.")]
    static partial void Leads(ILogger logger, LogPosition position);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The relay begins again from its checkpoint: {Reason}")]
    static partial void SteppedDown(ILogger logger, string reason);
}
