using Commerce.Commands.EventLog.Copying;
using Commerce.Domain.Log;
using Commerce.Projections.Auditing.Sealing;
using Commerce.Testing.Logs;

namespace Commerce.Projections.Tests.Auditing.Sealing;

/// <summary>A log of 100,000 events in which one is not what it was: found, at its place, whatever the engine.</summary>
[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class SealVerifierTests(LogEngine engine)
{
    const int Events = 100_000;

    LogForTests _log = null!;
    IReadOnlyList<RecordedEvent> _singles = null!;

    RecordedEvent Victim => _singles[_singles.Count / 2];

    RecordedEvent Other => _singles[(_singles.Count / 2) + 5];

    [OneTimeSetUp]
    public async Task Write()
    {
        _log = await LogForTests.Open(engine);
        _singles = await SealedTrade.Write(_log.Log, Events);
    }

    [OneTimeTearDown]
    public async Task PutAway() => await _log.DisposeAsync();

    [Test]
    public async Task As_it_was_sealed_it_is_found_and_what_is_not_sealed_yet_is_counted()
    {
        var report = await SealedTrade.Verify(_log.Log);

        Assert.That((report.Findings, report.Unsealed), Is.EqualTo((Array.Empty<SealFinding>(), 1)));
        Assert.That(report.Events, Is.GreaterThanOrEqualTo(Events));
    }

    [Test]
    public async Task A_flipped_byte_is_found()
    {
        var data = Victim.Data.ToArray();
        data[7] ^= 1;
        await Finds("event-changed", Victim, e => [e.Id == Victim.Id ? e with { Data = data } : e]);
    }

    [Test]
    public async Task Flipped_metadata_is_found() =>
        await Finds("event-changed", Victim, e => [e.Id == Victim.Id ? e with { Metadata = "{\"actor\":\"tess\"}"u8.ToArray() } : e]);

    [Test]
    public async Task A_dropped_event_is_found()
    {
        var finding = (await Rewritten(e => e.Id == Victim.Id ? [] : [e])).Findings.Single();

        Assert.That((finding.Code, finding.Place), Is.EqualTo(("event-removed", (long?)await PlaceOf(Victim))));
    }

    [Test]
    public async Task An_inserted_event_is_found()
    {
        var forged = Victim with { Id = Guid.NewGuid(), Stream = StreamName.Parse("single-forged", null), Revision = 0 };
        await Finds("event-added", forged, e => e.Id == Victim.Id ? [forged, e] : [e]);
    }

    [Test]
    public async Task Two_events_that_changed_places_are_found() =>
        await Finds("event-moved", Other, e =>
            [e.Id == Victim.Id ? Other with { Position = e.Position } : e.Id == Other.Id ? Victim with { Position = e.Position } : e]);

    [Test]
    public async Task Two_events_that_changed_what_they_say_are_both_found()
    {
        var report = await Rewritten(e => [e.Id == Victim.Id ? e with { Data = Other.Data } : e.Id == Other.Id ? e with { Data = Victim.Data } : e]);

        Assert.That(report.Findings.Select(f => (f.Code, f.EventId)), Is.EqualTo(new[] { ("event-changed", (Guid?)Victim.Id), ("event-changed", Other.Id) }));
    }

    [Test]
    public async Task Begun_at_a_later_seal_it_does_not_look_before_it()
    {
        var rewritten = new RewrittenLog(_log.Log, e => [e.Id == _singles[0].Id ? e with { Type = "nothing-happened.v1" } : e]);

        Assert.That((await SealedTrade.Verify(rewritten)).Findings.Single().EventId, Is.EqualTo(_singles[0].Id));
        var later = await SealedTrade.Verify(rewritten, new() { FromSeal = 20 });
        Assert.That((later.IsClean, later.Events), Is.EqualTo((true, (await SealedTrade.Verify(_log.Log)).Events - (20 * 4_096))));
    }

    [Test]
    public async Task Begun_at_a_later_seal_it_finds_a_change_before_it_where_the_stream_goes_on()
    {
        var changed = new RewrittenLog(_log.Log, e => [e.Id == _singles[1].Id ? e with { Type = "nothing-happened.v1" } : e]);

        Assert.That((await SealedTrade.Verify(changed, new() { FromSeal = 20 })).Findings.Single().Code, Is.EqualTo("seal-broken"));
    }

    [Test]
    public async Task A_copy_of_the_log_verifies_like_the_log()
    {
        await using var copy = await LogForTests.Open(LogEngine.InMemory);
        await new LogCopy(_log.Log, copy.Log).Run(null, default);

        var (there, here) = (await SealedTrade.Verify(copy.Log), await SealedTrade.Verify(_log.Log));
        Assert.That((there.Findings, there.Events, there.LastDigest), Is.EqualTo((Array.Empty<SealFinding>(), here.Events, here.LastDigest)));
    }

    [Test]
    public async Task A_digest_that_was_kept_elsewhere_is_found_again_or_missed()
    {
        var digest = (await SealedTrade.Verify(_log.Log)).LastDigest!;

        Assert.That((await SealedTrade.Verify(_log.Log, new() { ExpectedDigest = digest })).IsClean, Is.True);
        Assert.That((await SealedTrade.Verify(_log.Log, new() { ExpectedDigest = new string('0', 64) })).Findings.Single().Code, Is.EqualTo("seal-missing"));
    }

    [Test]
    public async Task What_is_in_the_log_is_proven_and_what_is_not_sealed_or_not_there_is_not()
    {
        var prover = new SealProver(_log.Log);

        var proof = await prover.Prove(Victim.Id, default);
        Assert.That((proof.Refuted(), proof.Event.Stream, proof.Event.Revision), Is.EqualTo(((string?)null, Victim.Stream.Value, Victim.Revision)));
        Assert.That(async () => await prover.Prove(Guid.NewGuid(), default), Throws.InstanceOf<SealProofException>().With.Message.Contains("no event"));
        var unsealed = new List<RecordedEvent>();
        await foreach (var e in _log.Log.ReadStream(StreamName.Parse("single-last", null), ReadDirection.Forwards, 0, 1, default))
        {
            unsealed.Add(e);
        }

        Assert.That(async () => await prover.Prove(unsealed[0].Id, default), Throws.InstanceOf<SealProofException>().With.Message.Contains("not sealed yet"));
    }

    async Task Finds(string code, RecordedEvent what, Func<RecordedEvent, IEnumerable<RecordedEvent>> rewrite)
    {
        var finding = (await Rewritten(rewrite)).Findings.Single();

        Assert.That((finding.Code, finding.EventId, finding.Stream, finding.Revision, finding.Place), Is.EqualTo((code, (Guid?)what.Id, what.Stream.Value, (long?)what.Revision, (long?)await PlaceOf(Victim))));
    }

    Task<SealReport> Rewritten(Func<RecordedEvent, IEnumerable<RecordedEvent>> rewrite) => SealedTrade.Verify(new RewrittenLog(_log.Log, rewrite));

    async Task<long> PlaceOf(RecordedEvent wanted)
    {
        var place = 0L;
        await foreach (var e in _log.Log.ReadAll(LogPosition.Start, StreamFilter.Categories("bulk", "single"), int.MaxValue, default))
        {
            if (e.Id == wanted.Id)
            {
                return place;
            }

            place++;
        }

        return -1;
    }
}
