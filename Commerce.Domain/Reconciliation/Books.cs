using System.Collections.Immutable;

namespace Commerce.Domain.Reconciliation;

/// <summary>
/// Holds our movements of a day against the provider's. Both are matched by our ids, whatever day either side has them on: what
/// the provider did just before midnight and we heard of after it is no difference on either day, and no distance between two
/// clocks has to be guessed. Pure.
/// </summary>
public static class Books
{
    /// <summary>Whether a moment belongs to a day (UTC).</summary>
    public static bool IsOn(DateOnly day, DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime) == day;

    /// <summary>Payments of which money moved on the day by our log, and of which the provider's movements lack that: it is asked for them before they count as missing.</summary>
    public static ImmutableArray<PaymentId> Lacking(DateOnly day, IEnumerable<OwnMovement> ours, IEnumerable<ProviderMovement> theirs)
    {
        var told = theirs.Select(t => t.Id).ToHashSet();
        return [.. ours.Where(o => IsOfDay(day, o) && !told.Contains(o.Id)).Select(o => o.Id.Payment).Distinct()];
    }

    /// <summary>Movements of the day that are held against each other, those of one side only, or only wanted by an order, counted in.</summary>
    public static int Count(DateOnly day, IEnumerable<OwnMovement> ours, IEnumerable<ProviderMovement> theirs, IEnumerable<OrderLedger> orders) =>
        ours.Where(o => IsOfDay(day, o)).Select(o => o.Id).Union(theirs.Where(t => IsOn(day, t.At)).Select(t => t.Id)).Union(OrderBooks.WantedOn(day, orders)).Count();

    /// <summary>Every movement that the two sides do not agree on, in the order of time. Each belongs to one day: the provider's, or ours where the provider knows nothing of it.</summary>
    /// <param name="day">Of which differences are wanted (UTC).</param>
    /// <param name="ours">Every movement of each payment that either side moved on that day; others do no harm.</param>
    /// <param name="theirs">The provider's statement of the day, and what else it told of those payments.</param>
    public static ImmutableArray<Difference> Compare(DateOnly day, IReadOnlyCollection<OwnMovement> ours, IEnumerable<ProviderMovement> theirs)
    {
        var known = ours.ToDictionary(o => o.Id);
        var told = ById(theirs);
        var there = told.Values.Where(t => IsOn(day, t.At)).Select(t => OfTheirs(known.GetValueOrDefault(t.Id), t));
        var here = ours.Where(o => IsOfDay(day, o) && !told.ContainsKey(o.Id)).Select(MissingThere);
        return [.. there.OfType<Difference>().Concat(here).OrderBy(d => d.At).ThenBy(d => d.Movement.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>The provider's movements by our ids, one for each.</summary>
    internal static Dictionary<MovementId, ProviderMovement> ById(IEnumerable<ProviderMovement> theirs) =>
        theirs.GroupBy(t => t.Id).ToDictionary(g => g.Key, g => Together([.. g.DistinctBy(t => t.Reference)]));

    // Two movements by one of our ids are one that was done twice: the amounts add up to what moved.
    static ProviderMovement Together(IReadOnlyList<ProviderMovement> same) =>
        same.Where(t => t.State == MovementState.Done).ToList() is [{ Amount: { } amount } first, _, ..] done && done.All(t => t.Amount?.Currency == amount.Currency)
            ? first with { Amount = done.Aggregate(Money.Zero(amount.Currency), (sum, t) => t.Amount is { } part ? sum + part : sum) }
            : same.MaxBy(t => t.State) ?? same[0];

    static bool IsOfDay(DateOnly day, OwnMovement own) => own.State == MovementState.Done && IsOn(day, own.At);

    static Difference? OfTheirs(OwnMovement? own, ProviderMovement their)
    {
        DifferenceClass? found = (own?.State, their.State) switch
        {
            (null, MovementState.Done) => DifferenceClass.MissingHere,
            (null, _) => null,
            (_, MovementState.Done) when their.Amount is { } moved && own?.Amount != moved => DifferenceClass.Amount,
            (MovementState.Done, MovementState.Done) => null,
            (MovementState.Awaited or MovementState.GivenUp, MovementState.Done) => DifferenceClass.MissingHere,
            (MovementState.Declined, MovementState.Done) => DifferenceClass.State,
            (MovementState.Done, _) => DifferenceClass.State,
            (MovementState.Awaited, MovementState.Declined) => DifferenceClass.State,
            _ => null,
        };
        return found is { } @class ? new(their.Id, @class, own?.Order, own?.State, own?.Amount, their.State, their.Amount, their.Reference, their.At, null) : null;
    }

    static Difference MissingThere(OwnMovement own) => new(own.Id, DifferenceClass.MissingThere, own.Order, own.State, own.Amount, null, null, null, own.At, null);
}
