using System.Globalization;
using Commerce.Domain;

namespace Commerce.Commands.Importing;

/// <summary>A record of a file: the line that it is, or why it is none, and what it counts in the file's own sums.</summary>
sealed record ReadLine(RetailLine? Line, RejectedLine? Rejected, Tally InFile);

/// <summary>Reads the fields of an Online Retail record. Every reason names what was found.</summary>
static class RetailLineReader
{
    /// <summary>Units of one line at most: with <see cref="Domain.Orders.Order.LinesMax"/> lines an order stays countable; the largest known has 80,995.</summary>
    public const int QuantityMax = 500_000;

    /// <summary>Characters of an invoice number at most; known ones have 6 or 7.</summary>
    public const int InvoiceLengthMax = 32;

    /// <summary>Characters of a country at most; the longest known has 20.</summary>
    public const int CountryLengthMax = 64;

    /// <summary>Names of the columns, in order.</summary>
    public const string Header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

    // Numbers beyond this are not even added up: sums of them might not fit a decimal.
    const long CountableQuantityMax = 1_000_000_000_000_000;
    const int ExcerptLengthMax = 40;

    static readonly string[] Columns = Header.Split(',');
    static readonly string[] DateFormats = ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm:ss"];
    static readonly DateTimeOffset Earliest = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Columns of a record.</summary>
    public static int ColumnCount => Columns.Length;

    /// <summary>Whether the record is the header, letter case and surrounding spaces aside.</summary>
    public static bool IsHeader(CsvRecord record) =>
        record.Fields.Count == Columns.Length && record.Fields.Zip(Columns).All(c => c.First.Trim().Equals(c.Second, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a record.</summary>
    public static ReadLine Read(CsvRecord record)
    {
        var fields = record.Fields.Select(f => f.Trim()).ToArray();
        var fault = record.Fault ?? ShapeFault(fields);
        if (fault is not null)
        {
            return new(null, new RejectedLine(record.Line, fault), new Tally(1, 0, 0));
        }

        var (quantity, price) = (QuantityOf(fields[3]), PriceOf(fields[5]));
        var inFile = quantity is { } units && price is { } each ? new Tally(1, units, units * each) : new Tally(1, 0, 0);
        var line = Line(record.Line, fields, quantity, price, out fault);
        return line is null ? new(null, new RejectedLine(record.Line, fault), inFile) : new(line, null, inFile);
    }

    static string? ShapeFault(string[] fields) => fields switch
    {
        [""] => "the line is empty",
        _ when fields.Length != Columns.Length => $"the line has {fields.Length} columns instead of {Columns.Length}",
        _ => null,
    };

    static RetailLine? Line(long number, string[] fields, long? quantity, decimal? price, out string fault)
    {
        var at = TimeOf(fields[4]);
        var customer = fields[6].EndsWith(".0", StringComparison.Ordinal) ? fields[6][..^2] : fields[6];
        var isCustomer = CustomerId.TryParse(customer, null, out var customerId);
        var isSku = StockCodes.TryMap(fields[1], out var sku);
        fault = true switch
        {
            _ when fields[0].Length is 0 or > InvoiceLengthMax || !fields[0].All(char.IsAsciiLetterOrDigit) => $"the invoice number {Shown(fields[0])} is not 1 to {InvoiceLengthMax} letters and digits",
            _ when !isSku => $"the stock code {Shown(fields[1])} is empty or too long",
            _ when quantity is null => $"the quantity {Shown(fields[3])} is not a whole number",
            _ when Math.Abs(quantity.Value) > QuantityMax => $"the quantity {Shown(fields[3])} is beyond {QuantityMax}",
            _ when at is null => $"the date {Shown(fields[4])} is not a time like 2010-12-01 08:26:00",
            _ when price is null => $"the price {Shown(fields[5])} is not an amount with at most {Money.UnitPriceDecimalsMax} decimals",
            _ when price < 0 => $"the price {Shown(fields[5])} is below zero",
            _ when customer.Length > 0 && !isCustomer => $"the customer {Shown(customer)} is not an id",
            _ when fields[7].Length > CountryLengthMax => $"the country {Shown(fields[7])} is longer than {CountryLengthMax} characters",
            _ => string.Empty,
        };
        return fault.Length == 0 && sku is { } s && quantity is { } q && at is { } time && price is { } p
            ? new RetailLine(number, fields[0], s, fields[2], (int)q, time, p, isCustomer ? customerId : null, fields[7].Length == 0 ? null : fields[7])
            : null;
    }

    static long? QuantityOf(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value is >= -CountableQuantityMax and <= CountableQuantityMax
            ? value
            : null;

    static decimal? PriceOf(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
        && Math.Abs(value) <= Money.AmountMax && decimal.Round(value, Money.UnitPriceDecimalsMax) == value
            ? value
            : null;

    static DateTimeOffset? TimeOf(string text) =>
        DateTimeOffset.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value) && value >= Earliest && value < Latest
            ? value
            : null;

    static string Shown(string text) => text.Length <= ExcerptLengthMax ? $"'{text}'" : $"'{text[..ExcerptLengthMax]}…'";
}
