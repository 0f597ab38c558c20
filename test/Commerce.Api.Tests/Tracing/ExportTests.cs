using System.Diagnostics;
using System.Text.RegularExpressions;
using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Testing.Servers;
using Commerce.Testing.Telemetry;
using Microsoft.Extensions.Logging;

namespace Commerce.Api.Tests.Tracing;

/// <summary>What a collector gets of an order beside its trace, and what it must not get.</summary>
[TestFixture]
public sealed partial class ExportTests
{
    /// <summary>What nothing of this order's way is measured by: it loses no race and meets its deadlines.</summary>
    static readonly string[] NotOfThisOrder = ["commerce.commands.conflicts", "commerce.deadlines.lag"];

    OtlpCollector? _collector;
    CommerceApp? _app;
    Client? _client;

    OtlpCollector Collector => _collector ?? throw new InvalidOperationException("There is no collector.");

    Client Customer => _client ?? throw new InvalidOperationException("There is no client.");

    [OneTimeSetUp]
    public async Task Ship_an_order()
    {
        _collector = await OtlpCollector.Start();
        _app = await CommerceApp.Start([.. _collector.Settings, ("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Information"), ("Logging:Console:LogLevel:Default", "None")]);
        _client = new Client(_app.Http);
        var order = await _client.Order(await _client.Stocked());
        await _client.Until(order, "confirmed");
        await _client.Ship(order);
        await _client.Until(order, "completed");
    }

    [OneTimeTearDown]
    public async Task Close()
    {
        await (_app?.DisposeAsync() ?? default);
        await (_collector?.DisposeAsync() ?? default);
    }

    // A value, or for a histogram how often it was measured.
    [TestCase("commerce.commands.decided", "outcome=accepted")]
    [TestCase("commerce.commands.duration", "category=order")]
    [TestCase("commerce.commands.batch_size", "")]
    [TestCase("commerce.log.events", "type=order-confirmed.v1")]
    [TestCase("commerce.log.append.duration", "outcome=appended")]
    [TestCase("commerce.relay.sent", "type=order-placed.v1")]
    [TestCase("commerce.relay.lag", "")]
    [TestCase("commerce.messages.duration", "message=PaymentRequested")]
    [TestCase("commerce.orders", "state=confirmed")]
    [TestCase("commerce.orders.confirmation.duration", "")]
    [TestCase("commerce.projection.events", "projection=orders")]
    [TestCase("commerce.projection.batch.duration", "projection=orders")]
    [TestCase("commerce.projection.lag", "projection=orders")]
    [TestCase("http.server.request.duration", "http.route=/orders/")]
    [TestCase("http.client.request.duration", "http.request.method=POST")]
    public async Task A_metric_counts_the_order(string name, string tag)
    {
        var points = await Collector.Until(c => c.Metrics.Where(m => m.Name == name && HasTag(m, tag)).ToList(), p => p.Exists(m => m.Count > 0 && m.Value > 0));
        Assert.That(points, Has.Some.Matches<CollectedMetric>(m => m.Count > 0 && m.Value > 0));
        Assert.That(points, Has.All.Matches<CollectedMetric>(m => m.Unit != "s" || m.Value < TimeSpan.FromMinutes(10).TotalSeconds), "no time that is none");
    }

    [TestCase("commerce.commands.unanswered")]
    [TestCase("commerce.relay.outstanding")]
    public async Task A_queue_is_empty_when_all_is_done(string name)
    {
        var points = await Collector.Until(c => c.Metrics.Where(m => m.Name == name).ToList(), p => p is [.., { Value: 0 }]);
        Assert.That(points[^1].Value, Is.Zero);
    }

    [Test]
    public async Task Every_metric_of_the_documented_table_arrives_with_its_unit()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "telemetry.md"));
        var documented = MetricRow().Matches(page).Select(m => (Name: m.Groups[1].Value, Unit: m.Groups[2].Value)).Where(m => !NotOfThisOrder.Contains(m.Name)).ToList();
        var arrived = await Collector.Until(c => c.Metrics.Select(m => (m.Name, m.Unit)).Distinct().ToList(), a => documented.TrueForAll(a.Contains));
        Assert.That(documented, Has.Count.GreaterThan(10).And.SubsetOf(arrived));
    }

    [Test]
    public async Task A_line_of_the_log_names_the_trace_that_it_belongs_to()
    {
        var logs = await Collector.Until(c => c.Logs.Where(l => l.TraceId == Customer.TraceId).ToList(), l => l.Count > 0);
        Assert.That(logs, Has.Some.Matches<CollectedLog>(l => l.Text.Contains("/orders", StringComparison.Ordinal) && l.SpanId.Length == 16));
    }

    [TestCase(null)]
    [TestCase("simple")]
    [TestCase("json")]
    public void A_line_on_the_console_names_the_trace_that_it_belongs_to(string? formatter)
    {
        using var console = new HeardConsole();
        using var span = new Activity("test").Start();
        using (var logs = CommerceHost.Logging(CommerceSettings.ReadSources([new("Logging:Console:FormatterName", formatter)])))
        {
            var logger = logs.CreateLogger("Commerce.Test");
            LogHello(logger);
        }

        var (trace, part) = (span.TraceId.ToHexString(), span.SpanId.ToHexString());
        Assert.That(console.Error, Does.Contain("Hello").And.Contain(trace).And.Contain(part));
    }

    [Test]
    public async Task Nothing_that_is_exported_says_who_the_customer_is_or_what_they_pay_with()
    {
        await Collector.Until(c => c.Spans, spans => spans.Any(s => s.TraceId == Customer.TraceId && s.Name == "project orders"));
        Assert.That(Collector.Texts, Is.Not.Empty);
        Assert.That(Collector.Texts.Where(t => t.Contains(Client.Token, StringComparison.Ordinal) || t.Contains(Client.Customer, StringComparison.Ordinal)), Is.Empty);
    }

    static bool HasTag(CollectedMetric metric, string tag) => tag.Length == 0 || metric.Tags.Any(t => $"{t.Key}={t.Value}" == tag);

    [LoggerMessage(Level = LogLevel.Information, Message = "Hello")]
    static partial void LogHello(ILogger logger);

    [GeneratedRegex(@"^\| `(commerce\.[\w.]+)` \| `?([^|`]+?)`? \|", RegexOptions.Multiline)]
    private static partial Regex MetricRow();
}
