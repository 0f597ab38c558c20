using System.Runtime.ExceptionServices;
using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.Processes;

/// <summary>
/// The time of one leading relay, step by step as the product's: reads on, sends the events of one order one after another and
/// those of different orders at once, and stores how far everything is done with.
/// </summary>
sealed class RelayTerm(RelayParts parts, RelayWindow window)
{
    /// <summary>Events of one reading.</summary>
    const int PageEventsMax = 64;

    /// <summary>Who wrote past trade, which is not acted on again.</summary>
    const string ImportActor = "import";

    readonly Dictionary<OrderId, Queue<Sending>> _lanes = [];
    readonly PaymentOrders _orders = new(parts.Log);
    Exception? _failure;
    Action? _wake;
    LogPosition _begins;
    LogPosition _read = window.Checkpoint;
    LogPosition _stored = window.Checkpoint;
    bool _isStoring;
    bool _isOver;

    /// <summary>Reads and sends until something fails, which it throws.</summary>
    public async Task Read(LogPosition after)
    {
        _begins = await parts.Log.Head(CancellationToken.None).ConfigureAwait(false);
        while (_failure is null)
        {
            var appends = parts.Server.Appends;
            var page = await parts.Log.Page(after, MessageRoutes.Streams, PageEventsMax).ConfigureAwait(false);
            foreach (var recorded in page)
            {
                await Take(recorded).ConfigureAwait(false);
                _read = after = recorded.Position;
                StoreSoon();
            }

            if (page.Count == 0 && appends == parts.Server.Appends && _failure is null)
            {
                await Growth().ConfigureAwait(false);
            }
        }

        ExceptionDispatchInfo.Throw(_failure);
    }

    /// <summary>It cannot go on.</summary>
    public void Fail(Exception failure)
    {
        _failure ??= failure;
        _wake?.Invoke();
    }

    /// <summary>What it has under way stops at its next step.</summary>
    public void End() => _isOver = true;

    async Task Growth()
    {
        var grown = new TaskCompletionSource();
        _wake = () => grown.TrySetResult();
        parts.Server.WhenGrown(() => parts.Node.IfUp(() => grown.TrySetResult()));
        await grown.Task.ConfigureAwait(false);
        _wake = null;
    }

    async Task Take(RecordedEvent recorded)
    {
        if (MessageRoutes.Of(recorded.Type) is not { } route || EventMetadata.TryRead(recorded.Metadata) is not { Actor: not ImportActor } metadata)
        {
            window.Pass(recorded.Position);
            return;
        }

        var order = await _orders.OrderOf(recorded, CancellationToken.None).ConfigureAwait(false);
        var entry = await window.Enter(recorded.Position, CancellationToken.None).ConfigureAwait(false);
        var sending = new Sending(new Delivery(route.Message(new Fact(recorded, metadata, order, IsNew: recorded.Position > _begins)), recorded.Id, route.Consumer), entry);
        if (_lanes.TryGetValue(order, out var lane))
        {
            lane.Enqueue(sending);
            return;
        }

        _lanes[order] = lane = new([sending]);
        parts.Node.Run(() => Send(order, lane));
    }

    async Task Send(OrderId order, Queue<Sending> lane)
    {
        try
        {
            while (!_isOver && lane.TryPeek(out var next))
            {
                parts.Consumption?.Expect(next.Delivery.Id, window, next.Entry);
                await parts.Send(next.Delivery).ConfigureAwait(false);
                if (parts.Consumption is null)
                {
                    window.Done(next.Entry);
                }

                lane.Dequeue();
            }

            _lanes.Remove(order);
        }
        catch (BrokerUnavailableException e)
        {
            Fail(e);
        }
    }

    void StoreSoon()
    {
        if (!_isStoring)
        {
            _isStoring = true;
            parts.Node.Run(Store);
        }
    }

    // Looks again and again as long as anything that was read is under way.
    async Task Store()
    {
        try
        {
            while (!_isOver && _stored < _read)
            {
                await parts.Node.Pause(parts.Options.CheckpointEvery).ConfigureAwait(false);
                var reached = parts.RunsAhead ? _read : window.Checkpoint;
                if (reached > _stored && !_isOver)
                {
                    await parts.Database.Call("store the relay's checkpoint at", reached, () => parts.Checkpoints.Store(reached)).ConfigureAwait(false);
                    _stored = reached;
                }
            }
        }
        catch (EventLogUnavailableException e)
        {
            Fail(e);
        }

        _isStoring = false;
    }

    sealed record Sending(Delivery Delivery, RelayWindow.Entry Entry);
}
