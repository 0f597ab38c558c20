using System.Globalization;
using Commerce.Domain.Log;
using Commerce.Domain.Seals;
using Commerce.Projections.Auditing.Sealing;
using Commerce.Testing.Logs;

namespace Commerce.Projections.Tests.Auditing.Sealing;

/// <summary>
/// Somebody changes one event underneath, whatever the engine: it is found, at its place, in a log of 10,000 events, or of as many as
/// <c>COMMERCE_TEST_SEALED_EVENTS</c> says (<c>COMMERCE_TEST_SEALED_EVENTS=100000 ./build.sh test --filter FullyQualifiedName~TamperedEngine</c>).
/// </summary>
[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class TamperedEngineTests(LogEngine engine)
{
    static readonly int Events = int.TryParse(Environment.GetEnvironmentVariable("COMMERCE_TEST_SEALED_EVENTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var events) ? events : 10_000;

    TamperedEngine _engine;
    List<RecordedEvent> _sealed;

    // One amid the log, and another soon behind it; each alone in its append and the last of its stream.
    int _victim;
    int _other;

    [OneTimeSetUp]
    public async Task Write()
    {
        _engine = await TamperedEngine.Open(engine);
        await using var opened = await _engine.Log();
        var singles = await SealedTrade.Write(opened.Log, Events);
        _sealed = [];
        await foreach (var e in opened.Log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, default))
        {
            _sealed.Add(e);
        }

        _victim = _sealed.FindIndex(e => e.Id == singles[singles.Count / 2].Id);
        _other = _sealed.FindIndex(e => e.Id == singles[(singles.Count / 2) + 3].Id);
    }

    [OneTimeTearDown]
    public async Task PutAway() => await _engine.DisposeAsync();

    [Test]
    public async Task Put_back_as_it_was_it_is_what_was_sealed()
    {
        var report = await Verify(_sealed);

        Assert.That((report.Findings, report.Events >= Events), Is.EqualTo((Array.Empty<SealFinding>(), true)));
    }

    [Test]
    public async Task A_flipped_byte_is_found()
    {
        var data = _sealed[_victim].Data.ToArray();
        data[^3] ^= 1;
        await Finds("event-changed", _sealed[_victim], [.. _sealed[.._victim], _sealed[_victim] with { Data = data }, .. _sealed[(_victim + 1)..]]);
    }

    [Test]
    public async Task A_dropped_event_is_found()
    {
        var finding = (await Verify([.. _sealed[.._victim], .. Shifted(_sealed[(_victim + 1)..], -1)])).Findings.Single();

        Assert.That((finding.Code, finding.Place, finding.Text), Is.EqualTo(("event-removed", (long?)Place, finding.Text)).And.Matches<(string, long?, string)>(f => f.Item3.Contains($"behind position {_sealed[_victim - 1].Position}", StringComparison.Ordinal)));
    }

    [Test]
    public async Task An_inserted_event_is_found()
    {
        var forged = _sealed[_victim] with { Id = Guid.NewGuid(), Stream = StreamName.Parse("single-forged", null), Revision = 0, Position = Free(_sealed[_victim].Position) };
        await Finds("event-added", forged, [.. _sealed[.._victim], forged, .. Shifted(_sealed[_victim..], 1)]);
    }

    [Test]
    public async Task Two_swapped_events_are_found()
    {
        var (first, second) = (_sealed[_victim], _sealed[_other]);
        var swapped = _sealed.ToList();
        (swapped[_victim], swapped[_other]) = (second with { Position = first.Position }, first with { Position = second.Position });
        await Finds("event-moved", swapped[_victim], swapped);
    }

    int Place => _sealed.Take(_victim).Count(e => e.Stream != SealLog.Stream);

    // EventStoreDB's positions have room between them; the others' are numbers without a gap, which the rest moves along to keep.
    LogPosition Free(LogPosition position) => engine == LogEngine.EventStoreDb ? new(position.Value - 1) : position;

    IEnumerable<RecordedEvent> Shifted(IEnumerable<RecordedEvent> events, int by) =>
        engine == LogEngine.EventStoreDb ? events : events.Select(e => e with { Position = new LogPosition(e.Position.Value + by) });

    async Task Finds(string code, RecordedEvent what, IReadOnlyList<RecordedEvent> underneath)
    {
        var finding = (await Verify(underneath)).Findings.Single();

        Assert.That(
            (finding.Code, finding.EventId, finding.Stream, finding.Revision, finding.Position, finding.Place),
            Is.EqualTo((code, (Guid?)what.Id, what.Stream.Value, (long?)what.Revision, (long?)what.Position.Value, (long?)Place)));
    }

    async Task<SealReport> Verify(IReadOnlyList<RecordedEvent> underneath)
    {
        await _engine.Replace(underneath);
        await using var opened = await _engine.Log();
        return await SealedTrade.Verify(opened.Log);
    }
}
