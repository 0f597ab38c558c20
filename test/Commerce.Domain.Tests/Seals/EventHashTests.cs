using System.Security.Cryptography;
using System.Text;
using Commerce.Domain.Log;
using Commerce.Domain.Seals;

namespace Commerce.Domain.Tests.Seals;

/// <summary>Hashes of events.</summary>
public sealed class EventHashTests
{
    static readonly RecordedEvent Event = new(
        StreamName.Parse("order-é1", null), 7, new LogPosition(42), new Guid("00112233-4455-6677-8899-aabbccddeeff"), "order-placed.v1", "{\"n\":1}"u8.ToArray(), "{}"u8.ToArray(), DateTimeOffset.UnixEpoch);

    [Test]
    public void The_content_is_hashed_in_the_format_that_is_written_down()
    {
        var bytes = Convert.FromHexString("00000009") // the stream in UTF-8
            .Concat("order-é1"u8.ToArray())
            .Concat(Convert.FromHexString("0000000000000007"))
            .Concat(Convert.FromHexString("00112233445566778899aabbccddeeff"))
            .Concat(Convert.FromHexString("0000000f")).Concat("order-placed.v1"u8.ToArray())
            .Concat(Convert.FromHexString("00000007")).Concat("{\"n\":1}"u8.ToArray())
            .Concat(Convert.FromHexString("00000002")).Concat("{}"u8.ToArray()).ToArray();

        Assert.That(EventHash.OfContent(Event).ToString(), Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(bytes))));
    }

    [Test]
    public void Content_of_any_length_is_hashed_as_the_runtime_hashes_it()
    {
        foreach (var length in Enumerable.Range(0, 200).Append(1_048_576))
        {
            var data = Enumerable.Range(0, length).Select(n => (byte)n).ToArray();
            var bytes = Convert.FromHexString("00000003").Concat("a-1"u8.ToArray()).Concat(new byte[8 + 16]).Concat(new byte[4])
                .Concat(Convert.FromHexString($"{length:x8}")).Concat(data).Concat(new byte[4]).ToArray();

            var e = new RecordedEvent(StreamName.Parse("a-1", null), 0, LogPosition.Start, Guid.Empty, string.Empty, data, default, default);
            Assert.That(EventHash.OfContent(e).ToString(), Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(bytes))), $"{length}");
        }
    }

    [Test]
    public void The_hash_is_over_the_one_before_and_the_content()
    {
        var previous = new Hash256(SHA256.HashData("before"u8));
        var content = EventHash.OfContent(Event);

        Assert.That(EventHash.Of(previous, content).ToString(), Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString($"00{previous}{content}")))));
    }

    static IEnumerable<TestCaseData> Others()
    {
        yield return new TestCaseData(Event with { Stream = StreamName.Parse("order-é2", null) }).SetArgDisplayNames("stream");
        yield return new TestCaseData(Event with { Revision = 8 }).SetArgDisplayNames("revision");
        yield return new TestCaseData(Event with { Id = Guid.Empty }).SetArgDisplayNames("id");
        yield return new TestCaseData(Event with { Type = "order-placed.v2" }).SetArgDisplayNames("type");
        yield return new TestCaseData(Event with { Data = "{\"n\":2}"u8.ToArray() }).SetArgDisplayNames("data");
        yield return new TestCaseData(Event with { Metadata = "[]"u8.ToArray() }).SetArgDisplayNames("metadata");
        yield return new TestCaseData(Event with { Data = "{\"n\":1}{}"u8.ToArray(), Metadata = default }).SetArgDisplayNames("where data ends");
        yield return new TestCaseData(Event with { Data = Encoding.UTF8.GetBytes(new string('x', 5_000)) }).SetArgDisplayNames("a large event");
    }

    [TestCaseSource(nameof(Others))]
    public void Another_event_has_another_hash(RecordedEvent other) => Assert.That(EventHash.OfContent(other), Is.Not.EqualTo(EventHash.OfContent(Event)));

    [Test]
    public void A_copy_at_another_position_taken_at_another_time_has_the_same() =>
        Assert.That(EventHash.OfContent(Event with { Position = new LogPosition(1), RecordedAt = DateTimeOffset.UtcNow }), Is.EqualTo(EventHash.OfContent(Event)));
}
