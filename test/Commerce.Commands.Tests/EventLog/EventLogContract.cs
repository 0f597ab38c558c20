using System.Text;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog;

/// <summary>What the parts of the contract share. Each test works in streams of a category of its own.</summary>
[TestFixtureSource(typeof(EventLogEngine), nameof(EventLogEngine.All))]
abstract class EventLogContract(EventLogEngine engine)
{
    /// <summary>Far more than any test needs: whoever waits longer waits for what never comes.</summary>
    static readonly TimeSpan DeadlineMax = TimeSpan.FromSeconds(90);

    OpenedLog? _opened;
    CancellationTokenSource _deadline = new();

    protected IEventLog Log => _opened?.Log ?? throw new InvalidOperationException("No log is open.");

    protected CancellationToken Deadline => _deadline.Token;

    /// <summary>Of this test alone.</summary>
    protected string Category { get; private set; } = "";

    protected int StreamNameLengthMax => engine.StreamNameLengthMax;

    protected StreamFilter Mine => StreamFilter.Categories(Category);

    [OneTimeSetUp]
    public async Task Open_the_log() => _opened = await engine.Open();

    [OneTimeTearDown]
    public async Task Close_the_log()
    {
        if (_opened is not null)
            await _opened.DisposeAsync();
    }

    [SetUp]
    public void Begin()
    {
        Category = $"c{Guid.NewGuid():n}";
        _deadline = new(DeadlineMax);
    }

    [TearDown]
    public void End() => _deadline.Dispose();

    protected StreamName Stream(string id = "1") => StreamName.For(Category, id);

    protected static NewEvent[] Events(int count) => [.. Enumerable.Range(0, count).Select(n => Event($$"""{"n":{{n}}}"""))];

    protected static NewEvent Event(string json, string type = "thing-happened.v1") =>
        new(Guid.NewGuid(), type, Encoding.UTF8.GetBytes(json), Encoding.UTF8.GetBytes("""{"actor":"test"}"""));

    protected Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, params NewEvent[] events) =>
        Log.Append(stream, expected, events, Deadline);

    /// <summary>Appends events that must be taken.</summary>
    protected async Task<AppendResult.Appended> Given(StreamName stream, params NewEvent[] events)
    {
        var result = await Append(stream, ExpectedRevision.Any, events);
        Assert.That(result, Is.InstanceOf<AppendResult.Appended>());
        return (AppendResult.Appended)result;
    }

    protected Task<List<RecordedEvent>> Read(StreamName stream, ReadDirection direction = ReadDirection.Forwards, long from = 0, int count = int.MaxValue) =>
        All(Log.ReadStream(stream, direction, from, count, Deadline));

    protected Task<List<RecordedEvent>> ReadAll(LogPosition after = default, StreamFilter? filter = null, int count = int.MaxValue) =>
        All(Log.ReadAll(after, filter ?? Mine, count, Deadline));

    protected static async Task<List<RecordedEvent>> All(IAsyncEnumerable<RecordedEvent> events)
    {
        var all = new List<RecordedEvent>();
        await foreach (var e in events)
            all.Add(e);

        return all;
    }

    protected static Guid[] Ids(IEnumerable<RecordedEvent> events) => [.. events.Select(e => e.Id)];

    protected static Guid[] Ids(IEnumerable<NewEvent> events) => [.. events.Select(e => e.Id)];
}
