using System.Diagnostics;
using Commerce.Commands.Sagas.DeadLetters;
using MassTransit;
using MassTransit.Context;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Sagas;

/// <summary>
/// The way of every fact of a queue, whether it comes alone or in a batch: its order's turn, the gate, its attempts, and its letter
/// where it is given up. A message is done with when all its facts are: handled or kept. Where one is cut short the whole message
/// comes again, and its facts bear that.
/// </summary>
sealed partial class FactFilter(Consumers consumer, Gate gate, Consumption consumption, SagaOptions options, ILogger logger) : IFilter<ConsumeContext>, IDisposable
{
    readonly OrderTurns _turns = new();
    readonly SemaphoreSlim _room = new(options.ConcurrencyMax, options.ConcurrencyMax);

    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        if (context.TryGetMessage<FactBatch>(out var batch))
        {
            return SendBatch(batch, next);
        }

        // What no consumer of this version knows goes on to where nobody takes it.
        return MessageRoutes.Read(context, consumer) is { } fact ? SendAlone(context, fact, next) : next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("facts").Add("factsAtOnceMax", options.ConcurrencyMax);

    public void Dispose() => _room.Dispose();

    async Task SendBatch(ConsumeContext<FactBatch> batch, IPipe<ConsumeContext> next)
    {
        var started = Stopwatch.GetTimestamp();
        var sent = new List<Task>(batch.Message.Facts.Length);
        try
        {
            foreach (var fact in batch.Message.Facts)
            {
                // One after another into their turns: those of an order keep their order.
                await _room.WaitAsync(batch.CancellationToken).ConfigureAwait(false);
                var message = MessageRoutes.Of(fact.Type) is { } route && route.Consumer == consumer ? route.Alone(fact) : fact;
                sent.Add(SendInTurn(batch, message, fact.EventId, next));
            }
        }
        finally
        {
            await Task.WhenAll(sent).ConfigureAwait(false);
        }

        await batch.NotifyConsumed(batch, Stopwatch.GetElapsedTime(started), "facts").ConfigureAwait(false);
    }

    async Task SendAlone(ConsumeContext context, FactMessage fact, IPipe<ConsumeContext> next)
    {
        var started = Stopwatch.GetTimestamp();
        var id = context.MessageId ?? throw new InvalidOperationException("A message without an id is none of ours.");
        await _room.WaitAsync(context.CancellationToken).ConfigureAwait(false);
        await SendInTurn(context, fact, id, next).ConfigureAwait(false);

        // What was held or kept was consumed by nobody else, and would be taken for a message that nobody knows.
        await context.NotifyConsumed(new MessageConsumeContext<FactMessage>(context, fact), Stopwatch.GetElapsedTime(started), "fact").ConfigureAwait(false);
    }

    async Task SendInTurn(ConsumeContext carrier, FactMessage fact, Guid id, IPipe<ConsumeContext> next)
    {
        MessageTelemetry.Took(gate.Queue);
        try
        {
            await _turns.Take(fact.OrderId, () => Handle(carrier, fact, id, next)).ConfigureAwait(false);
        }
        finally
        {
            MessageTelemetry.PutDown(gate.Queue);
            _room.Release();
        }
    }

    async Task Handle(ConsumeContext carrier, FactMessage fact, Guid id, IPipe<ConsumeContext> next)
    {
        // Not begun: another process has it, or will.
        carrier.CancellationToken.ThrowIfCancellationRequested();
        var (started, until) = (Stopwatch.GetTimestamp(), Until(carrier));
        try
        {
            if (await gate.Admits(fact, id).ConfigureAwait(false))
            {
                if (!await Try(carrier, fact, id, next, until).ConfigureAwait(false))
                {
                    throw new InvalidOperationException("No consumer of this version takes such a message.");
                }

                MessageTelemetry.Consumed(gate.Queue, MessageOutcome.Handled);
            }
        }
        catch (Exception e) when (!gate.CutsShort(until))
        {
            SagaTelemetry.Handled(fact.GetType().Name, "failed", Stopwatch.GetElapsedTime(started));

            // Within the turn: nothing of an order slips by between a failure and its letter.
            await gate.Keep(HeldMessage.Of(gate.Queue, id, fact), e).ConfigureAwait(false);
        }

        consumption.Done(id);
    }

    // A saga's fact is gone on with although the connection that brought it is lost. The broker gives it to another process then, which may be done with it before
    // this one, that hung meanwhile, reserves for the order: who reserved has to hear that it was overtaken, or what it reserved is held until the deadlines find it.
    CancellationToken Until(ConsumeContext carrier) => consumer == Consumers.Fulfilment ? gate.Stopping : carrier.CancellationToken;

    // False: nobody took it.
    async Task<bool> Try(ConsumeContext carrier, FactMessage fact, Guid id, IPipe<ConsumeContext> next, CancellationToken until)
    {
        var attempts = new Attempts(options);
        var hearing = new Hearing();
        while (true)
        {
            try
            {
                var context = new FactContext(carrier, fact, id, hearing, until);
                await next.Send(context).ConfigureAwait(false);
                return context.IsConsumed;
            }
            catch (Exception e) when (!gate.CutsShort(until))
            {
                if (attempts.After(e) is not { } pause)
                {
                    throw;
                }

                TriedAgain(logger, fact.Type, id, fact.OrderId, gate.Queue, pause, e.Message);
                MessageTelemetry.Retried(gate.Queue);
                await gate.Pause(pause, until).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Type} {EventId} of order {OrderId} in {Queue} is tried again in {Pause}: {Reason}")]
    static partial void TriedAgain(ILogger logger, string type, Guid eventId, Guid orderId, string queue, TimeSpan pause, string reason);
}
