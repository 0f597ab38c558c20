using Commerce.Domain.Log;

namespace Commerce.Domain.Tests;

public sealed class NamesTests
{
    static readonly Guid DnsSpace = new("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

    // RFC 9562, appendix A.4.
    [Test]
    public void A_uuid_from_a_name_is_that_of_the_standard() =>
        Assert.That(Uuid.FromName(DnsSpace, "www.example.com"), Is.EqualTo(new Guid("2ed6657d-e927-568b-95e1-2665a8aea6a2")));

    [TestCase("order-0190", "order", "0190")]
    [TestCase("stock-a-b@main", "stock", "a-b@main")]
    public void A_stream_name_is_a_category_and_an_id(string name, string category, string id)
    {
        var stream = StreamName.Parse(name, null);
        Assert.That((stream.Category, stream.Id), Is.EqualTo((category, id)));
    }

    [TestCase("")]
    [TestCase("order")]
    [TestCase("-1")]
    [TestCase("order-")]
    [TestCase("$all-1")]
    [TestCase("order-a b")]
    [TestCase("order-a\n")]
    [TestCase(null)]
    public void What_is_not_a_stream_name_is_not_read(string? name) => Assert.That(StreamName.TryParse(name, null, out _), Is.False);

    [Test]
    public void A_stream_name_has_a_longest_length()
    {
        Assert.That(StreamName.TryParse("s-" + new string('x', StreamName.LengthMax - 2), null, out _));
        Assert.That(StreamName.TryParse("s-" + new string('x', StreamName.LengthMax - 1), null, out _), Is.False);
    }

    [TestCase("0", 0)]
    [TestCase("9223372036854775807", long.MaxValue)]
    public void A_position_is_a_whole_number(string text, long value) => Assert.That(LogPosition.Parse(text, null), Is.EqualTo(new LogPosition(value)));

    [TestCase("-1")]
    [TestCase("1.0")]
    [TestCase(" 1")]
    [TestCase("9223372036854775808")]
    [TestCase("")]
    [TestCase(null)]
    public void What_is_not_a_position_is_not_read(string? text) => Assert.That(LogPosition.TryParse(text, null, out _), Is.False);

    [TestCase("85123A", true)]
    [TestCase("gift_0001.20-x", true)]
    [TestCase("", false)]
    [TestCase("a b", false)]
    [TestCase("a/b", false)]
    [TestCase("a@b", false)]
    [TestCase("café", false)]
    [TestCase(null, false)]
    public void Ids_are_plain_letters_digits_dots_dashes_and_underscores(string? text, bool isOne)
    {
        Assert.That(Sku.TryParse(text, null, out _), Is.EqualTo(isOne));
        Assert.That(LocationId.TryParse(text, null, out _), Is.EqualTo(isOne));
        Assert.That(CustomerId.TryParse(text, null, out _), Is.EqualTo(isOne));
    }

    [Test]
    public void Ids_have_longest_lengths()
    {
        Assert.That(Sku.TryParse(new string('x', Sku.LengthMax + 1), null, out _), Is.False);
        Assert.That(LocationId.TryParse(new string('x', LocationId.LengthMax + 1), null, out _), Is.False);
        Assert.That(CustomerId.TryParse(new string('x', CustomerId.LengthMax + 1), null, out _), Is.False);
    }

    [Test]
    public void An_order_has_one_payment_and_its_id_follows_from_the_order()
    {
        var order = OrderId.Parse("01900000-0000-7000-8000-000000000001", null);
        Assert.That(PaymentId.For(order), Is.EqualTo(PaymentId.For(new OrderId(order.Value))));
        Assert.That(PaymentId.For(order), Is.Not.EqualTo(PaymentId.For(default)));
        Assert.That(PaymentId.For(order).Value.Version, Is.EqualTo(5));
        Assert.That(OrderId.TryParse("{01900000-0000-7000-8000-000000000001}", null, out _), Is.False);
    }

    [Test]
    public void An_expected_revision_says_what_the_stream_must_hold()
    {
        Assert.That(new[] { -1L, 0, 5 }.Select(ExpectedRevision.None.IsMetBy), Is.EqualTo(new[] { true, false, false }));
        Assert.That(new[] { -1L, 0, 5 }.Select(ExpectedRevision.Any.IsMetBy), Is.EqualTo(new[] { true, true, true }));
        Assert.That(new[] { -1L, 0, 5 }.Select(ExpectedRevision.Exists.IsMetBy), Is.EqualTo(new[] { false, true, true }));
        Assert.That(new[] { -1L, 0, 5 }.Select(ExpectedRevision.Exact(5).IsMetBy), Is.EqualTo(new[] { false, false, true }));
        Assert.That(ExpectedRevision.Exact(-1), Is.EqualTo(ExpectedRevision.None));
        Assert.That(() => ExpectedRevision.Exact(-2), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
