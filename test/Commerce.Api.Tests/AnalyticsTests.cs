using System.Globalization;
using System.Text.Json;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;

namespace Commerce.Api.Tests;

/// <summary>Views over HTTP and as files.</summary>
public sealed class AnalyticsTests : ApiTest
{
    static readonly string[] Views =
    [
        "as_of", "sales_lines", "stock_movements", "stock_turnover", "payment_ledger", "sales_by_day", "sales_by_week", "sales_by_month", "sales_by_country", "sales_by_sku", "sales_by_customer", "cohorts", "orders", "funnel", "products", "stock",
        "payments", "reconciliation_runs", "reconciliation_differences", "flash_sales", "flash_sale_claims",
    ];

    string _sku = string.Empty;
    string _order = string.Empty;

    [OneTimeSetUp]
    public async Task SellOne()
    {
        _sku = await Stocked(5);
        _order = (await Post("/orders", OrderOf(_sku, 2))).Field("orderId");
        await Until($"/orders/{_order}", "confirmed");
        await Until("/analytics/orders?format=ndjson&limit=1000000", null, r => Of(r).Any(o => o.GetProperty("status").GetString() == "confirmed"));
    }

    [TestCaseSource(nameof(Views))]
    public async Task Every_view_answers_in_every_format_and_says_as_of_when(string view)
    {
        foreach (var (format, type) in ((string, string)[])[("json", "application/json"), ("csv", "text/csv"), ("ndjson", "application/x-ndjson")])
        {
            var reply = await Get($"/analytics/{view}?format={format}");

            Assert.That((reply.Status, reply.MediaType), Is.EqualTo((200, type)), reply.Text);
            Assert.That(long.Parse(reply.Header("Commerce-As-Of-Position") ?? "", CultureInfo.InvariantCulture), Is.Positive);
            Assert.That(DateTimeOffset.Parse(reply.Header("Commerce-As-Of-Time") ?? "", CultureInfo.InvariantCulture), Is.EqualTo(DateTimeOffset.UtcNow).Within(TimeSpan.FromHours(1)));
            Assert.That(reply.Header("Commerce-Row-Limit"), Is.EqualTo("1000000"));
        }
    }

    [Test]
    public async Task The_three_formats_say_the_same()
    {
        var json = (await Get("/analytics/orders")).Json.EnumerateArray().Single(IsOurs);
        var ndjson = (await Get("/analytics/orders", ("Accept", "application/x-ndjson"))).Text.TrimEnd('\n').Split('\n').Select(l => JsonElement.Parse(l)).Single(IsOurs);
        var csv = (await Get("/analytics/orders?format=csv")).Text.Split("\r\n");
        var ours = csv.Single(l => l.StartsWith(_order, StringComparison.Ordinal)).Split(',');

        Assert.That(ndjson.GetRawText(), Is.EqualTo(json.GetRawText()));
        Assert.That(json.GetProperty("total").GetString(), Is.EqualTo("5.00"));
        Assert.That(json.GetProperty("units").GetInt64(), Is.EqualTo(2));
        Assert.That(json.GetProperty("order_number").ValueKind, Is.EqualTo(JsonValueKind.String));
        Assert.That(csv[0].Split(',').Zip(ours).Where(f => f.Second.Length > 0).Select(f => f.First), Is.EqualTo(json.EnumerateObject().Select(p => p.Name)));
        Assert.That(ours, Does.Contain("5.00").And.Contain("confirmed"));

        bool IsOurs(JsonElement row) => row.GetProperty("order_id").GetString() == _order;
    }

    [Test]
    public async Task Days_bound_a_view_and_a_limit_cuts_it()
    {
        var today = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await Post("/orders", OrderOf(_sku));

        Assert.That((await Get("/analytics/orders?to=2020-01-01")).Text, Is.EqualTo("[]"));
        Assert.That((await Get($"/analytics/funnel?from={today}")).Json.EnumerateArray().Single().GetProperty("placed").GetInt64(), Is.Positive);
        var cut = await Get("/analytics/orders?limit=1");
        Assert.That((cut.Json.GetArrayLength(), cut.Header("Commerce-Row-Limit")), Is.EqualTo((1, "1")));
    }

    [TestCase("/analytics/stock?from=2026-01-01", "from")]
    [TestCase("/analytics/products?to=2026-01-01", "to")]
    [TestCase("/analytics/orders?from=yesterday", "from")]
    [TestCase("/analytics/orders?format=xml", "format")]
    [TestCase("/analytics/orders?limit=1000001", "limit")]
    public async Task What_a_view_cannot_be_asked_is_refused_by_name(string path, string parameter)
    {
        var reply = await Get(path);
        Assert.That((reply.Refusal, reply.Field("parameter")), Is.EqualTo(((400, (string?)"parameter-invalid"), parameter)), reply.Text);
    }

    [Test]
    public async Task A_view_that_is_not_there_is_refused_with_the_names_of_all()
    {
        var reply = await Get("/analytics/pg_roles");
        Assert.That(reply.Refusal, Is.EqualTo((404, "view-unknown")));
        Assert.That(Views, Is.All.Matches<string>(view => reply.Field("detail").Contains(view, StringComparison.Ordinal)));
        Assert.That((await Get("/analytics/orders", ("Accept", "image/png"))).Refusal, Is.EqualTo((406, "not-acceptable")));
    }

    [Test]
    public async Task A_view_waits_for_what_a_command_did()
    {
        var last = await Post("/products", MugWith(New("SKU")));

        Assert.That((await Get("/analytics/products", At(last))).Json.EnumerateArray().Select(p => p.GetProperty("sku").GetString()), Does.Contain(last.Field("sku")));
        Assert.That((await Get("/analytics/products", ("Commerce-Min-Position", "x"))).Refusal, Is.EqualTo((400, "min-position-invalid")));
    }

    [TestCase("csv")]
    [TestCase("ndjson")]
    public async Task An_export_writes_what_http_answers(string format)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{New("export")}-{Environment.ProcessId}.{format}");
        try
        {
            var said = await Terminal.Run("analytics", "export", "--view", "products", "--format", format, "--out", file, "--postgres", App.Host.ConnectionString);

            Assert.That(said.Code, Is.Zero, said.Error);
            Assert.That(said.Error, Does.Match(@"products: [\d,]+ rows as of position \d+ of the log, reached "));
            Assert.That(await File.ReadAllTextAsync(file), Does.Contain(_sku));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestCase("There is no view weather; there are as_of, ", "--view", "weather")]
    [TestCase("stock has no days that --from and --to could bound.", "--view", "stock", "--to", "2026-01-01")]
    [TestCase("--format is csv, ndjson or json.", "--view", "orders", "--format", "7")]
    [TestCase("--from is a day like 2026-01-31.", "--view", "orders", "--from", "monday")]
    public async Task An_export_that_cannot_be_is_one_sentence_and_exit_code_2(string sentence, params string[] arguments)
    {
        var said = await Terminal.Run(["analytics", "export", .. arguments, "--postgres", App.Host.ConnectionString]);
        Assert.That(said.Code, Is.EqualTo(2));
        Assert.That(said.Error.Trim().Split('\n')[^1], Does.StartWith($"commerce: {sentence}"));
    }

    static IEnumerable<JsonElement> Of(Reply ndjson) => ndjson.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l));
}
