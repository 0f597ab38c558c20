using Commerce.Testing.EventStoreDb;

namespace Commerce.Commands.Tests.Grpc;

[TestFixture]
sealed class GrpcTimeoutTests
{
    [TestCase("10S", 10_000)]
    [TestCase("4990m", 4_990)]
    [TestCase("1H", 3_600_000)]
    [TestCase("2M", 120_000)]
    [TestCase("500u", 0.5)]
    [TestCase("1000000n", 1)]
    public void Every_unit_is_read(string text, double milliseconds)
    {
        Assert.That(GrpcTimeout.TryParse(text, out var timeout));
        Assert.That(timeout, Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("S")]
    [TestCase("10")]
    [TestCase("10s")]
    [TestCase("-1S")]
    [TestCase("1.5S")]
    [TestCase("123456789S")]
    public void Anything_else_is_none(string? text) => Assert.That(GrpcTimeout.TryParse(text, out _), Is.False);
}
