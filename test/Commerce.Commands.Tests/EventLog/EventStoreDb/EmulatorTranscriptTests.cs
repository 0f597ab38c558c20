using System.Globalization;
using System.Text.RegularExpressions;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Testing.EventStoreDb;
using Google.Protobuf;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>
/// The emulator answers recorded requests as the real server did that they were recorded from. Both logs grow alike, so that
/// positions differ by where the first event lies and by nothing else; times and the ids of subscriptions are left out.
/// </summary>
[TestFixture]
sealed partial class EmulatorTranscriptTests
{
    const ulong FirstRecordedPosition = 733;

    /// <summary>In the order of their recording.</summary>
    static readonly string[] Steps =
    [
        "append-no-stream-one-event", "append-with-credentials-uses-Append-rpc", "append-expected-revision", "append-wrong-expected-revision",
        "append-idempotent-same-event-id", "batch-append-wrong-expected-revision", "append-no-stream-when-exists", "read-stream-backwards-1",
        "read-stream-forwards", "read-stream-not-found", "read-all-forwards-filtered-prefix", "subscribe-all-filtered-then-live", "subscribe-stream",
        "append-too-large", "delete-stream", "read-deleted-stream", "tombstone-stream", "read-tombstoned-stream", "append-to-tombstoned",
    ];

    static readonly Dictionary<string, (MessageParser Request, MessageParser Response)> Parsers = new()
    {
        ["streams.Streams/Append"] = (AppendReq.Parser, AppendResp.Parser),
        ["streams.Streams/BatchAppend"] = (BatchAppendReq.Parser, BatchAppendResp.Parser),
        ["streams.Streams/Read"] = (ReadReq.Parser, ReadResp.Parser),
        ["streams.Streams/Delete"] = (DeleteReq.Parser, DeleteResp.Parser),
        ["streams.Streams/Tombstone"] = (TombstoneReq.Parser, TombstoneResp.Parser),
        ["server_features.ServerFeatures/GetSupportedMethods"] = (Empty.Parser, SupportedMethods.Parser),
    };

    readonly Dictionary<string, List<Exchange>> _exchanges = [];
    ulong _firstPosition;

    [OneTimeSetUp]
    public async Task Replay_every_step()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var server = await EventStoreDbEmulator.Start();
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port}") };
        foreach (var step in Steps)
        {
            _exchanges[step] = [];
            foreach (var recorded in Transcript.Of(step).Calls)
                _exchanges[step].Add(await Replay(client, recorded, deadline.Token));
        }
    }

    [TestCaseSource(nameof(Steps))]
    public void A_recorded_request_gets_the_recorded_answer(string step)
    {
        var calls = Transcript.Of(step).Calls;
        Assert.That(_exchanges[step], Has.Count.EqualTo(calls.Count));
        foreach (var (recorded, exchange) in calls.Zip(_exchanges[step]))
        {
            var answers = recorded.Responses.Select(b => Parsers[recorded.Method].Response.ParseFrom(b)).ToList();
            Assert.That(answers.Select(m => m.ToByteArray()), Is.EqualTo(recorded.Responses), "every recorded field is known");
            Assert.That(exchange.Answers.Select(m => Comparable(m, _firstPosition)), Is.EqualTo(answers.Select(m => Comparable(m, FirstRecordedPosition))));
            Assert.That(exchange.Ending, Is.EquivalentTo(Comparable(recorded.ResponseHeaders.Concat(recorded.Trailers))));
        }
    }

    [Test]
    public void Every_recorded_step_is_replayed() =>
        Assert.That(Steps, Is.EquivalentTo(Directory.EnumerateFiles(Transcript.Folder, "*.json").Select(Path.GetFileNameWithoutExtension)));

    async Task<Exchange> Replay(HttpClient client, Transcript.Call recorded, CancellationToken deadline)
    {
        await using var call = RawCall.Begin(client, recorded.Method, deadline, [.. recorded.SentHeaders]);
        await call.Send(recorded.Requests.Select(b => Parsers[recorded.Method].Request.ParseFrom(b)));
        if (recorded.Method != "streams.Streams/BatchAppend")
            await call.Complete();

        var answers = new List<IMessage>();
        while (!(recorded.IsLeftOpen && answers.Count == recorded.Responses.Count) && await call.Next(Parsers[recorded.Method].Response) is { } answer)
        {
            answers.Add(answer);
            if (_firstPosition == 0 && answer is BatchAppendResp { Success: { } first })
                _firstPosition = first.Position.CommitPosition;
            // What follows was appended while the recorded subscription was live.
            if (answer is ReadResp { CaughtUp: not null } && answers.Count < recorded.Responses.Count)
                await Append(client, ReadResp.Parser.ParseFrom(recorded.Responses[answers.Count]).Event.Event, deadline);
        }

        return new(answers, Comparable(recorded.IsLeftOpen ? await call.Headers() : await call.Ending()));
    }

    static async Task Append(HttpClient client, ReadResp.Types.RecordedEvent e, CancellationToken deadline)
    {
        await using var call = RawCall.Begin(client, "streams.Streams/Append", deadline);
        await call.Send(
            new AppendReq { Options = new() { StreamIdentifier = e.StreamIdentifier, Any = new() } },
            new AppendReq
            {
                ProposedMessage = new()
                {
                    Id = e.Id,
                    Metadata = { ["type"] = e.Metadata["type"], ["content-type"] = e.Metadata["content-type"] },
                    CustomMetadata = e.CustomMetadata,
                    Data = e.Data,
                },
            });
        await call.Complete();
        Assert.That((await call.Next(AppendResp.Parser))?.Success, Is.Not.Null);
    }

    static string Comparable(IMessage message, ulong firstPosition)
    {
        var text = Position().Replace(message.ToString() ?? "", m => $"{m.Groups[1]}{ulong.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture) - firstPosition}");
        return OfItsOwn().Replace(text, "$1");
    }

    static Dictionary<string, string> Comparable(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.Where(h => h.Key.ToLowerInvariant() is not "date" and not "server").ToDictionary();

    [GeneratedRegex("""("(?:commit|prepare)Position": ")(\d+)""")]
    private static partial Regex Position();

    [GeneratedRegex("""("(?:created|subscriptionId)": ")[^"]+""")]
    private static partial Regex OfItsOwn();

    sealed record Exchange(List<IMessage> Answers, Dictionary<string, string> Ending);
}
