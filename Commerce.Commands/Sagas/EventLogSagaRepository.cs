using Commerce.Domain.Fulfilment;
using MassTransit;
using MassTransit.Context;

namespace Commerce.Commands.Sagas;

/// <summary>
/// MassTransit's saga repository on the event log. An instance is the fold of <c>fulfilment-{order}</c>; the machine appends
/// what follows from a message at the revision that was loaded here, so a lost race is a <see cref="SagaConflictException"/>
/// and the message is handled anew.
/// </summary>
sealed class EventLogSagaRepository(FulfilmentStore store, Func<FulfilmentPhase, string> stateOf) : ISagaRepository<FulfilmentInstance>
{
    public async Task Send<T>(ConsumeContext<T> context, ISagaPolicy<FulfilmentInstance, T> policy, IPipe<SagaConsumeContext<FulfilmentInstance, T>> next)
        where T : class
    {
        var order = context.CorrelationId ?? throw new SagaException("The message names no order.", typeof(FulfilmentInstance), typeof(T));
        var instance = context is ConsumeContext<OrderPlaced> placed && placed.IsFirst()
            ? store.Begin(order)
            : await store.Load(order, context.CancellationToken).ConfigureAwait(false);

        // An order that nothing was heard of has an instance all the same, in the machine's initial state.
        instance.CurrentState = instance.Revision < 0 ? null : stateOf(instance.State.Phase);
        await policy.Existing(new DefaultSagaConsumeContext<FulfilmentInstance, T>(context, instance), next).ConfigureAwait(false);
        store.Keep(instance);
    }

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<FulfilmentInstance> query, ISagaPolicy<FulfilmentInstance, T> policy, IPipe<SagaConsumeContext<FulfilmentInstance, T>> next)
        where T : class => throw new NotSupportedException("Sagas are found by order id.");

    public void Probe(ProbeContext context) => context.CreateScope("sagaRepository").Add("persistence", "event log");
}
