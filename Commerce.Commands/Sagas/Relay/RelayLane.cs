using System.Diagnostics;
using System.Threading.Channels;
using Commerce.Domain;

namespace Commerce.Commands.Sagas.Relay;

/// <summary>An event that is to be sent.</summary>
sealed record Sending(MessageRoute Route, Fact Fact, RelayWindow.Entry Entry);

/// <summary>
/// The way to one queue: what waits in it goes out together, and what comes while the broker confirms that goes with the next message. So
/// facts of one order keep their order, and the busier the shop the more of them share a message.
/// </summary>
sealed class RelayLane(Consumers consumer, IFactSender bus, Consumption consumption, RelayWindow window, SagaOptions options, TimeProvider time)
{
    /// <summary>Bytes of facts after which a message is full: far below what brokers take.</summary>
    const int BatchBytesMax = 256 * 1024;

    // The window bounds what waits in all lanes together.
    readonly Channel<Sending> _waiting = Channel.CreateBounded<Sending>(new BoundedChannelOptions(options.OutstandingMax) { SingleReader = true, SingleWriter = true });

    /// <summary>Puts an event in.</summary>
    public ValueTask Add(Sending sending, CancellationToken cancellationToken) => _waiting.Writer.WriteAsync(sending, cancellationToken);

    /// <summary>Sends what is put in, until cancelled.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        var batch = new List<Sending>(options.BatchFactsMax);
        while (await _waiting.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            // A fact whose trace is recorded travels alone, so that its way over the broker is part of its trace and of no other.
            if (GatherTraced(batch))
            {
                await Task.WhenAll(batch.Select(s => Send([s], cancellationToken))).ConfigureAwait(false);
            }
            else
            {
                Gather(batch);
                await Send(batch, cancellationToken).ConfigureAwait(false);
            }

            batch.Clear();
        }
    }

    // What is sent alone at the same time is of different orders.
    bool GatherTraced(List<Sending> batch)
    {
        var orders = new HashSet<OrderId>();
        while (batch.Count < options.BatchFactsMax && _waiting.Reader.TryPeek(out var next) && IsTraced(next.Fact) && orders.Add(next.Fact.Order) && _waiting.Reader.TryRead(out next))
        {
            batch.Add(next);
        }

        return batch.Count > 0;
    }

    void Gather(List<Sending> batch)
    {
        var bytes = 0;
        while (batch.Count < options.BatchFactsMax && bytes < BatchBytesMax && _waiting.Reader.TryPeek(out var next) && !IsTraced(next.Fact) && _waiting.Reader.TryRead(out next))
        {
            batch.Add(next);
            bytes += next.Fact.Event.Data.Length;
        }
    }

    static bool IsTraced(Fact fact) =>
        CommerceTelemetry.Source.HasListeners()
        && ActivityContext.TryParse(fact.Metadata.TraceParent, null, out var context)
        && context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);

    async Task Send(List<Sending> sendings, CancellationToken cancellationToken)
    {
        using var activity = RelayTelemetry.StartSend(sendings[0].Fact);
        if (bus.ForgetsInCrash)
        {
            foreach (var (_, fact, entry) in sendings)
            {
                consumption.Expect(fact.Event.Id, window, entry);
            }
        }

        // A send that never ends must not keep a relay in the lead that sends nothing.
        await bus.Send(consumer, [.. sendings.Select(s => s.Fact)], cancellationToken).WaitAsync(options.SendTimeMax, time, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        foreach (var (_, fact, entry) in sendings)
        {
            RelayTelemetry.Ended(fact.Event, now);
            if (!bus.ForgetsInCrash)
            {
                window.Done(entry);
            }
        }
    }
}
