using System.Text.Json;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Projections.Auditing;
using static Commerce.Projections.Tests.Auditing.Sample;

namespace Commerce.Projections.Tests.Auditing;

public sealed class AuditorTests
{
    [Test]
    public async Task An_empty_log_is_clean()
    {
        var report = await new AuditedLog().Audit(settled: true);

        Assert.That(report.IsClean);
        Assert.That(report.Events, Is.Zero);
    }

    [Test]
    public async Task A_story_told_to_its_end_is_clean_and_its_figures_add_up()
    {
        var report = await new AuditedLog().ReturnedAndRefunded().Audit(settled: true);

        Assert.That(report.Offences, Is.Empty);
        Assert.That(report.Orders, Has.Property("Settled").EqualTo(1).And.Property("Open").Zero);
        Assert.That(report.Orders.ByStatus, Is.EqualTo(new Dictionary<string, long> { ["completed"] = 1 }));
        Assert.That(report.Stock, Is.EqualTo(new StockFigures { Places = 1, Received = 10, Available = 7, Shipped = 3, Returned = 2 }));
        Assert.That(report.Money, Is.EqualTo(new[]
        {
            new MoneyFigures
            {
                Currency = Gbp,
                Ordered = Pounds(3.01m),
                Shipped = Pounds(3.01m),
                Returned = Pounds(1.34m),
                Captured = Pounds(3.01m),
                Refunded = Pounds(1.34m),
                Credited = Pounds(0),
            },
        }));
    }

    [Test]
    public async Task An_order_in_flight_is_open_and_offends_only_where_all_must_be_settled()
    {
        var log = new AuditedLog().With(MugStock, Received(10)).With(OrderStream, Placed()).With(MugStock, Reserved(5));

        Assert.That((await log.Audit()).IsClean);
        Assert.That((await log.Audit()).Orders.Open, Is.EqualTo(1));
        Assert.That((await log.Audit(settled: true)).Offences.Single().Code, Is.EqualTo("order-open"));
    }

    [Test]
    public async Task An_order_undone_leaves_no_stock_and_no_money()
    {
        var log = new AuditedLog().With(MugStock, Received(10)).With(OrderStream, Placed()).With(MugStock, Reserved(5))
            .With(PaymentStream, Requested(3.01m), new PaymentEvent.Declined("no"))
            .With(MugStock, Released(5))
            .With(OrderStream, new OrderEvent.Rejected(RejectReason.PaymentDeclined, "no"));

        Assert.That((await log.Audit(settled: true)).Offences, Is.Empty);
    }

    [Test]
    public async Task The_report_is_json_and_lines_and_names_each_offence_with_its_place()
    {
        var report = await new AuditedLog().With(MugStock, Received(1), Reserved(2)).Audit();

        using var json = JsonDocument.Parse(report.ToJson());
        var offence = json.RootElement.GetProperty("offences")[0];
        Assert.That(offence.GetProperty("stream").GetString(), Is.EqualTo(MugStock.Value));
        Assert.That(offence.GetProperty("revision").GetInt64(), Is.EqualTo(1));
        Assert.That(offence.GetProperty("position").GetInt64(), Is.EqualTo(2));
        Assert.That(offence.GetProperty("code").GetString(), Is.EqualTo("available-below-zero"));
        Assert.That(report.Summary(), Has.Some.Contains("received 1 = available -1 + reserved 2 + allocated 0"));
        Assert.That(report.Offences[0].ToString(), Does.StartWith("stock-mug@main revision 1 (position 2) available-below-zero:"));
    }

    [Test]
    public async Task Offences_beyond_the_limit_are_counted_but_not_listed()
    {
        var log = new AuditedLog().With(MugStock, [.. Enumerable.Repeat(StockShipped(1), 5)]);

        var report = await new Auditor(log).Run(new AuditOptions { OffencesListedMax = 3 }, null, CancellationToken.None);

        Assert.That(report.Offences, Has.Count.EqualTo(3));
        Assert.That(report.OffencesTotal, Is.EqualTo(10));
        Assert.That(report.OffencesByCode["shipped-not-held"], Is.EqualTo(5));
    }

    [Test]
    public async Task A_log_longer_than_one_read_is_read_whole_and_progress_is_told()
    {
        var log = new AuditedLog(Enumerable.Range(0, 9_000).Select(n => new RecordedEvent(
            MugStock, n, new LogPosition(n + 1), new Guid(n, 0, 0, new byte[8]), "stock-received.v1", EventCatalog.ToJson(Received(1)), default, default)));
        var told = new List<AuditProgress>();

        var report = await new Auditor(log).Run(new AuditOptions(), new Listener(told), CancellationToken.None);

        Assert.That(report.Stock.Available, Is.EqualTo(9_000));
        Assert.That(told.Select(p => p.Events), Is.EqualTo(new[] { 4_096, 8_192, 9_000 }));
    }

    sealed class Listener(List<AuditProgress> told) : IProgress<AuditProgress>
    {
        public void Report(AuditProgress value) => told.Add(value);
    }
}
