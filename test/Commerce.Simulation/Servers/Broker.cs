using Commerce.Commands.Sagas;
using Commerce.Simulation.Machinery;

namespace Commerce.Simulation.Servers;

/// <summary>A message on its way to one of the two queues.</summary>
sealed record Delivery(FactMessage Message, Guid Id, Consumers Consumer)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Message.Type} of order {Message.OrderId}";
}

/// <summary>
/// A broker that forgets nothing once it has said that it took a message, and delivers until it knows that a message was
/// handled: twice, late, out of order and to another process if need be.
/// </summary>
sealed class Broker(Scheduler scheduler, Faults faults, Trace trace)
{
    static readonly TimeSpan TravelMin = TimeSpan.FromMilliseconds(1);
    static readonly TimeSpan TravelMax = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan LateMax = TimeSpan.FromMinutes(2);
    static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(3);
    static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(20);

    readonly List<Subscriber> _subscribers = [];

    /// <summary>A defect that is made on purpose: these messages are never delivered.</summary>
    public Func<Delivery, bool> Loses { get; set; } = _ => false;

    /// <summary>A process takes messages as long as it lives; it calls back when it is done with one.</summary>
    public void Subscribe(Node node, Action<Delivery, Action> receive)
    {
        var subscriber = new Subscriber(receive);
        _subscribers.Add(subscriber);
        node.Died += () => Lost(subscriber);
        node.Hung += () => scheduler.After(scheduler.Between(TimeSpan.Zero, SilenceMax), () => Miss(node, subscriber));
    }

    // The connection of who is silent for long is broken; it connects again when it goes on.
    void Miss(Node node, Subscriber subscriber)
    {
        if (node.IsHanging && _subscribers.Contains(subscriber))
        {
            Lost(subscriber);
            node.IfUp(() => _subscribers.Add(subscriber));
        }
    }

    /// <summary>Takes a message, and says so.</summary>
    public bool Take(Delivery delivery)
    {
        for (var copies = Loses(delivery) ? 0 : faults.Strikes(Fault.DeliveredTwice) ? 2 : 1; copies > 0; copies--)
        {
            Send(delivery);
        }

        return true;
    }

    void Send(Delivery delivery) =>
        scheduler.After(scheduler.Between(TravelMin, faults.Strikes(Fault.DeliveryLate) ? LateMax : TravelMax), () => Arrive(delivery));

    void Arrive(Delivery delivery)
    {
        if (_subscribers.Count == 0 || faults.IsAway(Fault.BrokerAway) || faults.Strikes(Fault.DeliveryLost))
        {
            scheduler.After(TryAgainAfter, () => Send(delivery));
            return;
        }

        var subscriber = _subscribers[scheduler.Random.Next(_subscribers.Count)];
        subscriber.InHand.Add(delivery);
        subscriber.Receive(delivery, () => Handled(subscriber, delivery));
    }

    void Handled(Subscriber subscriber, Delivery delivery)
    {
        if (subscriber.InHand.Remove(delivery) && faults.Strikes(Fault.AckLost))
        {
            trace.Note("broker", "brings again", delivery);
            scheduler.After(TryAgainAfter, () => Send(delivery));
        }
    }

    // What it had in hand it has not handled, for all that the broker knows.
    void Lost(Subscriber subscriber)
    {
        _subscribers.Remove(subscriber);
        subscriber.InHand.ForEach(Send);
        subscriber.InHand.Clear();
    }

    sealed class Subscriber(Action<Delivery, Action> receive)
    {
        public Action<Delivery, Action> Receive { get; } = receive;

        public List<Delivery> InHand { get; } = [];
    }
}

/// <summary>The broker does not say that it took a message.</summary>
sealed class BrokerUnavailableException() : Exception("The broker does not answer.");
