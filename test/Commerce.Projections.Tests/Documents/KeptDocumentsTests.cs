using System.Globalization;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Tests.Documents;

/// <summary>What readers keep is bounded, and what is asked for most stays.</summary>
public sealed class KeptDocumentsTests
{
    const int Half = KeptDocuments<StockView, string>.DocumentsMax / 2;

    readonly KeptDocuments<StockView, string> _kept = new();

    [Test]
    public void Never_more_documents_than_the_limit()
    {
        for (var n = 0; n < 3 * Half; n++)
        {
            Keep(n, 1);
        }

        Assert.That(Enumerable.Range(0, 3 * Half).Count(n => _kept.Holds(Id(n))), Is.EqualTo(2 * Half));
    }

    [Test]
    public void Never_more_bytes_than_the_limit()
    {
        const int Large = (int)(KeptDocuments<StockView, string>.JsonBytesMax / 8);
        for (var n = 0; n < 32; n++)
        {
            Keep(n, Large);
        }

        Assert.That(Enumerable.Range(0, 32).Count(n => _kept.Holds(Id(n))), Is.InRange(4, 8));
    }

    [Test]
    public void What_is_asked_for_again_and_again_stays()
    {
        Keep(0, 1);
        for (var n = 1; n < 3 * Half; n++)
        {
            Keep(n, 1);
            Assert.That(_kept.TryFind(Id(0), out _), Is.True);
        }
    }

    static string Id(int n) => n.ToString(CultureInfo.InvariantCulture);

    void Keep(int n, int bytes) => _kept.Keep(Id(n), new(new StockView { Id = Id(n), Sku = "CUP", Location = "main" }, Guid.CreateVersion7(), bytes, State: null));
}
