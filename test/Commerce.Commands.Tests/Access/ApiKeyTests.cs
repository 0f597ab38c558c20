using Commerce.Commands.Access;

namespace Commerce.Commands.Tests.Access;

public sealed class ApiKeyTests
{
    [Test]
    public void A_key_reads_as_it_was_made_and_no_two_are_alike()
    {
        var keys = Enumerable.Range(0, 1_000).Select(_ => ApiKey.New()).ToList();
        Assert.That(keys.Select(k => k.Text), Is.All.Matches("^ck_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}$"));
        Assert.That(keys.Select(k => k.Text), Is.Unique);
        Assert.That(keys.Select(k => ApiKey.TryRead(k.Text)), Is.EqualTo(keys));
        Assert.That(keys.Select(k => k.Id).Concat(keys.Select(k => k.Hash)), Is.Unique);
    }

    [Test]
    public void A_key_with_one_character_changed_is_told_by_its_checksum()
    {
        var key = ApiKey.New().Text;
        var mistyped = Enumerable.Range(0, key.Length).Select(n => key[..n] + (key[n] == 'x' ? 'y' : 'x') + key[(n + 1)..]);
        Assert.That(mistyped.Where(text => ApiKey.IsWellFormed(text)), Is.Empty);
    }

    [TestCase("")]
    [TestCase("ck_")]
    [TestCase("ck_AAAAAAAAAAAA_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("ck_ééééééééééaa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_key_is_none(string text) => Assert.That(ApiKey.TryRead(text), Is.Null);

    [Test]
    public void Whatever_writes_a_key_to_a_log_by_accident_writes_nothing_secret()
    {
        var key = ApiKey.New();
        Assert.That($"{key}", Is.EqualTo($"ck_{key.Id}_…"));
    }
}
