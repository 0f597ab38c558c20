using Commerce.Commands.Grpc;
using FsCheck;

namespace Commerce.Commands.Tests.Grpc;

[TestFixture]
sealed class GrpcTimeoutTests
{
    [FsCheck.NUnit.Property]
    public bool What_is_written_is_read_back_to_within_its_unit(PositiveInt milliseconds, bool large)
    {
        var timeout = TimeSpan.FromMilliseconds(milliseconds.Get * (large ? 1_000_003.0 : 1));
        var text = GrpcTimeout.Format(timeout);

        return text.Length <= 9 && GrpcTimeout.TryParse(text, out var read) && read <= timeout && timeout - read < timeout * 0.01 + TimeSpan.FromMilliseconds(1);
    }

    [TestCase(10_000, "10000m")]
    [TestCase(0.2, "1m")]
    [TestCase(99_999_999, "99999999m")]
    [TestCase(100_000_000, "100000S")]
    public void A_timeout_is_written_in_the_finest_unit_that_it_fits_in(double milliseconds, string text) =>
        Assert.That(GrpcTimeout.Format(TimeSpan.FromMilliseconds(milliseconds)), Is.EqualTo(text));

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
