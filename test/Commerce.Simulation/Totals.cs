using System.Globalization;
using Commerce.Simulation.Machinery;

namespace Commerce.Simulation;

/// <summary>What all runs together were.</summary>
sealed class Totals
{
    readonly SortedDictionary<string, long> _orders = new(StringComparer.Ordinal);
    readonly SortedDictionary<Fault, long> _struck = [];
    readonly SortedDictionary<string, long> _events = new(StringComparer.Ordinal);
    long _steps;
    long _racesLost;

    /// <summary>Runs so far.</summary>
    public long Seeds { get; private set; }

    /// <summary>Runs that something was wrong with.</summary>
    public long Failed { get; private set; }

    /// <summary>Orders by how they ended.</summary>
    public IReadOnlyDictionary<string, long> Orders => _orders;

    /// <summary>Events by type.</summary>
    public IReadOnlyDictionary<string, long> Events => _events;

    /// <summary>How often each fault struck.</summary>
    public IReadOnlyDictionary<Fault, long> Struck => _struck;

    /// <summary>Appends that lost a race.</summary>
    public long RacesLost => _racesLost;

    /// <summary>Counts a run in.</summary>
    public void Add(Run run)
    {
        Seeds++;
        Failed += run.Failures.Count > 0 ? 1 : 0;
        _steps += run.Steps;
        _racesLost += run.RacesLost;
        Count(run.Report.Orders.ByStatus, _orders);
        Count(run.Events.Select(e => KeyValuePair.Create(e.Key, (long)e.Value)), _events);
        Count(run.Struck, _struck);
    }

    /// <summary>In words.</summary>
    public IEnumerable<string> Lines()
    {
        yield return Line($"{Seeds:N0} seeds: {_orders.Values.Sum():N0} orders, {_events.Values.Sum():N0} events, {_steps:N0} steps");
        yield return Line($"orders  {Counts(_orders.Select(o => (o.Key, o.Value)))}");
        yield return Line($"faults  {Counts(_struck.Where(s => s.Value > 0).Select(s => (Words(s.Key), s.Value)).Append(("races lost", _racesLost)))}");
    }

    static void Count<T>(IEnumerable<KeyValuePair<T, long>> counts, SortedDictionary<T, long> into)
        where T : notnull
    {
        foreach (var (what, count) in counts)
        {
            into[what] = into.GetValueOrDefault(what) + count;
        }
    }

    static string Words(Fault fault) => string.Concat(fault.ToString().Select((c, n) => n > 0 && char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    static string Counts(IEnumerable<(string What, long Count)> counts) => string.Join(", ", counts.Select(c => Line($"{c.Count:N0} {c.What}")));

    static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
