using System.Threading.Channels;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Catalog;
using Commerce.Domain.Customers;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Domain.Webhooks;

namespace Commerce.Commands.Webhooks;

/// <summary>Reads the log for one subscription: what it wants is kept as a delivery, with how far the log was read, in one transaction.</summary>
sealed class WebhookReader(Guid id, WebhookTopics topics, IEventLog log, WebhookTable table, DeliveryOrder orders, OrderQueues queues, WebhookOptions options, TimeProvider time)
{
    /// <summary>Messages of the log that are taken in at once.</summary>
    const int BatchMax = 512;

    /// <summary>Messages of the log with nothing wanted in them after which it is noted how far the log was read: so much is read again after a restart.</summary>
    const int LookedMax = 4_096;

    /// <summary>How long it waits where as many deliveries wait as may.</summary>
    static readonly TimeSpan FullPause = TimeSpan.FromSeconds(1);

    static readonly StreamFilter Trade = StreamFilter.Categories(
        Order.Decider.Category, Payment.Decider.Category, CreditNote.Decider.Category, Stock.Decider.Category, Product.Decider.Category, FlashSale.Decider.Category, Customer.Decider.Category);

    /// <summary>Reads on until cancelled.</summary>
    /// <param name="from">How far it was read.</param>
    /// <param name="found">Told when something new waits.</param>
    /// <param name="stop">Stops it.</param>
    public async Task Run(LogPosition from, Action found, CancellationToken stop)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var read = Channel.CreateBounded<LogMessage>(new BoundedChannelOptions(BatchMax) { SingleReader = true, SingleWriter = true });
        await Leading.Together(stopping, Read(from, read.Writer, stopping.Token), Keep(from, read.Reader, found, stopping.Token)).ConfigureAwait(false);
    }

    async Task Read(LogPosition from, ChannelWriter<LogMessage> read, CancellationToken cancellationToken)
    {
        var streams = topics.StreamPrefix is { } prefix ? new StreamFilter([prefix]) : Trade;
        await foreach (var message in log.Subscribe(from, streams, cancellationToken).ConfigureAwait(false))
        {
            await read.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }

        throw new InvalidOperationException("The log's subscription ended.");
    }

    // What came while the last was kept is kept in one go.
    async Task Keep(LogPosition from, ChannelReader<LogMessage> read, Action found, CancellationToken cancellationToken)
    {
        var batch = new List<WebhookDelivery>();
        var (to, looked) = (from, 0);
        while (await read.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (queues.Count >= options.WaitingMax)
            {
                await Task.Delay(FullPause, time, cancellationToken).ConfigureAwait(false);
            }

            var now = time.GetUtcNow();
            for (var n = 0; n < BatchMax && read.TryRead(out var message); n++, looked++)
            {
                to = await Note(message, batch, now, cancellationToken).ConfigureAwait(false) ?? to;
            }

            if (to > from && (batch.Count > 0 || looked >= LookedMax))
            {
                await table.Enqueue(id, from, to, batch, now, cancellationToken).ConfigureAwait(false);
                queues.Add(batch);
                found();
                (from, looked) = (to, 0);
                batch.Clear();
            }
        }
    }

    async ValueTask<LogPosition?> Note(LogMessage message, List<WebhookDelivery> batch, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (message is LogMessage.Appeared { Event: var recorded })
        {
            if (topics.Matches(recorded))
            {
                batch.Add(WebhookDelivery.Of(recorded, await orders.Of(recorded, cancellationToken).ConfigureAwait(false), now));
            }

            return recorded.Position;
        }

        return message switch
        {
            LogMessage.Reached reached => reached.Position,
            LogMessage.CaughtUp caughtUp => caughtUp.Position,
            _ => null,
        };
    }
}
