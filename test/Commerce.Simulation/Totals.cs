using System.Globalization;
using Commerce.Simulation.Machinery;

namespace Commerce.Simulation;

/// <summary>What all runs together were.</summary>
sealed class Totals
{
    readonly SortedDictionary<string, long> _orders = new(StringComparer.Ordinal);
    readonly SortedDictionary<Fault, long> _struck = [];
    long _events;
    long _steps;
    long _racesLost;

    /// <summary>Runs so far.</summary>
    public long Seeds { get; private set; }

    /// <summary>Runs that something was wrong with.</summary>
    public long Failed { get; private set; }

    /// <summary>Orders by how they ended.</summary>
    public IReadOnlyDictionary<string, long> Orders => _orders;

    /// <summary>How often each fault struck.</summary>
    public IReadOnlyDictionary<Fault, long> Struck => _struck;

    /// <summary>Appends that lost a race.</summary>
    public long RacesLost => _racesLost;

    /// <summary>Counts a run in.</summary>
    public void Add(Run run)
    {
        Seeds++;
        Failed += run.Failures.Count > 0 ? 1 : 0;
        _events += run.Report.Events;
        _steps += run.Steps;
        _racesLost += run.RacesLost;
        foreach (var (status, count) in run.Report.Orders.ByStatus)
        {
            _orders[status] = _orders.GetValueOrDefault(status) + count;
        }

        foreach (var (fault, count) in run.Struck)
        {
            _struck[fault] = _struck.GetValueOrDefault(fault) + count;
        }
    }

    /// <summary>In words.</summary>
    public IEnumerable<string> Lines()
    {
        yield return Line($"{Seeds:N0} seeds: {_orders.Values.Sum():N0} orders, {_events:N0} events, {_steps:N0} steps");
        yield return Line($"orders  {Counts(_orders.Select(o => (o.Key, o.Value)))}");
        yield return Line($"faults  {Counts(_struck.Where(s => s.Value > 0).Select(s => (Words(s.Key), s.Value)).Append(("races lost", _racesLost)))}");
    }

    static string Words(Fault fault) => string.Concat(fault.ToString().Select((c, n) => n > 0 && char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    static string Counts(IEnumerable<(string What, long Count)> counts) => string.Join(", ", counts.Select(c => Line($"{c.Count:N0} {c.What}")));

    static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
