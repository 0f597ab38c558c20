using System.Diagnostics.CodeAnalysis;

namespace Commerce.Commands.Webhooks;

/// <summary>
/// Deliveries of one subscription that wait, in a line for each order: only the first of a line is sent, and what waits behind it waits
/// until that one is taken or given up. The lines know nothing of each other.
/// </summary>
sealed class OrderQueues
{
    readonly Lock _lock = new();
    readonly Dictionary<string, Queue<WebhookDelivery>> _behind = new(StringComparer.Ordinal);
    readonly PriorityQueue<WebhookDelivery, DateTimeOffset> _first = new();
    int _count;

    /// <summary>Deliveries that wait or are under way.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>When something is due; null: nothing waits that is not under way.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_lock)
            {
                return _first.TryPeek(out _, out var due) ? due : null;
            }
        }
    }

    /// <summary>Puts some at the ends of their lines; they come in the order of the log.</summary>
    public void Add(IEnumerable<WebhookDelivery> deliveries)
    {
        lock (_lock)
        {
            foreach (var delivery in deliveries)
            {
                Add(delivery);
            }
        }
    }

    /// <summary>Takes the first of a line that is due; its line stands still until <see cref="Done"/> or <see cref="PutBack"/>.</summary>
    public bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out WebhookDelivery? delivery)
    {
        lock (_lock)
        {
            var isDue = _first.TryPeek(out delivery, out var due) && due <= now;
            delivery = isDue ? _first.Dequeue() : null;
            return isDue;
        }
    }

    /// <summary>One is taken or given up: the next of its line comes.</summary>
    public void Done(WebhookDelivery delivery)
    {
        lock (_lock)
        {
            _count--;
            var line = _behind[delivery.Order];
            if (line.TryDequeue(out var next))
            {
                _first.Enqueue(next, next.DueAt);
            }
            else
            {
                _behind.Remove(delivery.Order);
            }
        }
    }

    /// <summary>One has failed, and stays the first of its line until it is due again.</summary>
    public void PutBack(WebhookDelivery delivery, DateTimeOffset due)
    {
        lock (_lock)
        {
            _first.Enqueue(delivery, due);
        }
    }

    void Add(WebhookDelivery delivery)
    {
        _count++;
        if (_behind.TryGetValue(delivery.Order, out var line))
        {
            line.Enqueue(delivery);
        }
        else
        {
            _behind[delivery.Order] = new();
            _first.Enqueue(delivery, delivery.DueAt);
        }
    }
}
