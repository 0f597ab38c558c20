using System.Globalization;
using Commerce.Api.Tests.App;
using Commerce.Commands.Importing;
using Commerce.Testing;
using CsvHelper;

namespace Commerce.Api.Tests;

/// <summary>The report of a real shop's sales beside a count over its files.</summary>
public sealed class RealSalesReportTests
{
    /// <summary>Three weeks of trade are some 120,000 events; a busy machine takes its time.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [TestCaseSource(typeof(RealSales), nameof(RealSales.Folders))]
    public async Task Sales_by_country_as_of_15_December_are_what_the_files_up_to_that_day_add_up_to(string folder)
    {
        var files = Directory.GetFiles(folder, "*.csv").Order(StringComparer.Ordinal).ToList();
        var counted = Count(files.Where(f => string.CompareOrdinal(Path.GetFileNameWithoutExtension(f), "2010-12-15") <= 0));
        await using var app = await CommerceApp.Start();
        await using (var store = await PostgresImportStore.Open(app.Host.Database, default))
        {
            await new RetailImport(app.Host.Log, store).Run(files, null, default);
        }

        var reply = await Reported(app, "/analytics/sales?by=country&to=2010-12-15&format=csv");

        Assert.That(reply.Header("Commerce-As-Of-Position"), Is.EqualTo((await app.Host.Log.Head(default)).ToString()));
        Assert.That(Figures(new StringReader(reply.Text)), Is.EqualTo(counted));
        Assert.That(counted, Has.Count.GreaterThan(20));
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

    static async Task<Reply> Reported(CommerceApp app, string path)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var head = (await app.Host.Log.Head(default)).ToString();
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Commerce-Min-Position", head } } };
            using var response = await app.Http.SendAsync(request, deadline.Token);
            var reply = await Reply.Of(response);
            if (reply.Code != "position-not-reached")
            {
                return reply;
            }
        }
    }
}
