using Commerce.Domain.Fulfilment;
using MassTransit;

namespace Commerce.Commands.Sagas;

/// <summary>
/// The saga of an order, correlated by its id. What it does is decided by <see cref="FulfilmentProcess"/> and done by
/// <see cref="FulfilmentRunner"/>; the machine brings the facts and shows by its state where the order stands.
/// </summary>
sealed class OrderFulfilment : MassTransitStateMachine<FulfilmentInstance>
{
    readonly FulfilmentRunner _runner;
    readonly Dictionary<FulfilmentPhase, State> _states;

    public OrderFulfilment(FulfilmentRunner runner)
    {
        _runner = runner;
        InstanceState(i => i.CurrentState);
        _states = Enum.GetValues<FulfilmentPhase>().ToDictionary(p => p, p => (State)State(p == FulfilmentPhase.None ? "Unplaced" : p.ToString()));

        On<OrderPlaced>();
        On<OrderCancelled>();
        On<OrderRestCancelled>();
        On<OrderShipped>();
        On<OrderReturned>();
        On<PaymentAuthorised>();
        On<PaymentAuthorisedLate>();
        On<PaymentDeclined>();
        On<PaymentExpired>();
        On<PaymentCaptured>();
        On<PaymentVoided>();
        On<PaymentRefunded>();
    }

    /// <summary>Name of the state that shows this phase.</summary>
    public string StateOf(FulfilmentPhase phase) => _states[phase].Name;

    // Facts may come in any order, the first of an order included; each is heard in every state.
    void On<T>()
        where T : FactMessage
    {
        var heard = Event<T>(typeof(T).Name, e => e.CorrelateById(c => c.Message.OrderId));
        Initially(When(heard).ThenAsync(React));
        DuringAny(When(heard).ThenAsync(React));
    }

    async Task React<T>(BehaviorContext<FulfilmentInstance, T> context)
        where T : FactMessage
    {
        using var cause = HandledMessage.Of(context, FulfilmentRunner.Actor);
        await _runner.React(context.Saga, cause, context.CancellationToken).ConfigureAwait(false);
        await context.TransitionToState(_states[context.Saga.State.Phase]).ConfigureAwait(false);
    }
}
