using System.Security.Cryptography;
using System.Text;
using Commerce.Commands.Sealing;
using Commerce.Domain.Log;
using Commerce.Domain.Seals;
using Commerce.Projections.Auditing.Sealing;
using Commerce.Testing.Logs;

namespace Commerce.Projections.Tests.Auditing.Sealing;

/// <summary>Seals themselves: made one after another, signed, and found out where one is forged.</summary>
[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class SealChainTests(LogEngine engine)
{
    LogForTests _log = null!;

    [SetUp]
    public async Task Open() => _log = await LogForTests.Open(engine);

    [TearDown]
    public async Task PutAway() => await _log.DisposeAsync();

    [Test]
    public async Task Each_seal_goes_on_where_the_one_before_it_ended_and_nothing_new_is_not_sealed()
    {
        var sealer = new Sealer(_log.Log, null, TimeProvider.System);
        await Happen("a-1", 3);
        var first = await sealer.SealAll(default);
        var none = await sealer.SealAll(default);
        await Happen("a-1", 2);
        await Happen("a-2", 1);
        var second = await new Sealer(_log.Log, null, TimeProvider.System).SealAll(default);

        Assert.That(first.Select(s => (s.Number, s.First, s.Count)), Is.EqualTo(new[] { (0L, 0L, 3) }));
        Assert.That(none, Is.Empty);
        Assert.That(second.Select(s => (s.Number, s.First, s.Count, s.Previous)), Is.EqualTo(new[] { (1L, 3L, 3, (string?)first[0].Digest) }));
        Assert.That((await SealedTrade.Verify(_log.Log)).IsClean, Is.True);
    }

    [Test]
    public async Task Many_that_seal_at_once_make_one_chain()
    {
        for (var round = 0; round < 5; round++)
        {
            await Happen($"a-{round}", 10);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new Sealer(_log.Log, null, TimeProvider.System).SealAll(default)));
        }

        var report = await SealedTrade.Verify(_log.Log);
        Assert.That((report.Findings, report.Events), Is.EqualTo((Array.Empty<SealFinding>(), 50)));
    }

    [Test]
    public async Task Signatures_are_checked_with_the_public_key_and_another_key_finds_them_wrong()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signing = SealKey.Read(pair.ExportECPrivateKeyPem());
        using var checking = SealKey.Read(pair.ExportSubjectPublicKeyInfoPem());
        using var other = SealKey.Read(ECDsa.Create(ECCurve.NamedCurves.nistP384).ExportSubjectPublicKeyInfoPem());
        await Happen("a-1", 3);
        await new Sealer(_log.Log, signing, TimeProvider.System).SealAll(default);

        var right = await SealedTrade.Verify(_log.Log, new() { Key = checking });
        var wrong = await SealedTrade.Verify(_log.Log, new() { Key = other });
        Assert.That((right.IsClean, right.SignaturesChecked), Is.EqualTo((true, 1)));
        Assert.That(wrong.Findings.Select(f => f.Code), Is.EqualTo(new[] { "seal-signature" }));

        await Happen("a-1", 1);
        await new Sealer(_log.Log, null, TimeProvider.System).SealAll(default);
        Assert.That((await SealedTrade.Verify(_log.Log)).Findings.Select(f => f.Code), Is.EqualTo(new[] { "seal-signature" }), "unsigned behind a signed one");
    }

    static IEnumerable<TestCaseData> Forgeries()
    {
        yield return new TestCaseData(new Func<SealEvent.Sealed, SealEvent.Sealed>(s => s with { Root = Hash256.Zero.ToString() }), "seal-broken").SetArgDisplayNames("root");
        yield return new TestCaseData(new Func<SealEvent.Sealed, SealEvent.Sealed>(s => s with { Contents = "x" }), "seal-broken").SetArgDisplayNames("contents");
        yield return new TestCaseData(new Func<SealEvent.Sealed, SealEvent.Sealed>(s => s with { Count = 2 }), "seal-broken").SetArgDisplayNames("count");
        yield return new TestCaseData(new Func<SealEvent.Sealed, SealEvent.Sealed>(s => s with { Count = -2 }), "seal-broken").SetArgDisplayNames("negative count");
        yield return new TestCaseData(new Func<SealEvent.Sealed, SealEvent.Sealed>(s => s with { Count = int.MaxValue }), "seal-broken").SetArgDisplayNames("huge count");
        yield return new TestCaseData(new Func<SealEvent.Sealed, SealEvent.Sealed>(s => Made(s with { Root = Hash256.Zero.ToString() })), "seal-missing").SetArgDisplayNames("root and digest");
    }

    [TestCaseSource(nameof(Forgeries))]
    public async Task A_forged_seal_is_found(Func<SealEvent.Sealed, SealEvent.Sealed> forge, string code)
    {
        for (var n = 0; n < 3; n++)
        {
            await Happen($"a-{n}", 3);
            await new Sealer(_log.Log, null, TimeProvider.System).SealAll(default);
        }

        var forged = new RewrittenLog(_log.Log, e => [EventCatalog.Read(e) is SealEvent.Sealed { Number: 1 } seal ? e with { Data = EventCatalog.ToJson(forge(seal)) } : e]);
        Assert.That((await SealedTrade.Verify(forged)).Findings.Select(f => f.Code), Does.Contain(code));
    }

    [Test]
    public async Task A_removed_seal_is_found()
    {
        for (var n = 0; n < 3; n++)
        {
            await Happen($"a-{n}", 3);
            await new Sealer(_log.Log, null, TimeProvider.System).SealAll(default);
        }

        var without = new RewrittenLog(_log.Log, e => EventCatalog.Read(e) is SealEvent.Sealed { Number: 1 } ? [] : [e]);
        Assert.That((await SealedTrade.Verify(without)).Findings.Select(f => f.Code), Does.Contain("seal-missing"));
    }

    [Test]
    public async Task Whoever_has_the_key_finds_seals_that_were_all_made_anew_without_it()
    {
        using var checking = SealKey.Read(ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportSubjectPublicKeyInfoPem());
        await Happen("a-1", 3);
        await new Sealer(_log.Log, null, TimeProvider.System).SealAll(default);

        Assert.That((await SealedTrade.Verify(_log.Log, new() { Key = checking })).Findings.Select(f => f.Code), Is.EqualTo(new[] { "seal-signature" }));
        Assert.That((await SealedTrade.Verify(_log.Log)).IsClean, Is.True, "Without a key nobody demands it.");
    }

    [Test]
    public async Task A_verification_goes_on_where_the_last_one_ended_and_not_from_a_seal_that_is_gone()
    {
        await Happen("a-1", 3);
        await new Sealer(_log.Log, null, TimeProvider.System).SealAll(default);

        Assert.That((await SealedTrade.Verify(_log.Log, new() { FromSeal = 1 })).IsClean, Is.True, "Nothing new is sealed yet.");
        Assert.That((await SealedTrade.Verify(_log.Log, new() { FromSeal = 2 })).Findings.Select(f => f.Code), Is.EqualTo(new[] { "seal-missing" }));
    }

    static SealEvent.Sealed Made(SealEvent.Sealed seal) => seal with { Digest = seal.ComputeDigest().ToString() };

    async Task Happen(string stream, int count) => await _log.Log.Append(
        StreamName.Parse(stream, null),
        ExpectedRevision.Any,
        [.. Enumerable.Range(0, count).Select(n => new NewEvent(Guid.CreateVersion7(), "thing-happened.v1", Encoding.UTF8.GetBytes($"{{\"n\":{n}}}"), "{}"u8.ToArray()))],
        default);
}
