using System.Text;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Testing.EventStoreDb;
using Google.Protobuf;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.ReadReq.Types;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>What tests of the emulator share: one each, and its wire in short words.</summary>
abstract class EmulatorFixture
{
    protected const string Streams = "streams.Streams/";

    /// <summary>Far more than any test needs.</summary>
    static readonly TimeSpan DeadlineMax = TimeSpan.FromSeconds(60);

    readonly List<IAsyncDisposable> _owned = [];
    CancellationTokenSource _deadline = new();
    HttpClient _client = new();
    EventStoreDbEmulator? _server;

    protected EventStoreDbEmulator Server => _server ?? throw new InvalidOperationException("No server runs.");

    protected HttpClient Client => _client;

    protected CancellationToken Deadline => _deadline.Token;

    [SetUp]
    public void Begin() => _deadline = new(DeadlineMax);

    [TearDown]
    public async Task End()
    {
        foreach (var owned in Enumerable.Reverse(_owned))
            await owned.DisposeAsync();
        _owned.Clear();
        _client.Dispose();
        _deadline.Dispose();
    }

    protected async Task Start(EventStoreDbEmulatorOptions? options = null)
    {
        _server = await StartAnother(options);
        _client.Dispose();
        _client = ClientOf(_server);
    }

    /// <summary>Stopped after the test.</summary>
    protected async Task<EventStoreDbEmulator> StartAnother(EventStoreDbEmulatorOptions? options = null)
    {
        var server = await EventStoreDbEmulator.Start(options, Deadline);
        _owned.Add(server);
        return server;
    }

    protected static HttpClient ClientOf(EventStoreDbEmulator server) => new() { BaseAddress = new($"http://{EventStoreDbEmulator.Host}:{server.Port}") };

    protected RawCall Call(string method, params (string Name, string Value)[] headers)
    {
        var call = RawCall.Begin(Client, method, Deadline, headers);
        _owned.Add(call);
        return call;
    }

    /// <summary>Sends one message and nothing more.</summary>
    protected async Task<RawCall> Ask(string method, IMessage request, params (string Name, string Value)[] headers)
    {
        var call = Call(method, headers);
        await call.Send(request);
        await call.Complete();
        return call;
    }

    protected static StreamIdentifier Stream(string name) => new() { StreamName = ByteString.CopyFromUtf8(name) };

    protected static UUID Id(Guid id) => new() { String = id.ToString() };

    protected static BatchAppendReq.Types.ProposedMessage[] Events(int count) => [.. Enumerable.Range(0, count).Select(n => Event($$"""{"n":{{n}}}"""))];

    protected static BatchAppendReq.Types.ProposedMessage Event(string data, string type = "thing-happened.v1") => new()
    {
        Id = Id(Guid.NewGuid()),
        Metadata = { ["type"] = type, ["content-type"] = "application/json" },
        Data = ByteString.CopyFrom(data, Encoding.UTF8),
    };

    /// <summary>One append of a batch, in one part.</summary>
    protected static BatchAppendReq Batch(string stream, Action<BatchAppendReq.Types.Options> expect, params BatchAppendReq.Types.ProposedMessage[] events)
    {
        var request = new BatchAppendReq { CorrelationId = Id(Guid.NewGuid()), Options = new() { StreamIdentifier = Stream(stream) }, ProposedMessages = { events }, IsFinal = true };
        expect(request.Options);
        return request;
    }

    protected static void Any(BatchAppendReq.Types.Options options) => options.Any = new();

    protected static void NoStream(BatchAppendReq.Types.Options options) => options.NoStream = new();

    protected static void Exists(BatchAppendReq.Types.Options options) => options.StreamExists = new();

    protected static Action<BatchAppendReq.Types.Options> At(ulong revision) => options => options.StreamPosition = revision;

    /// <summary>Appends over a call of its own.</summary>
    protected async Task<BatchAppendResp> Append(string stream, Action<BatchAppendReq.Types.Options> expect, params BatchAppendReq.Types.ProposedMessage[] events)
    {
        await using var call = RawCall.Begin(Client, Streams + "BatchAppend", Deadline);
        await call.Send(Batch(stream, expect, events));
        await call.Complete();
        return await call.Next(BatchAppendResp.Parser) ?? throw new AssertionException("The append was not answered.");
    }

    /// <summary>Appends what must be taken.</summary>
    protected async Task<BatchAppendResp.Types.Success> Given(string stream, params BatchAppendReq.Types.ProposedMessage[] events)
    {
        var answer = await Append(stream, Any, events);
        Assert.That(answer.Success, Is.Not.Null);
        return answer.Success;
    }

    /// <summary>Deletes softly.</summary>
    protected async Task Delete(string stream)
    {
        var call = await Ask(Streams + "Delete", new DeleteReq { Options = new() { StreamIdentifier = Stream(stream), Any = new() } });
        Assert.That((await call.Next(DeleteResp.Parser))?.Position, Is.Not.Null);
    }

    /// <summary>Deletes for good.</summary>
    protected async Task Tombstone(string stream)
    {
        var call = await Ask(Streams + "Tombstone", new TombstoneReq { Options = new() { StreamIdentifier = Stream(stream), Any = new() } });
        Assert.That((await call.Next(TombstoneResp.Parser))?.Position, Is.Not.Null);
    }

    /// <summary>A read of a stream from its start, which the test changes as it likes.</summary>
    protected static ReadReq OfStream(string name, Action<Options>? change = null) =>
        Changed(new() { Stream = new() { StreamIdentifier = Stream(name), Start = new() }, NoFilter = new(), ControlOption = new() { Compatibility = 1 } }, change);

    /// <summary>A read of the whole log from its start.</summary>
    protected static ReadReq OfAll(Action<Options>? change = null) => Changed(new() { All = new() { Start = new() }, NoFilter = new() }, change);

    protected static void Prefix(Options options, string prefix, uint window = 32, uint multiplier = 1) =>
        options.Filter = new() { StreamIdentifier = new() { Prefix = { prefix } }, Max = window, CheckpointIntervalMultiplier = multiplier };

    /// <summary>Everything that a read answers.</summary>
    protected async Task<List<ReadResp>> Read(ReadReq request)
    {
        await using var call = await Ask(Streams + "Read", request);
        return await call.Next(ReadResp.Parser, int.MaxValue);
    }

    protected static ulong[] Revisions(IEnumerable<ReadResp> answers) => [.. answers.Where(a => a.Event is not null).Select(a => a.Event.Event.StreamRevision)];

    static ReadReq Changed(Options options, Action<Options>? change)
    {
        (options.Count, options.UuidOption) = (ulong.MaxValue, new() { Structured = new() });
        change?.Invoke(options);
        return new() { Options = options };
    }
}
