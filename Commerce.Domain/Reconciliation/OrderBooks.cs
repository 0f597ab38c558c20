using System.Collections.Immutable;
using Commerce.Domain.Payments;

namespace Commerce.Domain.Reconciliation;

/// <summary>
/// Holds what orders want of the money against the money that moved, both ways: what an order wants and did not move, and what
/// moved and no order wants. A movement stands as the provider told it or, where it did not on this day, as our log has it,
/// which was held against the provider's on a day of its own. Pure.
/// </summary>
public static class OrderBooks
{
    /// <summary>Movements that orders began to want on the day.</summary>
    public static IEnumerable<MovementId> WantedOn(DateOnly day, IEnumerable<OrderLedger> orders) =>
        from order in orders
        from wanted in order.Demands
        where wanted.Value.Demand is { Word: OrderWord.Promised or OrderWord.Shipped or OrderWord.Returned, Amount.Amount: > 0 }
            && wanted.Key.Kind != PaymentMovement.Void && Books.IsOn(day, wanted.Value.At)
        select wanted.Key;

    /// <summary>Every movement that is not as its order wants it, in the order of time. Each belongs to one day: that of the later of the two, the order's word and the movement.</summary>
    /// <param name="day">Of which differences are wanted (UTC).</param>
    /// <param name="orders">The orders of these payments, and of that day.</param>
    /// <param name="ours">Every movement of their payments, as our log has it.</param>
    /// <param name="theirs">The provider's statement of the day, and what else it told of those payments.</param>
    /// <param name="known">What the two sides do not agree on among themselves: which of them is right is to be found out first.</param>
    public static ImmutableArray<Difference> Compare(
        DateOnly day, IReadOnlyCollection<OrderLedger> orders, IReadOnlyCollection<OwnMovement> ours, IEnumerable<ProviderMovement> theirs, IEnumerable<Difference> known)
    {
        var (here, there) = (ours.ToDictionary(o => o.Id), Books.ById(theirs));
        var orderOf = orders.ToDictionary(o => o.Payment, o => o.Order);
        var imported = orders.Where(o => o.IsImported).Select(o => o.Payment).ToHashSet();
        var demands = orders.SelectMany(o => o.Demands).ToDictionary(d => d.Key, d => d.Value);
        var disputed = known.Select(d => d.Movement).ToHashSet();
        var voided = here.Keys.Concat(there.Keys).Where(id => id.Kind == PaymentMovement.Void).Select(id => id.Payment).ToHashSet();
        return [.. demands.Keys.Union(here.Keys).Union(there.Keys)
            .Where(id => !disputed.Contains(id) && !imported.Contains(id.Payment))
            .Select(id => Of(id, orderOf.TryGetValue(id.Payment, out var order) ? order : null, demands.GetValueOrDefault(id), here.GetValueOrDefault(id), there.GetValueOrDefault(id), voided.Contains(id.Payment)))
            .OfType<Difference>()
            .Where(d => Books.IsOn(day, d.At))
            .OrderBy(d => d.At).ThenBy(d => d.Movement.ToString(), StringComparer.Ordinal)];
    }

    static Difference? Of(MovementId id, OrderId? order, (OrderDemand? Demand, DateTimeOffset At) wanted, OwnMovement? here, ProviderMovement? there, bool isVoided)
    {
        var demand = wanted.Demand ?? new OrderDemand(OrderWord.Nothing, null, IsInHands: false);
        var at = there?.At ?? here?.At ?? wanted.At;
        return ClassOf(id.Kind, demand, there?.State ?? here?.State, there?.Amount ?? here?.Amount, isVoided) is { } @class
            ? new(id, @class, order, here?.State, here?.Amount, there?.State, there?.Amount, there?.Reference, at > wanted.At ? at : wanted.At, demand)
            : null;
    }

    static DifferenceClass? ClassOf(PaymentMovement kind, OrderDemand demand, MovementState? state, Money? amount, bool isVoided) => (kind, demand.Word, state) switch
    {
        // Let go, or about to be: only a promised order needs what was held.
        (PaymentMovement.Void, OrderWord.Promised, MovementState.Awaited or MovementState.Done) => DifferenceClass.State,
        (PaymentMovement.Void, _, _) => null,
        (PaymentMovement.Authorisation, OrderWord.Nothing or OrderWord.Rejected or OrderWord.Cancelled, _) when isVoided => null,
        (PaymentMovement.Authorisation, OrderWord.Rejected or OrderWord.Cancelled, MovementState.Done) => DifferenceClass.State,
        (PaymentMovement.Authorisation, OrderWord.Rejected or OrderWord.Cancelled, _) => null,
        (_, OrderWord.Nothing, MovementState.Done) => DifferenceClass.MissingHere,
        (_, OrderWord.Nothing, _) => null,
        (_, _, MovementState.Done) => amount is { } moved && moved != demand.Amount ? DifferenceClass.Amount : null,
        (_, OrderWord.Placed, _) => null,
        _ when demand.Amount is { Amount: 0 } => null,
        (_, _, null) => DifferenceClass.MissingThere,

        // What is asked for and not answered is asked for again by itself, until it is.
        (PaymentMovement.Capture or PaymentMovement.Refund, _, MovementState.Awaited) => null,
        _ => DifferenceClass.State,
    };
}
