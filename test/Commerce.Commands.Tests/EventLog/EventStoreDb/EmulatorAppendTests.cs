using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;
using Google.Protobuf.WellKnownTypes;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>What the emulator takes and refuses, as the server does.</summary>
[TestFixture]
sealed class EmulatorAppendTests : EmulatorFixture
{
    [SetUp]
    public Task Run() => Start();

    [Test]
    public async Task Appends_of_one_call_are_answered_by_their_correlation_ids()
    {
        var (one, two) = (Batch("a", NoStream, Events(2)), Batch("b", NoStream, Events(1)));
        var call = Call(Streams + "BatchAppend");
        await call.Send(one, two);

        var answers = await call.Next(BatchAppendResp.Parser, 2);

        Assert.That(answers.Select(a => a.CorrelationId), Is.EqualTo(new[] { one.CorrelationId, two.CorrelationId }));
        Assert.That(answers.Select(a => a.Success.CurrentRevision), Is.EqualTo(new[] { 1UL, 0UL }));
        await call.Complete();
        Assert.That(await call.Next(BatchAppendResp.Parser), Is.Null);
        Assert.That((await call.Ending())["grpc-status"], Is.EqualTo("0"));
    }

    [Test]
    public async Task Parts_of_an_append_make_one_although_another_comes_in_between()
    {
        var (whole, other, events) = (Batch("a", NoStream), Batch("b", NoStream, Events(1)), Events(3));
        var call = Call(Streams + "BatchAppend");
        await call.Send(
            new BatchAppendReq(whole) { ProposedMessages = { events[0] }, IsFinal = false },
            new BatchAppendReq { CorrelationId = whole.CorrelationId, ProposedMessages = { events[1] } },
            other,
            new BatchAppendReq { CorrelationId = whole.CorrelationId, ProposedMessages = { events[2] }, IsFinal = true });

        var answers = await call.Next(BatchAppendResp.Parser, 2);

        Assert.That(answers.Select(a => a.CorrelationId), Is.EqualTo(new[] { other.CorrelationId, whole.CorrelationId }));
        Assert.That(answers[1].Success.CurrentRevision, Is.EqualTo(2));
    }

    [Test]
    public async Task Parts_that_do_not_come_in_time_are_answered_with_a_timeout()
    {
        var request = Batch("a", NoStream, Events(1));
        (request.IsFinal, request.Options.Deadline) = (false, Duration.FromTimeSpan(TimeSpan.FromMilliseconds(20)));
        var call = Call(Streams + "BatchAppend");
        await call.Send(request);

        var answer = await call.Next(BatchAppendResp.Parser);

        Assert.That(answer?.Error.Details.Is(Commands.EventLog.EventStoreDb.Wire.Timeout.Descriptor), Is.True);
        await call.Send(new BatchAppendReq { CorrelationId = request.CorrelationId, IsFinal = true }, Batch("b", NoStream, Events(1)));
        Assert.That((await call.Next(BatchAppendResp.Parser))?.StreamIdentifier, Is.EqualTo(Stream("b")), "the part that came late is passed over");
    }

    [Test]
    public async Task An_append_whose_time_is_over_is_not_written()
    {
        var request = Batch("a", NoStream, Events(1));
        request.Options.Deadline21100 = Timestamp.FromDateTime(DateTime.UtcNow.AddSeconds(-5));
        var call = Call(Streams + "BatchAppend");
        await call.Send(request);

        Assert.That((await call.Next(BatchAppendResp.Parser))?.Error.Code, Is.EqualTo((int)GrpcStatusCode.DeadlineExceeded));
        Assert.That((await Read(OfStream("a"))).Single().StreamNotFound, Is.Not.Null);
    }

    [Test]
    public async Task An_append_that_is_too_large_is_refused_and_its_neighbours_are_not()
    {
        var call = Call(Streams + "BatchAppend");
        await call.Send(Batch("a", Any, Event(new string('x', 1_048_577 - 34))), Batch("b", Any, Event(new string('x', 1_048_576 - 34))));

        var answers = await call.Next(BatchAppendResp.Parser, 2);

        Assert.That(answers[0].Error.Details.Unpack<MaximumAppendSizeExceeded>().MaxAppendSize, Is.EqualTo(1_048_576), "17 characters of the type count as 34 bytes");
        Assert.That(answers[1].Success, Is.Not.Null);
    }

    [Test]
    public async Task An_event_without_a_type_is_a_bad_request()
    {
        var e = Event("{}");
        e.Metadata.Remove("type");

        Assert.That((await Append("a", Any, e)).Error.Details.Is(BadRequest.Descriptor), Is.True);
    }

    [Test]
    public async Task A_stream_that_is_elsewhere_refuses_and_says_where_it_is()
    {
        await Given("a", Events(2));

        Assert.That(Wrong(await Append("a", NoStream, Events(1))), Is.EqualTo(new WrongExpectedVersion { CurrentStreamRevision = 1, ExpectedNoStream = new() }));
        Assert.That(Wrong(await Append("a", At(5), Events(1))), Is.EqualTo(new WrongExpectedVersion { CurrentStreamRevision = 1, ExpectedStreamPosition = 5 }));
        Assert.That(Wrong(await Append("b", At(0), Events(1))), Is.EqualTo(new WrongExpectedVersion { CurrentNoStream = new(), ExpectedStreamPosition = 0 }));
        Assert.That(Wrong(await Append("b", Exists, Events(1))), Is.EqualTo(new WrongExpectedVersion { CurrentNoStream = new(), ExpectedStreamExists = new() }));
    }

    [Test]
    public async Task A_repeat_succeeds_as_the_first_time_and_writes_nothing()
    {
        var events = Events(3);
        var first = await Append("a", NoStream, events);
        await Given("a", Events(1));

        Assert.That((await Append("a", NoStream, events)).Success, Is.EqualTo(first.Success));
        Assert.That((await Append("a", Any, events)).Success, Is.EqualTo(first.Success));
        Assert.That((await Append("a", Exists, events)).Success, Is.EqualTo(first.Success));
        Assert.That((await Append("a", At(0), events[1..])).Success, Is.EqualTo(first.Success));
        Assert.That((await Append("a", NoStream, events[..2])).Success.CurrentRevision, Is.EqualTo(1));
        Assert.That(Revisions(await Read(OfStream("a"))), Has.Length.EqualTo(4));
    }

    [Test]
    public async Task What_repeats_only_in_part_is_a_wrong_expected_version()
    {
        var events = Events(3);
        await Given("a", events);

        foreach (var expect in new Action<BatchAppendReq.Types.Options>[] { NoStream, Any, Exists })
        {
            Assert.That(Wrong(await Append("a", expect, [.. events, .. Events(1)])).CurrentStreamRevision, Is.EqualTo(2));
            Assert.That(Wrong(await Append("a", expect, [events[0], .. Events(1)])).CurrentStreamRevision, Is.EqualTo(2));
        }

        Assert.That(Wrong(await Append("a", NoStream, events[0], events[2])).CurrentStreamRevision, Is.EqualTo(2));
    }

    [Test]
    public async Task Where_no_revision_is_named_any_ids_that_the_server_remembers_of_the_stream_are_a_repeat()
    {
        var events = Events(3);
        await Given("a", events);

        Assert.That((await Append("a", Any, events[0], events[2])).Success.CurrentRevision, Is.EqualTo(2));
        Assert.That((await Append("a", Exists, events[2], events[0])).Success.CurrentRevision, Is.Zero);
    }

    [Test]
    public async Task Ids_of_another_stream_are_no_repeat()
    {
        var events = Events(2);
        await Given("a", events);

        Assert.That((await Given("b", events)).CurrentRevision, Is.EqualTo(1));
    }

    [Test]
    public async Task After_a_restart_a_repeat_is_found_by_its_revision_and_no_more_by_its_ids_alone()
    {
        var events = Events(2);
        var first = await Append("a", NoStream, events);

        await Server.Restart();

        Assert.That((await Append("a", NoStream, events)).Success, Is.EqualTo(first.Success));
        Assert.That((await Append("a", Any, events)).Success.CurrentRevision, Is.EqualTo(3), "the server forgets recent ids");
    }

    [Test]
    public async Task A_softly_deleted_stream_is_not_found_and_goes_on_with_the_next_revision()
    {
        await Given("a", Events(3));
        await Delete("a");

        Assert.That((await Read(OfStream("a"))).Single().StreamNotFound.StreamIdentifier, Is.EqualTo(Stream("a")));
        Assert.That((await Append("a", Exists, Events(1))).Error.Details.Is(StreamDeleted.Descriptor), Is.True);
        Assert.That((await Append("a", NoStream, Events(2))).Success.CurrentRevision, Is.EqualTo(4));
        Assert.That(Revisions(await Read(OfStream("a"))), Is.EqualTo(new[] { 3UL, 4UL }));
        Assert.That((await Read(OfStream("$$a"))).Where(m => m.Event is not null).Select(m => m.Event.Event.Data.ToStringUtf8()),
            Is.EqualTo(new[] { """{"$tb":9223372036854775807}""", """{"$tb":3}""" }), "that is how the server keeps it");
    }

    [Test]
    public async Task A_deletion_at_another_revision_is_refused_with_both_revisions()
    {
        await Given("a", Events(3));

        var ending = await (await Ask(Streams + "Delete", new DeleteReq { Options = new() { StreamIdentifier = Stream("a"), Revision = 7 } })).Ending();

        Assert.That(ending, Contains.Key("exception").WithValue("wrong-expected-version"));
        Assert.That((ending["grpc-status"], ending["expected-version"], ending["actual-version"]), Is.EqualTo(("9", "7", "2")));
    }

    [Test]
    public async Task A_tombstoned_stream_takes_nothing_any_more()
    {
        await Given("a", Events(1));
        await Tombstone("a");

        Assert.That((await Append("a", Any, Events(1))).Error.Details.Unpack<StreamDeleted>().StreamIdentifier, Is.EqualTo(Stream("a")));
        Assert.That((await (await Ask(Streams + "Delete", new DeleteReq { Options = new() { StreamIdentifier = Stream("a"), Any = new() } })).Ending())["exception"], Is.EqualTo("stream-deleted"));
    }

    [Test]
    public async Task An_append_of_nothing_tells_where_the_stream_is()
    {
        Assert.That((await Append("a", Any)).Success, Is.EqualTo(new BatchAppendResp.Types.Success { NoStream = new(), NoPosition = new() }));
        await Given("a", Events(2));
        Assert.That((await Append("a", Any)).Success, Is.EqualTo(new BatchAppendResp.Types.Success { CurrentRevision = 1, NoPosition = new() }));
    }

    static WrongExpectedVersion Wrong(BatchAppendResp answer) => answer.Error.Details.Unpack<WrongExpectedVersion>();
}
