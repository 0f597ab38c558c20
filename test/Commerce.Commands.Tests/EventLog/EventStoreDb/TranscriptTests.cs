using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;
using Commerce.Commands.Tests.Grpc;
using Commerce.Domain.Log;
using Google.Protobuf;
using RecordedEvent = Commerce.Domain.Log.RecordedEvent;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>Our client asks as the official one was recorded to ask, and makes of the recorded answers what that one made of them.</summary>
[TestFixture, CancelAfter(60_000)]
sealed class TranscriptTests
{
    static readonly StreamName Order1 = StreamName.For("order", "1");

    static readonly Dictionary<string, Recorded> Methods = new()
    {
        ["streams.Streams/Append"] = new(AppendReq.Parser, Hear(AppendResp.Parser)),
        ["streams.Streams/BatchAppend"] = new(BatchAppendReq.Parser, Hear(BatchAppendResp.Parser)),
        ["streams.Streams/Read"] = new(ReadReq.Parser, Hear(ReadResp.Parser)),
        ["streams.Streams/Delete"] = new(DeleteReq.Parser, Hear(DeleteResp.Parser)),
        ["streams.Streams/Tombstone"] = new(TombstoneReq.Parser, Hear(TombstoneResp.Parser)),
        ["server_features.ServerFeatures/GetSupportedMethods"] = new(Empty.Parser, Hear(SupportedMethods.Parser)),
    };

    static readonly string[] Steps = [.. Directory.EnumerateFiles(Transcript.Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order()];

    [TestCaseSource(nameof(Steps))]
    public void A_recorded_request_is_understood_in_full(string step)
    {
        foreach (var call in Transcript.Of(step).Calls)
        {
            foreach (var recorded in call.Requests)
            {
                var request = Methods[call.Method].Requests.ParseFrom(recorded);
                Assert.That(request.ToByteArray(), Is.EqualTo(recorded));
            }
        }
    }

    static IEnumerable<TestCaseData> OurReads()
    {
        yield return new("read-stream-forwards", WireRequests.Stream(Order1, ReadDirection.Forwards, 0, 10));
        yield return new("read-stream-backwards-1", WireRequests.Stream(Order1, ReadDirection.Backwards, long.MaxValue, 1));
        yield return new("read-stream-not-found", WireRequests.Stream(StreamName.For("order", "none"), ReadDirection.Forwards, 0, 10));
        yield return new("read-all-forwards-filtered-prefix", WireRequests.All(LogPosition.Start, StreamFilter.Categories("order"), 10, windowEvents: 32));
    }

    [TestCaseSource(nameof(OurReads))]
    public void We_read_as_the_official_client_does(string step, object ours) =>
        Assert.That(ours, Is.EqualTo(ReadReq.Parser.ParseFrom(Transcript.Of(step).Calls[^1].Requests.Single())));

    [Test]
    public void We_subscribe_as_the_official_client_does_but_for_the_filter_and_for_asking_to_hear_when_we_have_caught_up()
    {
        var theirs = ReadReq.Parser.ParseFrom(Transcript.Of("subscribe-all-filtered-then-live").Calls.Single().Requests.Single());
        theirs.Options.NoFilter = new();
        theirs.Options.ControlOption = new() { Compatibility = 1 };

        Assert.That(WireRequests.Subscription(LogPosition.Start), Is.EqualTo(theirs));
    }

    [TestCase("append-no-stream-one-event")]
    [TestCase("batch-append-wrong-expected-revision")]
    public void We_append_as_the_official_client_does(string step)
    {
        var theirs = BatchAppendReq.Parser.ParseFrom(Transcript.Of(step).Calls[^1].Requests.Single());

        var ours = WireRequests.Append(WireIds.FromWire(theirs.CorrelationId), Order1, DemandOf(theirs), EventsOf(theirs), TimeSpan.FromSeconds(10));

        // They name a moment that never comes; we name how long we wait, which does not rest on two clocks.
        Assert.That(ours.Options.Deadline.Seconds, Is.EqualTo(10));
        ours.Options.ClearDeadlineOption();
        theirs.Options.ClearDeadlineOption();
        Assert.That(ours, Is.EqualTo(theirs));
        Assert.That(ours.ToByteArray(), Is.EqualTo(theirs.ToByteArray()));
    }

    /// <summary>Also those of the steps that the port does not take: deleting, and appending without a batch.</summary>
    [TestCaseSource(nameof(Steps))]
    public async Task A_recorded_answer_comes_as_it_was_sent(string step, CancellationToken ct)
    {
        var transcript = Transcript.Of(step);
        foreach (var recorded in transcript.Calls)
        {
            await using var server = await PlaybackServer.Start(call => Playback.Answer(call, recorded));
            using var channel = Channels.To(server.Address);

            var (answers, failure) = await Methods[recorded.Method].Hear(channel, recorded, ct);

            Assert.That(answers, Is.EqualTo(recorded.Responses));
            Assert.That(failure is null, Is.EqualTo(recorded.ResponseHeaders.GetValueOrDefault("grpc-status", "0") == "0"));
            if (failure is not null)
                Assert.That(transcript.ClientException, Does.EndWith(failure.Message));
        }
    }

    [Test]
    public async Task An_append_that_was_taken_is_answered_with_its_revision_and_position(CancellationToken ct) =>
        Assert.That(await Append("append-no-stream-one-event", ExpectedRevision.None, ct), Is.EqualTo(new AppendResult.Appended(0, new(733))));

    /// <summary>The server tells it so where the repeat of an append is known by its place, and the event there cannot be read.</summary>
    [Test]
    public async Task An_append_at_no_position_is_looked_for_in_its_stream(CancellationToken ct)
    {
        await using var server = await Playback.Of("append-no-stream-one-event", read: "read-stream-backwards-1", answer =>
        {
            answer.Success.CurrentRevision = 3;
            answer.Success.Position = new() { CommitPosition = ulong.MaxValue, PreparePosition = ulong.MaxValue };
        });
        await using var log = await Open(server, ct);

        var known = await log.Append(Order1, ExpectedRevision.Exact(2), [Event(new("00000000-0000-4000-8000-000000000004"))], ct);

        Assert.That(known, Is.EqualTo(new AppendResult.Appended(3, new(1159))));
        Assert.ThrowsAsync<EventLogUnavailableException>(() => log.Append(Order1, ExpectedRevision.Exact(2), [Event(Guid.NewGuid())], ct));
    }

    [Test]
    public async Task An_append_at_the_wrong_revision_is_answered_with_the_actual_one(CancellationToken ct)
    {
        Assert.That(Transcript.Of("batch-append-wrong-expected-revision").ClientException, Does.Contain("Expected version: 0, Actual version: 3"));
        Assert.That(
            await Append("batch-append-wrong-expected-revision", ExpectedRevision.Exact(0), ct),
            Is.EqualTo(new AppendResult.WrongExpectedRevision(ExpectedRevision.Exact(0), 3)));
    }

    [Test]
    public async Task A_stream_is_read_both_ways(CancellationToken ct)
    {
        var forwards = await Read("read-stream-forwards", ReadDirection.Forwards, ct);
        Assert.That(forwards.Select(e => (e.Stream, e.Revision, e.Position.Value, e.Type)), Is.EqualTo(new[]
        {
            (Order1, 0L, 733L, "order-placed.v1"), (Order1, 1L, 875L, "order-placed.v1"), (Order1, 2L, 1017L, "order-placed.v1"), (Order1, 3L, 1159L, "order-placed.v1"),
        }));
        Assert.That(forwards.Select(e => System.Text.Encoding.UTF8.GetString(e.Data.Span) + System.Text.Encoding.UTF8.GetString(e.Metadata.Span)), Is.EqualTo(
            Enumerable.Range(1, 4).Select(n => $$"""{"n":{{n}}}{"$correlationId":"c{{n}}"}""")));
        Assert.That(forwards.Select(e => e.Id), Is.EqualTo(Enumerable.Range(1, 4).Select(n => new Guid($"00000000-0000-4000-8000-00000000000{n}"))));
        Assert.That(forwards[0].RecordedAt, Is.EqualTo(DateTimeOffset.UnixEpoch.AddTicks(17_953_453_766_203_794L)));

        Assert.That((await Read("read-stream-backwards-1", ReadDirection.Backwards, ct)).Select(e => e.Revision), Is.EqualTo(new[] { 3 }));
    }

    [TestCase("read-stream-not-found")]
    [TestCase("read-deleted-stream")]
    public async Task A_stream_that_is_not_there_any_more_or_yet_holds_nothing(string step, CancellationToken ct) =>
        Assert.That(await Read(step, ReadDirection.Forwards, ct), Is.Empty);

    [Test]
    public void A_stream_that_is_deleted_for_good_is_told_as_that(CancellationToken ct)
    {
        Assert.That(Transcript.Of("read-tombstoned-stream").ClientException, Does.StartWith("StreamDeletedException"));
        Assert.That(Assert.ThrowsAsync<StreamDeletedException>(() => Read("read-tombstoned-stream", ReadDirection.Forwards, ct))?.Stream, Is.EqualTo(Order1));
    }

    [Test]
    public async Task The_whole_log_is_read_by_prefix(CancellationToken ct)
    {
        await using var server = await Playback.Of("read-all-forwards-filtered-prefix");
        await using var log = await Open(server, ct);
        var read = new List<RecordedEvent>();
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.Categories("order"), 10, ct))
            read.Add(e);

        Assert.That(read.Select(e => e.Position.Value), Is.EqualTo(new[] { 733, 875, 1017, 1159 }));
    }

    [Test]
    public async Task A_subscription_tells_what_was_there_that_it_caught_up_and_what_came(CancellationToken ct)
    {
        await using var server = await Playback.Of("subscribe-all-filtered-then-live");
        await using var log = await Open(server, ct);
        await using var subscription = new Subscription(log.Subscribe(LogPosition.Start, StreamFilter.Categories("order"), ct));

        await subscription.UntilEvents(5);

        Assert.That(
            subscription.Told.Select(m => (m.GetType().Name, Subscription.PositionOf(m).Value)),
            Is.EqualTo(new[] { ("Appeared", 733), ("Appeared", 875), ("Appeared", 1017), ("Appeared", 1159), ("CaughtUp", 1159), ("Appeared", 1301) }));
    }

    static async Task<AppendResult> Append(string step, ExpectedRevision expected, CancellationToken ct)
    {
        var recorded = BatchAppendReq.Parser.ParseFrom(Transcript.Of(step).Calls[^1].Requests.Single());
        await using var server = await Playback.Of(step);
        await using var log = await Open(server, ct);
        return await log.Append(Order1, expected, EventsOf(recorded), ct);
    }

    static async Task<List<RecordedEvent>> Read(string step, ReadDirection direction, CancellationToken ct)
    {
        await using var server = await Playback.Of(step);
        await using var log = await Open(server, ct);
        var read = new List<RecordedEvent>();
        await foreach (var e in log.ReadStream(Order1, direction, direction == ReadDirection.Forwards ? 0 : long.MaxValue, 10, ct))
            read.Add(e);
        return read;
    }

    static NewEvent Event(Guid id) => new(id, "order-placed.v1", "{}"u8.ToArray(), default);

    static Task<EventStoreDbLog> Open(PlaybackServer server, CancellationToken ct) =>
        EventStoreDbLogs.Open(new() { ConnectionString = $"esdb://{server.Address.Authority}?tls=false&defaultDeadline=5000" }, ct);

    static ExpectedRevision DemandOf(BatchAppendReq request) =>
        request.Options.NoStream is null ? ExpectedRevision.Exact((long)request.Options.StreamPosition) : ExpectedRevision.None;

    static NewEvent[] EventsOf(BatchAppendReq request) =>
        [.. request.ProposedMessages.Select(m => new NewEvent(WireIds.FromWire(m.Id), m.Metadata["type"], m.Data.Memory, m.CustomMetadata.Memory))];

    static Func<GrpcChannel, Transcript.Call, CancellationToken, Task<(List<byte[]> Answers, GrpcException? Failure)>> Hear<T>(MessageParser<T> parser)
        where T : IMessage<T> => async (channel, recorded, ct) =>
        {
            var path = recorded.Path.Split('/');
            var answers = new List<byte[]>();
            await using var call = channel.ServerStreaming(new GrpcMethod<Empty, T>(path[1], path[2], parser), new Empty(), ct);
            try
            {
                while (!(recorded.IsLeftOpen && answers.Count == recorded.Responses.Count) && await call.WaitToRead())
                {
                    while (call.TryRead(out var answer))
                        answers.Add(answer.ToByteArray());
                }

                return (answers, null);
            }
            catch (GrpcException e)
            {
                return (answers, e);
            }
        };

    sealed record Recorded(MessageParser Requests, Func<GrpcChannel, Transcript.Call, CancellationToken, Task<(List<byte[]> Answers, GrpcException? Failure)>> Hear);
}
