using System.Security.Cryptography;
using System.Text;
using Commerce.Domain.Log;
using Commerce.Domain.Seals;

namespace Commerce.Domain.Tests.Seals;

/// <summary>Proofs that an event is in the log, and the keys that seals are signed with.</summary>
public sealed class InclusionProofTests
{
    const int Events = 11;

    [Test]
    public void A_proof_holds_after_a_way_through_a_file([Range(0, Events - 1)] int index) =>
        Assert.That(InclusionProof.TryRead(ProofOf(index).ToJson())!.Refuted(), Is.Null);

    static IEnumerable<TestCaseData> Forgeries()
    {
        var proof = ProofOf(3);
        yield return new TestCaseData(proof with { Event = proof.Event with { Data = "{\"n\":4}"u8.ToArray() } }).SetArgDisplayNames("data");
        yield return new TestCaseData(proof with { Event = proof.Event with { Revision = 4 } }).SetArgDisplayNames("revision");
        yield return new TestCaseData(proof with { Index = 2 }).SetArgDisplayNames("index");
        yield return new TestCaseData(proof with { Path = [.. proof.Path.Skip(1)] }).SetArgDisplayNames("a shorter path");
        yield return new TestCaseData(proof with { PreviousHash = Hash256.Zero.ToString() }).SetArgDisplayNames("the hash before");
        yield return new TestCaseData(proof with { PreviousHash = "x" }).SetArgDisplayNames("no hash");
        yield return new TestCaseData(proof with { Event = proof.Event with { Stream = "no name" } }).SetArgDisplayNames("no stream");
        yield return new TestCaseData(proof with { Seal = proof.Seal with { Number = 1 } }).SetArgDisplayNames("another seal");
        yield return new TestCaseData(proof with { Format = "v0" }).SetArgDisplayNames("format");
    }

    [TestCaseSource(nameof(Forgeries))]
    public void A_forged_proof_does_not(InclusionProof forged) => Assert.That(forged.Refuted(), Is.Not.Null);

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[1]")]
    [TestCase("{\"format\":\"commerce-inclusion-proof.v1\"}")]
    public void What_is_no_proof_is_not_read_or_refuted(string json) =>
        Assert.That(InclusionProof.TryRead(Encoding.UTF8.GetBytes(json)) is not { } read || read.Refuted() is not null);

    [Test]
    public void A_signature_is_of_one_key_over_one_digest()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signing = SealKey.Read(pair.ExportECPrivateKeyPem());
        using var checking = SealKey.Read(pair.ExportSubjectPublicKeyInfoPem());
        using var stranger = SealKey.Read(other.ExportSubjectPublicKeyInfoPem());
        var digest = ProofOf(0).Seal.ComputeDigest();
        var signature = signing.Sign(digest);

        Assert.That(checking.Id, Is.EqualTo(signing.Id).And.Not.EqualTo(stranger.Id));
        Assert.That(checking.Verifies(digest, signature), Is.True);
        Assert.That(checking.Verifies(Hash256.Zero, signature), Is.False);
        Assert.That(stranger.Verifies(digest, signature), Is.False);
        Assert.That(checking.Verifies(digest, "no base64!"), Is.False);
        Assert.That(checking.Verifies(digest, null), Is.False);
        Assert.That(() => checking.Sign(digest), Throws.InstanceOf<SealKeyException>());
    }

    [TestCase("")]
    [TestCase("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    public void What_is_no_key_is_refused_in_a_sentence(string pem) => Assert.That(() => SealKey.Read(pem), Throws.InstanceOf<SealKeyException>().With.Message.Contains("ECDSA"));

    static InclusionProof ProofOf(int index)
    {
        var previous = Hash256.Zero;
        var hashed = new List<HashedEvent>();
        for (var n = 0; n < Events; n++)
        {
            var e = new RecordedEvent(
                StreamName.Parse("order-1", null), n, new LogPosition(n + 1), new Guid(n, 0, 0, new byte[8]), "order-placed.v1", Encoding.UTF8.GetBytes($"{{\"n\":{n}}}"), "{}"u8.ToArray(), DateTimeOffset.UnixEpoch);
            var content = EventHash.OfContent(e);
            hashed.Add(new(e, previous, content, EventHash.Of(previous, content)));
            previous = hashed[^1].Hash;
        }

        Hash256[] leaves = [.. hashed.Select(h => h.Hash)];
        var (last, proven) = (hashed[^1].Event, hashed[index].Event);
        var seal = new SealEvent.Sealed(
            0, 0, Events, last.Stream, last.Revision, last.Id, MerkleTree.Root(leaves).ToString(), SealEvent.Sealed.ContentsOf([.. hashed.Select(h => h.Content)]), null, string.Empty, null, null);
        seal = seal with { Digest = seal.ComputeDigest().ToString() };
        return new(
            InclusionProof.FormatName,
            new(proven.Stream.Value, proven.Revision, proven.Id, proven.Type, proven.Data.ToArray(), proven.Metadata.ToArray()),
            hashed[index].Previous.ToString(),
            index,
            [.. MerkleTree.Path(leaves, index).Select(h => h.ToString())],
            seal);
    }
}
