using System.Collections.Concurrent;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Handling;
using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Commands.Sagas.Relay;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Context;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>
/// The connection that brought a fact is lost while it is handled, as where its process hung: the broker gives it to another, and what this one does with
/// it may come after all that follows from the fact elsewhere.
/// </summary>
[TestFixture]
public sealed class LostConnectionTests
{
    [Test]
    public async Task A_fact_of_a_saga_is_gone_on_with_until_its_process_has_heard_that_it_was_overtaken() =>
        Assert.That(await AttemptsAt(new OrderPlaced { OrderId = Guid.CreateVersion7(), Type = "order-placed.v1" }, Consumers.Fulfilment), Is.EqualTo(new[] { "overtaken", "done" }));

    [Test]
    public async Task What_is_asked_of_the_provider_is_cut_short_and_comes_again() =>
        Assert.That(await AttemptsAt(new PaymentRequested { OrderId = Guid.CreateVersion7(), Type = "payment-requested.v2" }, Consumers.Payments), Is.EqualTo(new[] { "cut short" }));

    // The first attempt is overtaken by another process, while the connection is lost.
    static async Task<IReadOnlyCollection<string>> AttemptsAt<T>(T fact, Consumers consumer)
        where T : FactMessage
    {
        await SagaSchema.Ensure(SagaDatabase.Source, default);
        var options = ShortPauses.Options(null);
        await using var processor = new CommandProcessor(new InMemoryEventLog(TimeProvider.System), TimeProvider.System);
        using var stopping = new CancellationTokenSource();
        using var connection = new CancellationTokenSource();
        using var gate = new Gate(
            options.QueueOf(consumer), new(SagaDatabase.Source), new(SagaDatabase.Source, processor, TimeProvider.System), TimeProvider.System, NullLogger.Instance, stopping.Token);
        using var facts = new FactFilter(consumer, gate, new Consumption(), options, NullLogger.Instance);
        var (attempts, received) = (new ConcurrentQueue<string>(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var bus = Bus.Factory.CreateUsingInMemory(bus => bus.ReceiveEndpoint(options.QueueOf(consumer), endpoint =>
        {
            endpoint.PublishFaults = false;
            endpoint.AddPrePipeSpecification(new FilterPipeSpecification<ConsumeContext>(new Connection(received, connection.Token)));
            endpoint.AddPrePipeSpecification(new FilterPipeSpecification<ConsumeContext>(facts));
            endpoint.Handler<T>(async context =>
            {
                await connection.CancelAsync();
                if (context.CancellationToken.IsCancellationRequested)
                {
                    attempts.Enqueue("cut short");
                    context.CancellationToken.ThrowIfCancellationRequested();
                }

                attempts.Enqueue(attempts.IsEmpty ? "overtaken" : "done");
                if (attempts.Count == 1)
                {
                    throw new SagaConflictException(fact.OrderId, -1, 0);
                }
            });
        }));
        await bus.StartAsync();
        try
        {
            await (await bus.GetSendEndpoint(new Uri($"queue:{options.QueueOf(consumer)}"))).Send(fact, c => c.MessageId = Guid.CreateVersion7());
            await received.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
        finally
        {
            await bus.StopAsync();
        }

        return attempts;
    }

    /// <summary>Brings messages over a connection that may be lost, and says when one is over, however it ended.</summary>
    sealed class Connection(TaskCompletionSource received, CancellationToken lost) : IFilter<ConsumeContext>
    {
        public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
        {
            try
            {
                await next.Send(new Brought(context, lost));
            }
            finally
            {
                received.TrySetResult();
            }
        }

        public void Probe(ProbeContext context)
        {
        }
    }

    sealed class Brought(ConsumeContext context, CancellationToken lost) : ConsumeContextScope(context)
    {
        public override CancellationToken CancellationToken => lost;
    }
}
