using Commerce.Commands.EventLog.EventStoreDb.Wire;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.ReadReq.Types;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>What the emulator tells readers, as the server does.</summary>
[TestFixture]
sealed class EmulatorReadTests : EmulatorFixture
{
    [SetUp]
    public Task Run() => Start();

    [Test]
    public async Task A_stream_is_read_from_a_revision_both_ways_and_as_far_as_asked()
    {
        await Given("a", Events(1_000));

        Assert.That(Revisions(await Read(OfStream("a", o => (o.Stream.Revision, o.Count) = (600, 300)))), Is.EqualTo(Enumerable.Range(600, 300)));
        Assert.That(Revisions(await Read(OfStream("a", o => (o.Stream.Revision, o.ReadDirection) = (600, ReadDirection.Backwards)))), Is.EqualTo(Enumerable.Range(0, 601).Reverse()));
        Assert.That(Revisions(await Read(OfStream("a", o => (o.Stream.End, o.Count, o.ReadDirection) = (new(), 2, ReadDirection.Backwards)))), Is.EqualTo(new[] { 999, 998 }));
        Assert.That(Revisions(await Read(OfStream("a", o => (o.Stream.Revision, o.ReadDirection) = (5_000, ReadDirection.Backwards)))), Has.Length.EqualTo(1_000));
    }

    [Test]
    public async Task Where_a_stream_begins_and_ends_is_told_to_those_who_understand_it()
    {
        await Given("a", Events(40));
        await Delete("a");
        await Given("a", Events(2));

        var told = await Read(OfStream("a"));
        Assert.That(told[0].FirstStreamPosition, Is.EqualTo(40));
        Assert.That(told[^1].LastStreamPosition, Is.EqualTo(41));
        Assert.That(Revisions(await Read(OfStream("a", o => o.ControlOption = null))), Is.EqualTo(new[] { 40UL, 41UL }));
        Assert.That(await Read(OfStream("a", o => o.ControlOption = null)), Has.Count.EqualTo(2));
        Assert.That((await Read(OfStream("a", o => o.Stream.Revision = 100))).Select(m => m.ContentCase),
            Is.EqualTo(new[] { ReadResp.ContentOneofCase.FirstStreamPosition, ReadResp.ContentOneofCase.LastStreamPosition }));
    }

    [Test]
    public async Task Where_a_stream_begins_is_not_told_where_the_first_page_shows_it()
    {
        await Given("a", Events(20));
        await Delete("a");
        await Given("a", Events(1));

        Assert.That((await Read(OfStream("a")))[0].Event.Event.StreamRevision, Is.EqualTo(20));
        Assert.That((await Read(OfStream("a", o => o.Count = 10)))[0].FirstStreamPosition, Is.EqualTo(20), "the page is as long as the read");
    }

    [Test]
    public async Task All_is_not_read_from_between_two_events()
    {
        var at = (await Given("a", Events(1))).Position.CommitPosition - 1;

        var refused = await Ask(Streams + "Read", OfAll(o => o.All.Position = new() { CommitPosition = at, PreparePosition = at }));

        Assert.That((await refused.Ending())["grpc-status"], Is.EqualTo("2"));
    }

    [Test]
    public async Task All_is_read_forwards_with_the_event_at_the_position_and_backwards_without_it()
    {
        var at = (await Given("a", Events(1))).Position.CommitPosition;
        await Given("a", Events(1));

        var forwards = await Read(OfAll(o => o.All.Position = new() { CommitPosition = at, PreparePosition = at }));
        var backwards = await Read(OfAll(o => (o.All.Position, o.ReadDirection) = (new() { CommitPosition = at, PreparePosition = at }, ReadDirection.Backwards)));

        Assert.That(Revisions(forwards), Is.EqualTo(new[] { 0UL, 1UL }));
        Assert.That(backwards.Select(m => m.Event.CommitPosition), Is.Ordered.Descending.And.All.LessThan(at));
    }

    [Test]
    public async Task All_begins_with_events_of_the_server_and_holds_more_of_them_later()
    {
        for (var n = 0; n < 6; n++)
            await Given("a", Events(20));

        var all = (await Read(OfAll())).Select(m => m.Event).ToList();

        var ours = all.FindIndex(e => e.Event.StreamIdentifier.Equals(Stream("a")));
        Assert.That(ours, Is.Positive);
        Assert.That(all[..ours].Select(e => e.Event.Metadata["type"]), Is.All.StartsWith("$"));
        Assert.That(all[ours..].Count(e => e.Event.Metadata["type"] == "$statsCollected"), Is.EqualTo(2));
        Assert.That(all.Select(e => e.CommitPosition), Is.Ordered.And.Unique);
    }

    [Test]
    public async Task All_still_holds_the_events_of_a_tombstoned_stream_and_the_tombstone()
    {
        await Given("a", Events(2));
        await Tombstone("a");

        var events = (await Read(OfAll(o => Prefix(o, "a")))).Select(m => m.Event.Event).ToList();

        Assert.That(events.Select(e => e.Metadata["type"]), Is.EqualTo(new[] { "thing-happened.v1", "thing-happened.v1", "$streamDeleted" }));
        Assert.That(events[2].StreamRevision, Is.EqualTo(long.MaxValue));
    }

    static readonly Action<Options>[] Filters =
    [
        o => Prefix(o, "or"),
        o => o.Filter = new() { StreamIdentifier = new() { Regex = "^order" }, Count = new(), CheckpointIntervalMultiplier = 1 },
        o => o.Filter = new() { EventType = new() { Prefix = { "x", "placed" } }, Max = 1, CheckpointIntervalMultiplier = 1 },
        o => o.Filter = new() { EventType = new() { Regex = @"^p.*\.v1$" }, Max = 1, CheckpointIntervalMultiplier = 1 },
    ];

    [TestCaseSource(nameof(Filters))]
    public async Task All_is_filtered_by_stream_or_type_by_prefixes_or_an_expression(Action<Options> filter)
    {
        await Given("order-1", Event("1", "placed.v1"));
        await Given("stock-1", Event("2", "taken.v1"));
        await Given("order-2", Event("3", "placed.v1"), Event("4", "placed.v1"));

        Assert.That(Data(await Read(OfAll(filter))), Is.EqualTo(new[] { "1", "3", "4" }));
        Assert.That(Data(await Read(OfAll(o => { filter(o); o.Count = 2; }))), Is.EqualTo(new[] { "1", "3" }));
        Assert.That(Data(await Read(OfAll(o => { filter(o); (o.All.End, o.ReadDirection, o.Count) = (new(), ReadDirection.Backwards, 2); }))), Is.EqualTo(new[] { "4", "3" }));
    }

    [Test]
    public async Task Ids_are_told_in_the_form_that_the_reader_wants()
    {
        var e = Event("{}");
        await Given("a", e);

        var text = (await Read(OfStream("a", o => o.UuidOption = new() { String = new() })))[0].Event.Event.Id;
        var halves = (await Read(OfStream("a")))[0].Event.Event.Id;

        Assert.That(text, Is.EqualTo(e.Id));
        Assert.That($"{halves.Structured.MostSignificantBits:x16}{halves.Structured.LeastSignificantBits:x16}", Is.EqualTo(text.String.Replace("-", "", StringComparison.Ordinal)));
    }

    [Test]
    public async Task A_content_that_is_not_json_is_told_as_octets()
    {
        var e = Event("x");
        e.Metadata["content-type"] = "text/plain";
        await Given("a", e);

        Assert.That((await Read(OfStream("a")))[0].Event.Event.Metadata["content-type"], Is.EqualTo("application/octet-stream"));
    }

    [Test]
    public async Task A_read_that_asks_for_what_there_is_not_is_invalid()
    {
        ReadReq[] invalid = [OfStream("a", o => Prefix(o, "b")), OfAll(o => o.NoFilter = null), OfAll(o => (o.Subscription, o.ReadDirection) = (new(), ReadDirection.Backwards))];
        foreach (var request in invalid)
            Assert.That((await (await Ask(Streams + "Read", request)).Ending())["grpc-status"], Is.EqualTo("3"));
    }

    [Test]
    public async Task A_request_that_breaks_the_server_is_told_why()
    {
        var ending = await (await Ask(Streams + "Read", OfAll(o => o.Filter = new() { EventType = new() { Regex = "(" }, Max = 1, CheckpointIntervalMultiplier = 1 }))).Ending();

        Assert.That(ending["grpc-status"], Is.EqualTo("2"));
        Assert.That(ending["grpc-message"], Does.Contain("RegexParseException"));
    }

    static string[] Data(IEnumerable<ReadResp> answers) => [.. answers.Select(m => m.Event.Event.Data.ToStringUtf8())];
}
