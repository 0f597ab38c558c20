using Commerce.Commands.EventLog.EventStoreDb.Wire;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.ReadReq.Types;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.ReadResp.ContentOneofCase;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>What the emulator tells subscribers, as the server does.</summary>
[TestFixture]
sealed class EmulatorSubscriptionTests : EmulatorFixture
{
    [Test]
    public async Task A_subscription_to_all_is_confirmed_told_what_is_there_that_it_caught_up_and_what_comes()
    {
        await Start();
        await Given("a", Events(2));
        var call = await Subscribe(OfAll(o => Prefix(o, "a")));

        Assert.That(Kinds(await call.Next(ReadResp.Parser, 4)), Is.EqualTo(new[] { Confirmation, ReadResp.ContentOneofCase.Event, ReadResp.ContentOneofCase.Event, CaughtUp }));
        await Given("b", Events(1));
        await Given("a", Events(1));
        Assert.That((await call.Next(ReadResp.Parser))?.Event.Event.StreamRevision, Is.EqualTo(2));
    }

    [Test]
    public async Task A_subscription_goes_on_after_the_position_or_revision_that_it_names()
    {
        await Start();
        await Given("a", Events(2));
        var at = (await Read(OfStream("a")))[0].Event.CommitPosition;
        var all = await Subscribe(OfAll(o => { Prefix(o, "a"); o.All.Position = new() { CommitPosition = at, PreparePosition = at }; }));
        var stream = await Subscribe(OfStream("a", o => o.Stream.Revision = 0));

        Assert.That((await all.Next(ReadResp.Parser, 2))[1].Event.Event.StreamRevision, Is.EqualTo(1));
        Assert.That((await stream.Next(ReadResp.Parser, 2))[1].Event.Event.StreamRevision, Is.EqualTo(1));
    }

    [Test]
    public async Task A_subscription_from_the_end_is_told_only_what_comes()
    {
        await Start();
        await Given("a", Events(2));
        var all = await Subscribe(OfAll(o => o.All.End = new()));
        var stream = await Subscribe(OfStream("a", o => o.Stream.End = new()));
        Assert.That(Kinds(await all.Next(ReadResp.Parser, 2)), Is.EqualTo(new[] { Confirmation, CaughtUp }));
        Assert.That(Kinds(await stream.Next(ReadResp.Parser, 2)), Is.EqualTo(new[] { Confirmation, CaughtUp }));

        await Given("a", Events(1));

        Assert.That((await all.Next(ReadResp.Parser))?.Event.Event.StreamRevision, Is.EqualTo(2));
        Assert.That((await stream.Next(ReadResp.Parser))?.Event.Event.StreamRevision, Is.EqualTo(2));
    }

    [Test]
    public async Task A_filtered_subscription_is_told_how_far_the_server_looked()
    {
        await Start(new() { SystemEventInterval = int.MaxValue });
        var call = await Subscribe(OfAll(o => { Prefix(o, "nobody"); (o.All.End, o.Filter.Max, o.Filter.CheckpointIntervalMultiplier) = (new(), 2, 3); }));
        await call.Next(ReadResp.Parser, 2);

        var positions = new List<ulong>();
        for (var n = 0; n < 12; n++)
            positions.Add((await Given("a", Events(1))).Position.CommitPosition);

        Assert.That((await call.Next(ReadResp.Parser, 2)).Select(m => m.Checkpoint.CommitPosition), Is.EqualTo(new[] { positions[5], positions[11] }));
    }

    [Test]
    public async Task A_subscription_to_a_stream_waits_for_it_to_begin()
    {
        await Start();
        var call = await Subscribe(OfStream("a"));
        Assert.That((await call.Next(ReadResp.Parser))?.ContentCase, Is.EqualTo(Confirmation));

        await Given("a", Events(1));

        Assert.That(Kinds(await call.Next(ReadResp.Parser, 2)), Is.EqualTo(new[] { ReadResp.ContentOneofCase.Event, CaughtUp }));
    }

    [Test]
    public async Task A_subscription_ends_with_its_stream()
    {
        await Start();
        await Given("a", Events(1));
        var call = await Subscribe(OfStream("a"));
        await call.Next(ReadResp.Parser, 3);

        await Tombstone("a");

        Assert.That(await call.Next(ReadResp.Parser), Is.Null);
        Assert.That((await call.Ending())["exception"], Is.EqualTo("stream-deleted"));
    }

    [Test]
    public async Task A_slow_reader_is_told_that_it_fell_behind_and_misses_nothing()
    {
        // What a client's window and the server's pipes take is less than what is written here.
        const int Appends = 400;
        await Start(new() { LiveEventsMax = 100 });
        var call = await Subscribe(OfAll(o => (o.All.End, o.Filter) = (new(), OnlyA())));
        await call.Next(ReadResp.Parser, 2);
        for (var n = 0; n < Appends; n++)
            await Given("a", Event(new string('x', 50_000)));

        var (told, revisions) = (new List<ReadResp.ContentOneofCase>(), new List<ulong>());
        while (revisions.Count < Appends || told.LastOrDefault() != CaughtUp)
        {
            var message = await call.Next(ReadResp.Parser) ?? throw new AssertionException("It ended.");
            if (message.Event is { } e)
                revisions.Add(e.Event.StreamRevision);
            else
                told.Add(message.ContentCase);
        }

        Assert.That(revisions, Is.EqualTo(Enumerable.Range(0, Appends)));
        Assert.That(told, Is.EqualTo(new[] { FellBehind, CaughtUp }));
    }

    static FilterOptions OnlyA() => new() { StreamIdentifier = new() { Prefix = { "a" } }, Max = uint.MaxValue, CheckpointIntervalMultiplier = 1_000 };

    async Task<RawCall> Subscribe(ReadReq request)
    {
        request.Options.Subscription = new();
        return await Ask(Streams + "Read", request);
    }

    static IEnumerable<ReadResp.ContentOneofCase> Kinds(IEnumerable<ReadResp> messages) => messages.Select(m => m.ContentCase);
}
