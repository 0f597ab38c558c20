using System.Globalization;
using System.Text.Json;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;
using Commerce.Commands.Importing;
using Commerce.Testing;
using CsvHelper;
using Npgsql;

namespace Commerce.Api.Tests;

/// <summary>A real shop's sales, as reported and as its orders and read models were on past days, beside a count over its files.</summary>
public sealed class RealSalesReportTests
{
    /// <summary>Three weeks of trade are some 120,000 events; a busy machine takes its time.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [TestCaseSource(typeof(RealSales), nameof(RealSales.Folders))]
    public async Task Sales_by_country_as_of_15_December_and_orders_as_of_any_day_are_what_the_files_up_to_that_day_say(string folder)
    {
        var files = Directory.GetFiles(folder, "*.csv").Order(StringComparer.Ordinal).ToList();
        var counted = Count(files.Where(f => string.CompareOrdinal(Path.GetFileNameWithoutExtension(f), "2010-12-15") <= 0));
        await using var app = await CommerceApp.Start();
        await using (var store = await PostgresImportStore.Open(app.Host.Database, default))
        {
            await new RetailImport(app.Host.Log, store).Run(files, null, default);
        }

        var (reply, head) = await Reported(app, "/analytics/sales?by=country&to=2010-12-15&format=csv");

        Assert.That(reply.Header("Commerce-As-Of-Position"), Is.EqualTo(head));
        Assert.That(Figures(new StringReader(reply.Text)), Is.EqualTo(counted));
        Assert.That(counted, Has.Count.GreaterThan(20));
        await ReadModelsAsOf15December(app, counted);
        await OrdersOf15December(app, files.Single(f => Path.GetFileNameWithoutExtension(f) == "2010-12-15"));
        await Returns(app);
    }

    // Built anew from events of all days, of which those after that day are no part.
    static async Task ReadModelsAsOf15December(CommerceApp app, List<string> counted)
    {
        var built = await Terminal.Run("audit", "rebuild", "--as-of", "2010-12-15", "--into", "mid_december", "--postgres", app.Host.ConnectionString);

        Assert.That(built.Code, Is.Zero, built.Error);
        var figures = await Rows(app, "SELECT country, orders, lines, units, net FROM mid_december.sales_by_country ORDER BY country COLLATE \"C\"", r =>
            Text(r.GetString(0), (int)r.GetInt64(1), (int)r.GetInt64(2), (int)r.GetInt64(3), r.GetDecimal(4)));
        Assert.That(figures, Is.EqualTo(counted));
    }

    static async Task OrdersOf15December(CommerceApp app, string file)
    {
        var orders = await Rows(app, "SELECT DISTINCT order_id FROM analytics.sales_lines WHERE kind = 'sale' AND occurred_on = '2010-12-15'", r => r.GetGuid(0));
        var units = new List<int>();
        foreach (var order in orders)
        {
            Assert.That((await State(app, order, "2010-12-14")).TryGetProperty("revision", out _), Is.False, "the day before there was no such order");
            units.Add(Lines(await State(app, order, "2010-12-15")).Sum(l => l.GetProperty("line").GetProperty("quantity").GetInt32()));
        }

        var invoices = Records(file).Where(r => r.Price > 0 && r.Quantity > 0).GroupBy(r => r.Invoice).Select(i => i.Sum(r => r.Quantity));
        Assert.That(units, Is.EquivalentTo(invoices).And.Count.GreaterThan(50));
    }

    // On every day on which anything of an order came back, what the aggregate had taken back by then.
    static async Task Returns(CommerceApp app)
    {
        var returns = await Rows(app, """
            SELECT order_id, occurred_on, sum(sum(quantity)) OVER (PARTITION BY order_id ORDER BY occurred_on)::int
            FROM analytics.sales_lines WHERE kind = 'return' GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 50
            """, r => (Order: r.GetGuid(0), Day: r.GetFieldValue<DateOnly>(1), Returned: r.GetInt32(2)));
        Assert.That(returns, Is.Not.Empty);
        foreach (var (order, day, returned) in returns)
        {
            Assert.That(Lines(await State(app, order, $"{day:yyyy-MM-dd}")).Sum(l => l.GetProperty("returned").GetInt32()), Is.EqualTo(returned), $"{order} on {day}");
        }
    }

    static async Task<JsonElement> State(CommerceApp app, Guid order, string day)
    {
        using var response = await app.Http.GetAsync($"/audit/streams/order-{order}/state?asOf={day}");
        var reply = await Reply.Of(response);
        Assert.That(reply.Status, Is.EqualTo(200), reply.Text);
        return reply.Json;
    }

    static IEnumerable<JsonElement> Lines(JsonElement state) => state.GetProperty("state").GetProperty("lines").EnumerateObject().Select(l => l.Value);

    static async Task<List<T>> Rows<T>(CommerceApp app, string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var command = app.Host.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    // What has no price is no sale, but goods lost, found or given away.
    static List<string> Count(IEnumerable<string> files)
    {
        var lines = files.SelectMany(Records).Where(r => r.Price > 0);
        return [.. lines.GroupBy(r => r.Country).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => Text(
            c.Key,
            c.Where(r => r.Quantity > 0).Select(r => r.Invoice).Distinct().Count(),
            c.Count(r => r.Quantity > 0),
            c.Where(r => r.Quantity > 0).Sum(r => r.Quantity),
            c.Sum(r => decimal.Round(r.Quantity * r.Price, 2, MidpointRounding.AwayFromZero))))];
    }

    static List<(string Invoice, int Quantity, decimal Price, string Country)> Records(string file)
    {
        using var csv = new CsvReader(new StreamReader(file), CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        var records = new List<(string, int, decimal, string)>();
        while (csv.Read())
        {
            records.Add((csv.GetField("InvoiceNo") ?? "", csv.GetField<int>("Quantity"), csv.GetField<decimal>("UnitPrice"), csv.GetField("Country") ?? ""));
        }

        return records;
    }

    static List<string> Figures(TextReader report)
    {
        using var csv = new CsvReader(report, CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        var figures = new List<string>();
        while (csv.Read())
        {
            figures.Add(Text(csv.GetField("country") ?? "", csv.GetField<int>("orders"), csv.GetField<int>("lines"), csv.GetField<int>("units"), csv.GetField<decimal>("net")));
        }

        return [.. figures.Order(StringComparer.Ordinal)];
    }

    static string Text(string country, int orders, int lines, int units, decimal net) =>
        string.Create(CultureInfo.InvariantCulture, $"{country}: {orders} orders, {lines} lines, {units} units, net {net:F2}");

    /// <summary>The report of the whole log, once nothing is added to it any more: the order's sagas are told of past trade, too.</summary>
    static async Task<(Reply Reply, string Head)> Reported(CommerceApp app, string path)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            var head = (await app.Host.Log.Head(deadline.Token)).ToString();
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Commerce-Min-Position", head } } };
            using var response = await app.Http.SendAsync(request, deadline.Token);
            var reply = await Reply.Of(response);
            if (reply.Code != "position-not-reached" && (await app.Host.Log.Head(deadline.Token)).ToString() == head)
            {
                return (reply, head);
            }
        }
    }
}
