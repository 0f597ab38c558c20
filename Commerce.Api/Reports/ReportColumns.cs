using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;

namespace Commerce.Api.Reports;

/// <summary>The columns of a report, and how their values look.</summary>
sealed class ReportColumns
{
    const string DayFormat = "yyyy-MM-dd";
    const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'";

    // Names of things, not figures: they grow beyond 2^53, where JavaScript's numbers end.
    static readonly string[] Identifiers = ["order_number", "position"];

    readonly ImmutableArray<Column> _columns;
    readonly int _currency;

    /// <summary>Those that the reader has.</summary>
    public ReportColumns(DbDataReader row)
    {
        _columns = [.. Enumerable.Range(0, row.FieldCount).Select(n => new Column(row.GetName(n), KindOf(row.GetName(n), row.GetDataTypeName(n))))];
        _currency = _columns.Select(c => c.Name).ToList().IndexOf("currency");
    }

    enum Kind
    {
        Text,
        Id,
        Identifier,
        Whole,
        Amount,
        Flag,
        Day,
        Time,
    }

    /// <summary>Their names, in order.</summary>
    public IEnumerable<string> Names => _columns.Select(c => c.Name);

    /// <summary>The current row's values as texts; empty: there is none.</summary>
    public IEnumerable<string> Texts(DbDataReader row)
    {
        for (var n = 0; n < _columns.Length; n++)
        {
            yield return row.IsDBNull(n) ? string.Empty : _columns[n].Kind == Kind.Text ? NoFormula(row.GetString(n)) : Text(row, n);
        }
    }

    /// <summary>The current row's values as texts; null: there is none.</summary>
    public IEnumerable<string?> Values(DbDataReader row)
    {
        for (var n = 0; n < _columns.Length; n++)
        {
            yield return row.IsDBNull(n) ? null : Text(row, n);
        }
    }

    /// <summary>Writes the current row as an object. What has no value is left out, amounts and identifiers are texts.</summary>
    public void Write(DbDataReader row, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        for (var n = 0; n < _columns.Length; n++)
        {
            if (row.IsDBNull(n))
            {
                continue;
            }

            json.WritePropertyName(_columns[n].Name);
            switch (_columns[n].Kind)
            {
                case Kind.Whole:
                    json.WriteNumberValue(row.GetInt64(n));
                    break;
                case Kind.Flag:
                    json.WriteBooleanValue(row.GetBoolean(n));
                    break;
                default:
                    json.WriteStringValue(Text(row, n));
                    break;
            }
        }

        json.WriteEndObject();
    }

    string Text(DbDataReader row, int n) => _columns[n].Kind switch
    {
        Kind.Text => row.GetString(n),
        Kind.Id => row.GetGuid(n).ToString(),
        Kind.Identifier or Kind.Whole => row.GetInt64(n).ToString(CultureInfo.InvariantCulture),
        Kind.Amount => Amount(row, n),
        Kind.Flag => row.GetBoolean(n) ? "true" : "false",
        Kind.Day => row.GetFieldValue<DateOnly>(n).ToString(DayFormat, CultureInfo.InvariantCulture),
        _ => row.GetFieldValue<DateTime>(n).ToUniversalTime().ToString(TimeFormat, CultureInfo.InvariantCulture),
    };

    // With the decimals of its currency at least; a sum of zeros has a scale that adds them.
    string Amount(DbDataReader row, int n)
    {
        var amount = row.GetDecimal(n);
        var scale = _currency < 0 || row.IsDBNull(_currency) ? 0 : Domain.Currency.Of(row.GetString(_currency)).Decimals;
        return (amount + new decimal(0, 0, 0, false, (byte)scale)).ToString(CultureInfo.InvariantCulture);
    }

    // Clients chose this text: what begins like a formula must not become one in a spreadsheet. A minus before letters and digits alone computes nothing.
    static string NoFormula(string text) => text switch
    {
        ['=' or '+' or '@' or '\t' or '\r', ..] => "'" + text,
        ['-', ..] when !text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') => "'" + text,
        _ => text,
    };

    static Kind KindOf(string name, string type) => type switch
    {
        "bigint" when Identifiers.Contains(name) => Kind.Identifier,
        "bigint" or "integer" => Kind.Whole,
        "numeric" => Kind.Amount,
        "boolean" => Kind.Flag,
        "date" => Kind.Day,
        "timestamp with time zone" => Kind.Time,
        "uuid" => Kind.Id,
        _ => Kind.Text,
    };

    sealed record Column(string Name, Kind Kind);
}
