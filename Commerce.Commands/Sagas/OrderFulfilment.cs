using Commerce.Domain.Fulfilment;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using MassTransit;

namespace Commerce.Commands.Sagas;

/// <summary>
/// The saga of an order, correlated by its id. What it does is decided by <see cref="FulfilmentProcess"/>; the machine brings
/// it the facts, does its commands, and shows by its state where the order stands.
/// </summary>
sealed class OrderFulfilment : MassTransitStateMachine<FulfilmentInstance>
{
    readonly FulfilmentProcess _process;
    readonly FulfilmentCommands _commands;
    readonly FulfilmentStore _store;
    readonly TimeProvider _time;
    readonly Dictionary<FulfilmentPhase, State> _states;

    public OrderFulfilment(FulfilmentProcess process, FulfilmentCommands commands, FulfilmentStore store, TimeProvider time)
    {
        (_process, _commands, _store, _time) = (process, commands, store, time);
        InstanceState(i => i.CurrentState);
        _states = Enum.GetValues<FulfilmentPhase>().ToDictionary(p => p, p => (State)State(p == FulfilmentPhase.None ? "Unplaced" : p.ToString()));

        On<OrderPlaced>();
        On<OrderCancelled>();
        On<OrderShipped>();
        On<OrderReturned>();
        On<PaymentAuthorised>();
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
        var saga = context.Saga;
        using var cause = HandledMessage.Of(context, "saga");
        var reaction = _process.React(saga.State, InputOf(cause));
        saga.Note(reaction);
        while (!reaction.Commands.IsEmpty)
        {
            var answers = new List<FulfilmentInput>();
            foreach (var command in reaction.Commands)
            {
                answers.AddRange(await _commands.Do(command, cause, context.CancellationToken).ConfigureAwait(false));
            }

            reaction = _process.React(reaction.State, [.. answers]);
            saga.Note(reaction);
            if (answers.Exists(a => a is FulfilmentInput.Refused))
            {
                await Save(saga, cause, context.CancellationToken).ConfigureAwait(false);
            }
        }

        await context.TransitionToState(_states[saga.State.Phase]).ConfigureAwait(false);
        await Save(saga, cause, context.CancellationToken).ConfigureAwait(false);
    }

    Task Save(FulfilmentInstance saga, HandledMessage cause, CancellationToken cancellationToken) =>
        saga.Unsaved.Count == 0 ? Task.CompletedTask : _store.Save(saga, cause.Metadata(_time.GetUtcNow()), cancellationToken);

    static FulfilmentInput InputOf(HandledMessage message) => message.Event switch
    {
        OrderEvent.Placed e => new FulfilmentInput.OrderPlaced(e, message.OccurredAt),
        OrderEvent.Cancelled => new FulfilmentInput.OrderCancelled(),
        OrderEvent.Shipped e => new FulfilmentInput.OrderShipped(e),
        OrderEvent.Returned e => new FulfilmentInput.OrderReturned(e),
        PaymentEvent.Authorised => new FulfilmentInput.PaymentAuthorised(),
        PaymentEvent.Declined e => new FulfilmentInput.PaymentDeclined(e.Code),
        PaymentEvent.Expired => new FulfilmentInput.PaymentExpired(),
        PaymentEvent.Captured e => new FulfilmentInput.PaymentCaptured(e.Capture),
        PaymentEvent.Voided => new FulfilmentInput.PaymentVoided(),
        PaymentEvent.Refunded e => new FulfilmentInput.PaymentRefunded(e.Refund),
        var other => throw new InvalidOperationException($"{other.GetType()} is no input of the saga."),
    };
}
