using System.Text;
using Commerce.Domain.Log;
using static Commerce.Projections.Tests.Auditing.Sample;

namespace Commerce.Projections.Tests.Auditing;

/// <summary>A clean log in which one event is dropped, doubled, moved or altered is not clean any more, whichever event it is.</summary>
public sealed class TamperedLogTests
{
    static readonly IReadOnlyList<RecordedEvent> Clean = new AuditedLog().ReturnedAndRefunded().Events;

    static IEnumerable<int> Places => Enumerable.Range(0, Clean.Count);

    [TestCaseSource(nameof(Places))]
    public async Task A_dropped_event_is_found(int at) =>
        Assert.That((await new AuditedLog(Clean.Where((_, n) => n != at)).Audit(settled: true)).IsClean, Is.False);

    [TestCaseSource(nameof(Places))]
    public async Task An_event_appended_again_is_found(int at)
    {
        var next = Clean.Count(e => e.Stream == Clean[at].Stream);
        var again = Clean[at] with { Revision = next, Position = new LogPosition(Clean.Count + 1), Id = Guid.Empty };

        Assert.That((await new AuditedLog(Clean.Append(again)).Audit(settled: true)).IsClean, Is.False);
    }

    [TestCaseSource(nameof(Places))]
    public async Task An_event_that_stands_twice_is_found_by_its_id_its_place_and_its_revision(int at)
    {
        var report = await new AuditedLog(Clean.SelectMany((e, n) => n == at ? new[] { e, e } : [e])).Audit(settled: true);

        Assert.That(new[] { "event-id-twice", "position-not-growing", "revision-gap" }, Is.SubsetOf(report.OffencesByCode.Keys));
    }

    [Test]
    public async Task Every_altered_figure_is_found()
    {
        for (var at = 0; at < Clean.Count; at++)
        {
            var json = Encoding.UTF8.GetString(Clean[at].Data.Span);
            foreach (var (old, altered) in new[] { ("\"quantity\":2", "\"quantity\":1"), ("\"quantity\":5", "\"quantity\":6"), ("3.01", "3.02"), ("1.34", "1.33") })
            {
                if (json.Contains(old, StringComparison.Ordinal))
                {
                    var tampered = Clean.Select((e, n) => n == at ? e with { Data = Encoding.UTF8.GetBytes(json.Replace(old, altered, StringComparison.Ordinal)) } : e);
                    Assert.That((await new AuditedLog(tampered).Audit(settled: true)).IsClean, Is.False, () => $"{json} with {altered}");
                }
            }
        }
    }

    [Test]
    public async Task An_event_under_another_order_is_found()
    {
        for (var at = 0; at < Clean.Count; at++)
        {
            var json = Encoding.UTF8.GetString(Clean[at].Data.Span);
            if (json.Contains(OrderA.ToString(), StringComparison.Ordinal))
            {
                var tampered = Clean.Select((e, n) => n == at ? e with { Data = Encoding.UTF8.GetBytes(json.Replace(OrderA.ToString(), OrderB.ToString(), StringComparison.Ordinal)) } : e);
                Assert.That((await new AuditedLog(tampered).Audit(settled: true)).IsClean, Is.False, () => json);
            }
        }
    }
}
