using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Commerce.Api.Cli.Demo;

/// <summary>What the demo shows a person: tables made from what the API answered.</summary>
sealed class DemoReport(IAnsiConsole console)
{
    /// <summary>Columns where no terminal says how wide it is.</summary>
    const int WidthWithoutTerminal = 160;

    /// <summary>To the standard output: with colours on a terminal, plain else.</summary>
    public static DemoReport ToStandardOutput()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = Console.IsOutputRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = WidthWithoutTerminal;
        }

        return new DemoReport(console);
    }

    /// <summary>One step, done.</summary>
    public void Step(string text, TimeSpan took) =>
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]ok[/] {text} [grey]({took.TotalSeconds:0.0} s)[/]");

    /// <summary>How many orders ended how.</summary>
    public void Orders(IEnumerable<JsonNode> orders)
    {
        var table = Grid("Orders", "status", "orders", "captured", "refunded");
        foreach (var group in orders.GroupBy(o => Text(o["status"])).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            table.AddRow(group.Key, Number(group.Count()), Sum(group, "captured"), Sum(group, "refunded"));
        }

        console.Write(table);
    }

    /// <summary>Stock of the two products that ran out, and a few others.</summary>
    public void Stock(IEnumerable<JsonNode> levels)
    {
        var table = Grid("Stock", "sku", "on hand", "reserved", "available", "shipped");
        foreach (var level in levels)
        {
            table.AddRow(Text(level["sku"]), Text(level["onHand"]), Text(level["reserved"]), Text(level["available"]), Number(Shipped(level)));
        }

        console.Write(table);
    }

    /// <summary>Sales by country; earlier runs of the same day count too.</summary>
    public void Sales(IEnumerable<JsonNode?> rows)
    {
        var table = Grid("Sales of today by country", "country", "orders", "units", "gross", "returned", "net");
        foreach (var row in rows.OfType<JsonNode>())
        {
            table.AddRow(Text(row["country"]), Text(row["orders"]), Text(row["units"]), Text(row["gross"]), Text(row["returned"]), Text(row["net"]));
        }

        console.Write(table);
    }

    /// <summary>A line of text.</summary>
    public void Line(string text) => console.WriteLine(text);

    static Table Grid(string title, params string[] columns)
    {
        var table = new Table { Title = new TableTitle(title), Border = TableBorder.Simple };
        foreach (var (column, n) in columns.Select((c, n) => (c, n)))
        {
            table.AddColumn(n == 0 ? new TableColumn(column) : new TableColumn(column).RightAligned());
        }

        return table;
    }

    static long Shipped(JsonNode level) =>
        level["locations"]?.AsArray().Sum(l => long.Parse(Text(l?["shipped"]), CultureInfo.InvariantCulture)) ?? 0;

    static string Sum(IEnumerable<JsonNode> orders, string part) => Number(orders.Sum(o =>
        decimal.Parse(o["payment"]?[part]?["amount"]?.ToString() ?? "0", CultureInfo.InvariantCulture)));

    static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    static string Text(JsonNode? node) => node switch
    {
        null => "-",
        JsonObject money when money["amount"] is { } amount => amount.ToString(),
        _ => node.ToString(),
    };
}
