using System.Text;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog.Copying;

[TestFixture]
public sealed class CopiedMetadataTests
{
    static readonly DateTimeOffset At = new(2026, 3, 1, 9, 0, 0, TimeSpan.FromHours(1));

    [TestCase("""{"actor":"test"}""", """{"actor":"test","recordedAt":"2026-03-01T08:00:00.0000000Z"}""")]
    [TestCase("""{}""", """{"recordedAt":"2026-03-01T08:00:00.0000000Z"}""")]
    [TestCase("""{ "a": { "recordedAt": 1 }, "b": [1, "}"] }""", """{ "a": { "recordedAt": 1 }, "b": [1, "}"] ,"recordedAt":"2026-03-01T08:00:00.0000000Z"}""")]
    public void The_time_is_the_last_field_and_comes_off_again_without_a_trace(string metadata, string copied)
    {
        Assert.That(With(metadata), Is.EqualTo(copied));
        Assert.That(Without(copied), Is.EqualTo(metadata));
    }

    [TestCase("")]
    [TestCase("[1, 2]")]
    [TestCase("7")]
    [TestCase("no JSON}")]
    [TestCase("""{"a":1}}""")]
    [TestCase("""{"a":1} """)]
    [TestCase("""{"recordedAt":"some day","actor":"test"}""")]
    [TestCase("""{"actor":"test","recordedAt":"2020-01-01T00:00:00.0000000Z"}""")]
    public void What_takes_no_field_or_has_one_stays_as_it_is(string metadata) => Assert.That(With(metadata), Is.EqualTo(metadata));

    [TestCase("")]
    [TestCase("}")]
    [TestCase("""{"actor":"test"}""")]
    [TestCase("""{"recordedAt":"some day"}""")]
    public void What_has_no_time_of_ours_loses_nothing(string metadata) => Assert.That(Without(metadata), Is.EqualTo(metadata));

    static string With(string metadata) => Encoding.UTF8.GetString(CopiedMetadata.With(Encoding.UTF8.GetBytes(metadata), At).Span);

    static string Without(string metadata) => Encoding.UTF8.GetString(CopiedMetadata.Without(Encoding.UTF8.GetBytes(metadata)).Span);
}
