using Commerce.Commands.EventLog;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Tests.EventLog;

/// <summary>Installations that share a log, beyond the contract that each of them finds kept.</summary>
[TestFixture]
public sealed class PrefixedEventLogTests
{
    static readonly StreamName Stream = StreamName.Parse("order-1", null);
    static readonly StreamPrefix Longest = StreamPrefix.Of(new string('p', StreamPrefix.LengthMax - 1) + ".");

    readonly InMemoryEventLog _whole = new(TimeProvider.System);

    [Test]
    public async Task Two_installations_use_the_same_names_and_never_meet()
    {
        var (one, two) = (new PrefixedEventLog(_whole, StreamPrefix.Of("one.")), new PrefixedEventLog(_whole, StreamPrefix.Of("on:")));
        var (of1, of2, bare) = (Event(), Event(), Event());
        foreach (var (log, e) in new (IEventLog, NewEvent)[] { (one, of1), (two, of2), (_whole, bare) })
            Assert.That(await log.Append(Stream, ExpectedRevision.None, [e], default), Is.InstanceOf<AppendResult.Appended>());

        foreach (var (log, e) in new[] { (one, of1), (two, of2) })
        {
            Assert.That(await Told(log.ReadStream(Stream, ReadDirection.Forwards, 0, 9, default)), Is.EqualTo(new[] { (Stream, e.Id) }));
            Assert.That(await Told(log.ReadAll(default, StreamFilter.All, 9, default)), Is.EqualTo(new[] { (Stream, e.Id) }));
            Assert.That(await Told(log.ReadAll(default, StreamFilter.Categories("order"), 9, default)), Is.EqualTo(new[] { (Stream, e.Id) }));
        }

        Assert.That(await Told(_whole.ReadAll(default, StreamFilter.Categories("order"), 9, default)), Is.EqualTo(new[] { (Stream, bare.Id) }), "an installation without a prefix meets none that has one");
    }

    [Test]
    public async Task Who_waits_for_the_head_gets_there_although_others_wrote_last()
    {
        var mine = new PrefixedEventLog(_whole, StreamPrefix.Of("mine."));
        await mine.Append(Stream, ExpectedRevision.None, [Event()], default);
        await _whole.Append(Stream, ExpectedRevision.None, [Event()], default);

        await using var subscription = new Subscription(mine.Subscribe(default, StreamFilter.All, default));
        await subscription.UntilReached(await mine.Head(default));

        Assert.That(subscription.Events.Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_name_that_is_too_long_with_the_prefix_is_refused_in_a_sentence_and_reads_as_missing()
    {
        var log = new PrefixedEventLog(_whole, Longest);
        var name = StreamName.For("order", new string('1', StreamName.LengthMax - 6));

        var refused = Assert.ThrowsAsync<StreamNameTooLongException>(() => log.Append(name, ExpectedRevision.Any, [Event()], default));

        Assert.That(refused?.Message, Does.Contain("200 characters").And.Not.Contain("\n"));
        Assert.That(await Told(log.ReadStream(name, ReadDirection.Forwards, 0, 1, default)), Is.Empty);
    }

    [Test]
    public async Task The_longest_prefix_leaves_room_for_every_stream_of_ours()
    {
        var sku = Sku.Of(new string('S', Sku.LengthMax));
        var place = LocationId.Of(new string('L', LocationId.LengthMax));
        var log = new PrefixedEventLog(_whole, Longest);

        foreach (var stream in new[] { Stock.StreamOf(sku, place), CreditNote.StreamOf(new string('C', CreditNote.ReferenceLengthMax)) })
            Assert.That(await log.Append(stream, ExpectedRevision.None, [Event()], default), Is.InstanceOf<AppendResult.Appended>());
    }

    [TestCase("")]
    [TestCase("shop")]
    [TestCase(".")]
    [TestCase("$shop.")]
    [TestCase("shop one.")]
    [TestCase("shop.one.")]
    [TestCase("order-")]
    [TestCase("shop.\n")]
    [TestCase("Bücher.")]
    [TestCase("a2345678901234567890123456789012345678901.")]
    public void What_might_meet_the_streams_of_others_is_no_prefix(string text)
    {
        var refused = Assert.Throws<FormatException>(() => StreamPrefix.Of(text));
        Assert.That(refused?.Message, Does.Contain("shop1.").And.Not.Contain("\n"));
    }

    static NewEvent Event() => new(Guid.NewGuid(), "thing-happened.v1", "{}"u8.ToArray(), "{}"u8.ToArray());

    static async Task<List<(StreamName, Guid)>> Told(IAsyncEnumerable<RecordedEvent> events)
    {
        var told = new List<(StreamName, Guid)>();
        await foreach (var e in events)
            told.Add((e.Stream, e.Id));

        return told;
    }
}
