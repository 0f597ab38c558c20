using System.Diagnostics;
using Commerce.Commands.Sagas.DeadLetters;
using MassTransit;

namespace Commerce.Commands.Sagas;

/// <summary>
/// Takes a batch apart: each fact goes on through the rest of the pipe as the message that it would be alone, in its lane, with its
/// retries and its dead letter. The batch is done with when all its facts are: handled or kept. Where one is cut short the whole
/// batch comes again, and its facts bear that.
/// </summary>
sealed class BatchFilter(Consumers consumer, Gate gate, Consumption consumption, int factsAtOnceMax) : IFilter<ConsumeContext>, IDisposable
{
    readonly SemaphoreSlim _room = new(factsAtOnceMax, factsAtOnceMax);

    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next) =>
        context.TryGetMessage<FactBatch>(out var batch) ? SendEach(batch, next) : next.Send(context);

    public void Probe(ProbeContext context) => context.CreateFilterScope("batches").Add("factsAtOnceMax", factsAtOnceMax);

    public void Dispose() => _room.Dispose();

    async Task SendEach(ConsumeContext<FactBatch> batch, IPipe<ConsumeContext> next)
    {
        var started = Stopwatch.GetTimestamp();
        var sent = new List<Task>(batch.Message.Facts.Length);
        try
        {
            foreach (var fact in batch.Message.Facts)
            {
                // One after another into their lanes: those of an order keep their order.
                await _room.WaitAsync(batch.CancellationToken).ConfigureAwait(false);
                sent.Add(SendOne(batch, fact, next));
            }
        }
        finally
        {
            await Task.WhenAll(sent).ConfigureAwait(false);
        }

        await batch.NotifyConsumed(batch, Stopwatch.GetElapsedTime(started), "facts").ConfigureAwait(false);
    }

    async Task SendOne(ConsumeContext batch, BatchedFact fact, IPipe<ConsumeContext> next)
    {
        var message = MessageRoutes.Of(fact.Type) is { } route && route.Consumer == consumer ? route.Alone(fact) : fact;
        try
        {
            var context = new FactContext(batch, message, fact.EventId);
            await next.Send(context).ConfigureAwait(false);
            if (!context.IsConsumed)
            {
                throw new InvalidOperationException("No consumer of this version takes such a message.");
            }
        }
        catch (Exception e) when (!gate.CutsShort(batch.CancellationToken))
        {
            await gate.Keep(HeldMessage.Of(gate.Queue, fact.EventId, message), e).ConfigureAwait(false);
            consumption.Done(fact.EventId);
        }
        finally
        {
            _room.Release();
        }
    }
}
