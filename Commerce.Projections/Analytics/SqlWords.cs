namespace Commerce.Projections.Analytics;

/// <summary>Expressions over documents, whose JSON is that of <see cref="ProjectionsJson"/>.</summary>
static class SqlWords
{
    /// <summary>A property as text.</summary>
    public static string Text(string data, string property) => $"{data} ->> '{property}'";

    /// <summary>An enumeration's value as the API writes it: <c>partiallyShipped</c>.</summary>
    public static string Word(string data, string property) => $"lower(left({data} ->> '{property}', 1)) || substr({data} ->> '{property}', 2)";

    /// <summary>A property as a whole number.</summary>
    public static string Whole(string data, string property) => $"({data} ->> '{property}')::bigint";

    /// <summary>The amount of a property that is money.</summary>
    public static string Amount(string data, string property) => $"({data} -> '{property}' ->> 'amount')::numeric";

    /// <summary>The currency of a property that is money.</summary>
    public static string CurrencyOf(string data, string property) => $"{data} -> '{property}' ->> 'currency'";

    /// <summary>A property that is a moment.</summary>
    public static string Time(string data, string property) => $"({data} ->> '{property}')::timestamptz";

    /// <summary>The UTC day of a moment.</summary>
    public static string Day(string moment) => $"(({moment}) AT TIME ZONE 'UTC')::date";

    /// <summary>The first day of the ISO week (a Monday) or of the month that a day lies in, whatever the session's time zone.</summary>
    public static string FirstDay(string of, string day) => $"date_trunc('{of}', ({day})::timestamp)::date";

    /// <summary>Hours between two moments, to the hundredth.</summary>
    public static string Hours(string from, string to) => $"round(extract(epoch FROM ({to}) - ({from}))::numeric / 3600, 2)";
}
