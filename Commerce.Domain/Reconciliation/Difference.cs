using System.Text.Json.Serialization;
using Commerce.Domain.Payments;

namespace Commerce.Domain.Reconciliation;

/// <summary>In what the two sides differ, or a movement and its order.</summary>
public enum DifferenceClass
{
    /// <summary>The provider moved money, and our log does not know that it did, or no order why.</summary>
    MissingHere,

    /// <summary>Our log says that money moved, or an order that it is to, and the provider knows nothing of it.</summary>
    MissingThere,

    /// <summary>Both know the movement, of different amounts.</summary>
    Amount,

    /// <summary>Both know the movement, and one says that it was done, the other that it was not.</summary>
    State,
}

/// <summary>What is done about a difference.</summary>
public enum Repair
{
    /// <summary>What the provider says is recorded on the payment's stream, by the payment's own rules.</summary>
    Record,

    /// <summary>The payment is asked, by its own rules, for what its order wants: to take, to give back or to let go.</summary>
    Ask,

    /// <summary>No rule allows to do anything: a person has to look.</summary>
    Person,
}

/// <summary>One movement that the two sides do not agree on, or that is not as its order wants it.</summary>
/// <param name="Movement">Which.</param>
/// <param name="Class">In what they differ.</param>
/// <param name="Order">Whose order; null: our log does not know the payment.</param>
/// <param name="Here">What our log says; null: nothing.</param>
/// <param name="AmountHere">How much, by our log.</param>
/// <param name="There">What the provider says; null: nothing.</param>
/// <param name="AmountThere">How much, by the provider.</param>
/// <param name="Reference">The provider's own id of it.</param>
/// <param name="At">When it moved: by the provider's clock, or, where it knows nothing, by ours.</param>
/// <param name="Demand">What the order says of it, where that is the difference; null: the two sides differ.</param>
public sealed record Difference(
    MovementId Movement,
    DifferenceClass Class,
    OrderId? Order,
    MovementState? Here,
    Money? AmountHere,
    MovementState? There,
    Money? AmountThere,
    string? Reference,
    DateTimeOffset At,
    OrderDemand? Demand)
{
    /// <summary>
    /// The rules of repair, each a row. Money that moved is never taken for unmoved by a rule, nor another amount for the right
    /// one: that is for a person.
    /// </summary>
    [JsonIgnore]
    public Repair Repair => Demand is { } demand ? RepairOf(demand) : (Class, Here, There, Movement.Kind) switch
    {
        // Just this is awaited: the answer was lost.
        (DifferenceClass.MissingHere, MovementState.Awaited, _, _) => Repair.Record,

        // Nobody waits for it any more: recorded as late, it is let go by the payment's own rule.
        (DifferenceClass.MissingHere, MovementState.GivenUp, _, _) => Repair.Record,
        (DifferenceClass.State, MovementState.Declined, MovementState.Done, _) => Repair.Record,

        // A no to an authorisation is an answer like a yes. To what it had agreed to, the provider has no right to say no.
        (DifferenceClass.State, MovementState.Awaited, MovementState.Declined, PaymentMovement.Authorisation) => Repair.Record,
        _ => Repair.Person,
    };

    // Whoever gave up a message of an order may have done by hand what is missing: done again, the customer pays twice.
    Repair RepairOf(OrderDemand demand) => (Class, demand.Word) switch
    {
        _ when demand.IsInHands => Repair.Person,
        (DifferenceClass.MissingThere, OrderWord.Shipped or OrderWord.Returned) => Repair.Ask,
        (DifferenceClass.State, OrderWord.Rejected or OrderWord.Cancelled) => Repair.Ask,
        _ => Repair.Person,
    };
}

/// <summary>A difference as it was written when only the two sides were compared.</summary>
public sealed record DifferenceV1(
    MovementId Movement,
    DifferenceClass Class,
    OrderId? Order,
    MovementState? Here,
    Money? AmountHere,
    MovementState? There,
    Money? AmountThere,
    string? Reference,
    DateTimeOffset At);
