using System.Runtime.CompilerServices;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Domain.Catalog;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Daemon.Feeding;
using Commerce.Projections.Documents;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon;

public sealed class LogFeedsTests
{
    // Bytes of a stretch or two, so that a few events pass every bound.
    static readonly FeedOptions Narrow = new() { StretchEventsMax = 8, AheadBytesMax = 2_000, RecentBytesMax = 2_000, WaitPositionsMax = 10, PatienceMax = TimeSpan.FromMilliseconds(1) };

    static readonly IProjection Stock = new StockProjection(ReadSchemas.Live());
    static readonly IProjection Orders = new OrdersProjection(ReadSchemas.Live());
    static readonly IProjection Products = new ProductsProjection(ReadSchemas.Live());

    CountingLog _log;
    LogFeeds _feeds;

    [SetUp]
    public void SetUp() => Open(new FeedOptions());

    [TearDown]
    public async Task TearDown() => await _feeds.DisposeAsync();

    [Test]
    public async Task Projections_at_one_position_share_a_reader_and_each_event_is_decoded_once()
    {
        using var stock = _feeds.Join(Stock, LogPosition.Start);
        using var orders = _feeds.Join(Orders, LogPosition.Start);
        using var products = _feeds.Join(Products, LogPosition.Start);

        await Receive(3);
        await _log.Write(Product.StreamOf(Domain.Sku.Of("CUP")), new ProductEvent.Discontinued());
        var (ofStock, ofOrders, ofProducts) = (await Take(stock, 3), await Take(orders, 3), await Take(products, 1));

        Assert.Multiple(() =>
        {
            Assert.That((_feeds.Count, _log.Subscriptions), Is.EqualTo((1, 1)));
            Assert.That(ofStock.Select(e => e.Decode()?.Event), Is.All.InstanceOf<StockEvent.Received>());
            Assert.That(ofOrders.Select(e => e.Decode()), Is.EqualTo(ofStock.Select(e => e.Decode())).Using<ProjectedEvent>(ReferenceEquals));
            Assert.That(ofProducts.Select(e => e.Decode()?.Event), Is.All.InstanceOf<ProductEvent.Discontinued>());
        });
    }

    [Test]
    public async Task One_that_is_behind_reads_by_itself_until_it_has_caught_up_and_misses_nothing()
    {
        Open(Narrow);
        await Receive(200);
        using var live = _feeds.Join(Orders, new LogPosition(200));
        await Receive(1);
        await Take(live, 1);

        using var behind = _feeds.Join(Stock, LogPosition.Start);
        Assert.That(_feeds.Count, Is.EqualTo(2));
        var caughtUp = await Take(behind, 201);
        await RunningDaemon.Eventually(() => Task.FromResult(_feeds.Count == 1));
        await Receive(1);

        Assert.That(Positions(caughtUp), Is.EqualTo(Enumerable.Range(1, 201)));
        Assert.That((Positions(await Take(behind, 1)), Positions(await Take(live, 1))), Is.EqualTo(((int[])[202], (int[])[202])));
    }

    [Test]
    public async Task One_that_is_a_little_ahead_waits_for_the_others_and_gets_nothing_twice()
    {
        Open(Narrow);
        await Receive(6);
        using var first = _feeds.Join(Orders, LogPosition.Start);
        using var ahead = _feeds.Join(Stock, new LogPosition(4));

        Assert.That((Positions(await Take(ahead, 2)), Positions(await Take(first, 6))), Is.EqualTo(((int[])[5, 6], (int[])[1, 2, 3, 4, 5, 6])));
    }

    [Test]
    public async Task One_that_takes_nothing_holds_nobody_up_and_gets_all_of_it_later()
    {
        Open(Narrow);
        using var stuck = _feeds.Join(Stock, LogPosition.Start);
        using var others = _feeds.Join(Orders, LogPosition.Start);
        await Receive(300);

        Assert.That(Positions(await Take(others, 300)), Is.EqualTo(Enumerable.Range(1, 300)));
        Assert.That(stuck.Bytes, Is.LessThan(2 * Narrow.AheadBytesMax));
        Assert.That(Positions(await Take(stuck, 300)), Is.EqualTo(Enumerable.Range(1, 300)));
        await RunningDaemon.Eventually(() => Task.FromResult(_feeds.Count == 1));
    }

    [Test]
    public async Task Those_that_are_slow_together_are_waited_for_and_what_is_read_ahead_stays_bounded()
    {
        Open(Narrow);
        using var one = _feeds.Join(Stock, LogPosition.Start);
        using var other = _feeds.Join(Orders, LogPosition.Start);
        await Receive(300);
        await RunningDaemon.Eventually(() => Task.FromResult(one.Bytes >= Narrow.AheadBytesMax && other.Bytes >= Narrow.AheadBytesMax));

        Assert.That(new[] { one.Bytes, other.Bytes }, Is.All.LessThan(2 * Narrow.AheadBytesMax));
        Assert.That(_feeds.Count, Is.EqualTo(1));
    }

    [Test]
    public async Task A_log_that_cannot_be_read_is_told_to_everybody_who_waits()
    {
        using var stock = _feeds.Join(Stock, LogPosition.Start);
        await Receive(1);
        await Take(stock, 1);
        _log.IsDown = true;
        var waiting = stock.Wait(CancellationToken.None);
        await Receive(1);

        Assert.That(async () => { await waiting; await Take(stock, 2); }, Throws.InstanceOf<EventLogUnavailableException>());
    }

    [Test]
    public async Task Nobody_who_reads_leaves_no_reader()
    {
        _feeds.Join(Stock, LogPosition.Start).Dispose();

        await RunningDaemon.Eventually(() => Task.FromResult(_feeds.Count == 0));
    }

    void Open(FeedOptions options)
    {
        _log = new CountingLog();
        _feeds = new LogFeeds(_log, [Stock, Orders, Products], options, TimeProvider.System);
    }

    // Stock that serves an order, which the projection of orders reads too.
    async Task Receive(int events)
    {
        for (var n = 0; n < events; n++)
        {
            await _log.Write(StockStream("CUP"), new StockEvent.Received(1, "delivery"));
        }
    }

    static IEnumerable<int> Positions(IEnumerable<LoggedEvent> events) => [.. events.Select(e => (int)e.Recorded.Position.Value)];

    static async Task<List<LoggedEvent>> Take(FeedReader reader, int count)
    {
        using var patience = new CancellationTokenSource(ReadModelWorld.Patience);
        var events = new List<LoggedEvent>();
        while (events.Count < count)
        {
            if (reader.TryTake(int.MaxValue, long.MaxValue, out var batch))
            {
                events.AddRange(batch.Events);
            }
            else
            {
                await reader.Wait(patience.Token);
            }
        }

        return events;
    }

    /// <summary>Counts who reads the log, and can go down.</summary>
    sealed class CountingLog : IEventLog
    {
        readonly InMemoryEventLog _log = new(TimeProvider.System);
        int _subscriptions;

        public int Subscriptions => _subscriptions;

        public bool IsDown { get; set; }

        public Task<AppendResult> Write(StreamName stream, object e) => Append(
            stream, ExpectedRevision.Any, [new NewEvent(Guid.NewGuid(), EventCatalog.NameOf(e), EventCatalog.ToJson(e), ReadOnlyMemory<byte>.Empty)], CancellationToken.None);

        public Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken) =>
            _log.Append(stream, expected, events, cancellationToken);

        public IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, CancellationToken cancellationToken) =>
            _log.ReadStream(stream, direction, from, count, cancellationToken);

        public IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, CancellationToken cancellationToken) =>
            _log.ReadAll(after, filter, count, cancellationToken);

        public async IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _subscriptions);
            await foreach (var message in _log.Subscribe(after, filter, cancellationToken))
            {
                yield return IsDown ? throw new EventLogUnavailableException("It is down.") : message;
            }
        }

        public Task<LogPosition> Head(CancellationToken cancellationToken) => _log.Head(cancellationToken);
    }
}
