using System.Globalization;
using System.Text;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;
using Commerce.Commands.Importing;
using Commerce.Projections.Auditing;
using Commerce.Testing.Logs;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests;

/// <summary>Past trade from the command line to the analyst's figures.</summary>
public sealed class ImportedTradeTests
{
    const int Countries = 40;

    // The first invoice sold one unit, of each other two come back.
    const long ReturnedByFile = (2 * Countries) - 1;

    const string Header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

    static readonly CompositeFormat Invoices = CompositeFormat.Parse("""
        1{0:D2},MUG,RED MUG,{0},2010-12-01 08:00:00,2.55,5{0:D2}.0,Land {0:D2}
        1{0:D2},BOX,BOX,3,2010-12-01 08:00:00,0.335,5{0:D2}.0,Land {0:D2}
        C1{0:D2},MUG,RED MUG,-2,2010-12-02 08:00:00,2.55,5{0:D2}.0,Land {0:D2}

        """);

    string _file = string.Empty;

    [SetUp]
    public void WriteFile()
    {
        _file = Path.GetTempFileName();
        File.WriteAllText(_file, Header + string.Concat(Enumerable.Range(1, Countries).Select(n => string.Format(CultureInfo.InvariantCulture, Invoices, n))));
    }

    [TearDown]
    public void DeleteFile() => File.Delete(_file);

    [TestCase(LogEngine.Postgres)]
    [TestCase(LogEngine.EventStoreDb)]
    public async Task What_is_imported_is_what_analysts_see_and_can_still_come_back(LogEngine engine)
    {
        await using var app = await CommerceApp.Start(engine);
        var figures = await Import(app);
        var head = ("Commerce-Min-Position", (await app.Host.Log.Head(default)).ToString());

        var json = await Caught(() => Send(app, HttpMethod.Get, "/analytics/sales?by=country", null, head));
        var csv = await Send(app, HttpMethod.Get, "/analytics/sales?by=country&format=csv", null, head);

        var rows = json.Json.EnumerateArray().ToList();
        Assert.That(rows, Has.Count.EqualTo(Countries));
        Assert.That(rows.Sum(r => Amount(r, "gross")), Is.EqualTo(figures.Ordered));
        Assert.That(rows.Sum(r => Amount(r, "returned")), Is.EqualTo(figures.Refunded));
        Assert.That(rows.Sum(r => Amount(r, "credited")), Is.EqualTo(figures.CreditNotes));
        Assert.That(csv.Text.TrimEnd().Split("\r\n"), Has.Length.EqualTo(Countries + 1));

        await ReturnThroughTheApi(app, head);
    }

    [Test]
    public async Task In_csv_a_figure_below_zero_stays_a_figure_and_a_text_like_a_formula_stays_a_text()
    {
        await File.WriteAllTextAsync(_file, Header + "C900001,MUG,Mug,-1,2011-01-04 11:00:00,2.50,,=1+1\n");
        await using var app = await CommerceApp.Start();
        await Import(app);

        var head = ("Commerce-Min-Position", (await app.Host.Log.Head(default)).ToString());
        var csv = await Caught(() => Send(app, HttpMethod.Get, "/analytics/sales?by=country&format=csv", null, head));

        Assert.That(csv.Text.Split("\r\n")[1], Is.EqualTo("'=1+1,GBP,0,0,0,0.00,0.00,2.50,-2.50"));
    }

    [TestCase(LogEngine.Postgres)]
    [TestCase(LogEngine.EventStoreDb)]
    public async Task The_verb_prints_a_report_and_adds_nothing_when_repeated(LogEngine engine)
    {
        await using var database = await PostgresForTests.CreateDatabase();
        string[] there = ["--postgres", database.ConnectionString, .. await EventStoreDbForTests.Arguments(engine)];

        var first = await Terminal.Run(["import", "online-retail", _file, .. there]);
        var second = await Terminal.Run(["import", "online-retail", _file, .. there]);
        var audit = await Terminal.Run(["audit", "--require-settled", .. there]);

        Assert.That((first.Code, second.Code, audit.Code), Is.EqualTo((0, 0, 0)), first.Output + second.Output + audit.Output);
        Assert.That(first.Output, Does.Contain("1 files, 120 lines, 80 invoices (40 of them cancellations), 40 orders").And.Contain("they agree").And.Contain("120 lines added"));
        Assert.That(second.Output, Does.Contain("Nothing added").And.Contain("they agree"));
        Assert.That(audit.Output, Does.Contain("40 settled, 0 open"));
    }

    [Test]
    public async Task A_path_that_is_not_there_is_one_sentence()
    {
        var said = await Terminal.Run(["import", "online-retail", "/nowhere"]);
        Assert.That((said.Code, said.Error), Is.EqualTo((2, "commerce: There is no file or folder /nowhere." + Environment.NewLine)));
    }

    static async Task ReturnThroughTheApi(CommerceApp app, (string Name, string Value) head)
    {
        var order = (await Send(app, HttpMethod.Get, "/orders?customerId=540", null, head)).Json.GetProperty("items")[0].GetProperty("orderId").GetString();
        var reply = await Send(app, HttpMethod.Post, $"/orders/{order}/returns", """{"reason":"late","lines":[{"line":1,"quantity":5}]}""", ("Idempotency-Key", "late-return"));
        Assert.That(reply.Status, Is.EqualTo(201).Or.EqualTo(200), reply.Text);

        // The order's saga takes the goods in and asks for the refund; the sandbox never saw that payment, so it stays asked for.
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var audit = await new Auditor(app.Host.Log).Run(new AuditOptions(), null, deadline.Token);
        while (audit.Stock.Returned < ReturnedByFile + 5)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), deadline.Token);
            audit = await new Auditor(app.Host.Log).Run(new AuditOptions(), null, deadline.Token);
        }

        Assert.That((audit.IsClean, audit.Stock.Returned), Is.EqualTo((true, ReturnedByFile + 5)));
    }

    async Task<ImportFigures> Import(CommerceApp app)
    {
        await using var store = await PostgresImportStore.Open(app.Host.Database, default);
        return (await new RetailImport(app.Host.Log, store).Run([_file], null, default)).Figures;
    }

    /// <summary>The answer once the read models have caught up, which on a busy machine takes longer than one request waits.</summary>
    static async Task<Reply> Caught(Func<Task<Reply>> ask)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var reply = await ask();
        while (reply.Code == "position-not-reached" && !deadline.IsCancellationRequested)
        {
            reply = await ask();
        }

        Assert.That(reply.Status, Is.EqualTo(200), reply.Text);
        return reply;
    }

    static decimal Amount(System.Text.Json.JsonElement row, string name) => decimal.Parse(row.GetProperty(name).GetString() ?? "", CultureInfo.InvariantCulture);

    static async Task<Reply> Send(CommerceApp app, HttpMethod method, string path, string? body, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add(header.Name, header.Value);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await app.Http.SendAsync(request);
        return await Reply.Of(response);
    }
}
