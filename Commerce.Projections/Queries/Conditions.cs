using System.Globalization;
using System.Text.RegularExpressions;

namespace Commerce.Projections.Queries;

/// <summary>Builds a where clause whose values are all parameters.</summary>
sealed partial class Conditions
{
    readonly List<string> _terms = [];
    readonly List<object> _values = [];

    /// <summary>Values for $1, $2, … in order.</summary>
    public IReadOnlyList<object> Values => _values;

    /// <summary><c>where …</c>, or nothing.</summary>
    public string Where => _terms.Count == 0 ? string.Empty : "where " + string.Join(" and ", _terms);

    /// <summary>One more term; each <c>?</c> in it stands for the next value.</summary>
    public Conditions And(string term, params IReadOnlyList<object> values)
    {
        _terms.Add(Placeholder().Replace(term, _ => Next()));
        _values.AddRange(values);
        return this;

        string Next() => "$" + (++_named).ToString(CultureInfo.InvariantCulture);
    }

    int _named;

    /// <summary>A term where there is a value.</summary>
    public Conditions AndIf<T>(T? value, string term)
        where T : class => value is null ? this : And(term, value);

    /// <summary>A term where there is a value.</summary>
    public Conditions AndIf<T>(T? value, string term)
        where T : struct => value is { } given ? And(term, given) : this;

    [GeneratedRegex(@"\?")]
    private static partial Regex Placeholder();
}
