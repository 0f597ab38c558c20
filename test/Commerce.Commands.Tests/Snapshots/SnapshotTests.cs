using Commerce.Commands.Handling;
using Commerce.Commands.Snapshots;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Snapshots;
using Commerce.Testing.Logs;

namespace Commerce.Commands.Tests.Snapshots;

/// <summary>Long streams load fast: what a snapshot says is what the whole stream says, on every engine, and what is wrong with one harms nobody.</summary>
[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class SnapshotTests(LogEngine engine)
{
    const int EventsMin = 50;
    const int Units = 400;

    static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    static readonly CommandContext Context = new("test");
    static readonly CommandProcessorOptions Options = new() { Snapshots = new() { EventsMin = EventsMin }, BatchMax = 8 };

    // A node that takes no snapshot itself, which would read the stream as well.
    static readonly CommandProcessorOptions Started = new() { Snapshots = new() { EventsMin = EventsMin, GrowthPercent = 1_000 } };

    FlashSaleId _sale;
    LogForTests _opened;

    StreamName Stream => FlashSale.StreamOf(_sale);

    [SetUp]
    public async Task Open() => (_sale, _opened) = (new(Guid.CreateVersion7()), await LogForTests.Open(engine));

    [TearDown]
    public async Task Close() => await _opened.DisposeAsync();

    [Test]
    public async Task A_node_that_starts_reads_the_newest_snapshot_and_what_follows_instead_of_the_whole_stream()
    {
        await SellWithSnapshot(180);
        var (taken, length) = (await Newest(), (await Events(Stream)).Count);

        var log = new WatchedLog(_opened.Log);
        await using var started = new CommandProcessor(log, TimeProvider.System, Started);
        var repeat = await Do(started, Claim(7));
        Assert.That((repeat as CommandOutcome.Rejected)?.Rejection.Code, Is.EqualTo(FlashSaleRejections.ClaimKnownCode));
        Assert.That(log.ReadOf(Stream), Is.EqualTo(EventsMin + 1 + (length - 1 - taken.Revision)));
        Assert.That(await Do(started, Claim(200)), Is.InstanceOf<CommandOutcome.Accepted>());
    }

    [Test]
    public async Task A_snapshot_and_what_follows_say_what_the_whole_stream_says()
    {
        foreach (var seed in Enumerable.Range(1, 5))
        {
            _sale = new(Guid.CreateVersion7());
            await SellWithSnapshot(120, seed);
            await using var node = new CommandProcessor(_opened.Log, TimeProvider.System, Options);
            await using var snapshots = new Snapshotter(_opened.Log, TimeProvider.System, Options.Snapshots, 100, NoLogger);
            Assert.That(await snapshots.Find(FlashSale.Decider, Stream, default), Is.Not.Null);
            Assert.That(Text(await node.Load(FlashSale.Decider, Stream, default)), Is.EqualTo(Text(await Replayed())));
        }
    }

    [Test]
    public async Task Nobody_who_claims_waits_for_a_snapshot()
    {
        var log = new WatchedLog(_opened.Log) { HoldsSnapshots = true };
        await using var node = new CommandProcessor(log, TimeProvider.System, Options);
        await Announce(node);
        await Sell(node, 1, 100);
        await log.SnapshotHeld.WaitAsync(TimeSpan.FromSeconds(30));
        await Sell(node, 101, 50);
        Assert.That((await Replayed()).State.Claims, Is.EqualTo(150));
    }

    [Test]
    public async Task A_snapshot_of_another_shape_is_left_to_those_who_can_read_it()
    {
        var taken = await SellWithSnapshot(120);
        await Append(new SnapshotEvent.Taken(taken.Revision, taken.Event, taken.Shape + 1, taken.FirstPart, taken.Parts, taken.Sha256));
        await AssertFound(taken.Revision);
    }

    [Test]
    public async Task A_snapshot_that_is_damaged_gives_way_to_the_one_before_it()
    {
        var taken = await SellWithSnapshot(120);
        await Append(taken with { Sha256 = "of-something-else" });
        await Append(taken with { FirstPart = taken.FirstPart + 9_000 });
        await Append(taken with { Parts = int.MaxValue });
        await AssertFound(taken.Revision);
    }

    [Test]
    public async Task A_snapshot_of_another_past_is_not_of_this_stream()
    {
        var taken = await SellWithSnapshot(120);
        await Append(taken with { Event = Guid.NewGuid() });
        await AssertFound(taken.Revision);
        await Append(taken with { Revision = 100_000 });
        await AssertFound(taken.Revision);
    }

    [Test]
    public async Task Where_no_snapshot_can_be_used_the_stream_is_replayed()
    {
        var taken = await SellWithSnapshot(120);
        foreach (var _ in Enumerable.Range(0, Options.Snapshots.LookedAtMax))
        {
            await Append(taken with { Sha256 = "of-something-else" });
        }

        await using var node = new CommandProcessor(_opened.Log, TimeProvider.System, Options);
        Assert.That(Text(await node.Load(FlashSale.Decider, Stream, default)), Is.EqualTo(Text(await Replayed())));
    }

    [Test]
    public async Task A_state_larger_than_the_log_takes_at_once_is_kept_in_parts()
    {
        var store = new SnapshotStore(_opened.Log, TimeProvider.System);
        var bytes = new byte[3_000_000];
        new Random(7).NextBytes(bytes);
        await store.Write(Stream, 4, Guid.NewGuid(), 1, new MemoryStream([1, 2, 3]), default);
        Assert.That(await store.Write(Stream, 5, Guid.NewGuid(), 1, new MemoryStream(bytes), default), Is.True);

        var taken = (await store.Newest(Stream, 1, default)).Single();
        Assert.That(taken.Parts, Is.GreaterThan(1));
        using var read = new MemoryStream();
        Assert.That(await store.TryRead(Stream, taken, bytes.Length, read, default), Is.True);
        Assert.That(read.ToArray(), Is.EqualTo(bytes));
        Assert.That(read.Position, Is.Zero);
        Assert.That(await store.TryRead(Stream, taken, bytes.Length / 4, new MemoryStream(), default), Is.False);
    }

    [Test]
    public async Task A_command_that_was_done_before_the_snapshot_is_still_known_after_it()
    {
        var shelf = Stock.StreamOf(Sku.Of("SHIRT"), LocationId.Of("main"));
        await using (var node = new CommandProcessor(_opened.Log, TimeProvider.System, Options))
        {
            foreach (var n in Enumerable.Range(1, 120))
            {
                await Receive(node, shelf, n);
            }

            await Until(async () => (await new SnapshotStore(_opened.Log, TimeProvider.System).Newest(shelf, 1, default)).Count > 0);
        }

        var log = new WatchedLog(_opened.Log);
        await using var started = new CommandProcessor(log, TimeProvider.System, Started);
        var repeat = await Receive(started, shelf, 3);
        Assert.That((repeat.Replayed, repeat.Revision), Is.EqualTo((true, 2)));
        Assert.That(log.ReadOf(shelf), Is.LessThan(120 + EventsMin));
        Assert.That((await started.Load(Stock.Decider, shelf, default)).State.OnHand, Is.EqualTo(120));
    }

    static Microsoft.Extensions.Logging.ILogger NoLogger => Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    async Task<SnapshotEvent.Taken> SellWithSnapshot(int claims, int seed = 1)
    {
        await using (var node = new CommandProcessor(_opened.Log, TimeProvider.System, Options))
        {
            await Announce(node);
            await Sell(node, 1, claims, seed);
            await Until(async () => (await new SnapshotStore(_opened.Log, TimeProvider.System).Newest(Stream, 1, default)).Count > 0);
            await Sell(node, claims + 1, 7, seed);
        }

        return await Newest();
    }

    async Task<SnapshotEvent.Taken> Newest() => (await new SnapshotStore(_opened.Log, TimeProvider.System).Newest(Stream, 1, default)).Single();

    async Task Announce(CommandProcessor node)
    {
        await Do(node, new FlashSaleCommand.Announce(Noon, _sale, Sku.Of("MUG"), "Mug", Units, new Money(1, Currency.Of("GBP")), Noon, Noon.AddHours(1), 3, 15));
        await Do(node, new FlashSaleCommand.Stock([new(LocationId.Of("main"), Units - 30), new(LocationId.Of("spare"), 30)]));
    }

    async Task Sell(CommandProcessor node, int first, int count, int seed = 1)
    {
        var random = new Random(seed);
        await Task.WhenAll(Enumerable.Range(first, count).Select(async n =>
        {
            await Do(node, Claim(n));
            if (random.Next(3) == 0)
            {
                await Do(node, random.Next(2) == 0 ? new FlashSaleCommand.Pay(Noon.AddMinutes(1), IdOf(n), "tok") : new FlashSaleCommand.Return(IdOf(n), 1));
            }
        }));
    }

    FlashSaleCommand.Claim Claim(int n) => new(Noon, IdOf(n), CustomerId.Of($"customer-{n}"), 1, null);

    OrderId IdOf(int n) => new(Uuid.FromName(_sale.Value, $"{n}"));

    Task<CommandOutcome> Do(CommandProcessor node, FlashSaleCommand command) => node.Handle(FlashSale.Decider, Stream, command, Context, default);

    static async Task<CommandOutcome.Accepted> Receive(CommandProcessor node, StreamName shelf, int n) =>
        await node.Handle(Stock.Decider, shelf, new StockCommand.Receive(1, $"{n}"), new("test") { CommandId = $"delivery-{n}" }, default) as CommandOutcome.Accepted
            ?? throw new AssertionException("Refused.");

    Task Append(SnapshotEvent.Taken taken) => _opened.Log.Append(
        SnapshotStreams.Of(Stream) ?? throw new AssertionException("No name."), ExpectedRevision.Any, [new(Guid.NewGuid(), EventCatalog.NameOf(taken), EventCatalog.ToJson(taken), default)], default);

    async Task AssertFound(long revision)
    {
        await using var snapshots = new Snapshotter(_opened.Log, TimeProvider.System, Options.Snapshots, 100, NoLogger);
        var found = await snapshots.Find(FlashSale.Decider, Stream, default);

        // Where the node ended while it wrote another one, that may have come to its end all the same.
        Assert.That(found?.Last.Revision, Is.AtLeast(revision).And.LessThan((await Events(Stream)).Count));
        Assert.That(Text(new(found?.Content.State ?? FlashSale.None, found?.Last.Revision ?? -1)), Is.EqualTo(Text(await Replayed(found?.Last.Revision + 1))));
    }

    async Task<Loaded<FlashSale>> Replayed(long? events = null) =>
        await StreamState<FlashSaleCommand, FlashSaleEvent, FlashSale>.Fold(FlashSale.Decider, Stream, _opened.Log, new(FlashSale.None, -1), (int)(events ?? int.MaxValue), _ => { }, default);

    string Text(Loaded<FlashSale> loaded) => string.Join(
        "; ",
        [$"{loaded.Revision} {loaded.State.Units} {loaded.State.Remaining} {loaded.State.Claimed} {loaded.State.Claims} {loaded.State.GivenBack} {loaded.State.IsClosed}", .. loaded.State.Unclaimed.Select(u => $"{u}"), .. Enumerable.Range(1, 140).Select(n => $"{loaded.State.Find(IdOf(n))} {loaded.State.UnitsOf(CustomerId.Of($"customer-{n}"))}")]);

    async Task<List<RecordedEvent>> Events(StreamName stream)
    {
        var events = new List<RecordedEvent>();
        await foreach (var recorded in _opened.Log.ReadStream(stream, ReadDirection.Forwards, 0, int.MaxValue, default))
        {
            events.Add(recorded);
        }

        return events;
    }

    static async Task Until(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
        }
    }
}
