using System.Security.Cryptography;
using System.Text;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.ReadModels;
using Commerce.Projections.Analytics;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;
using Commerce.Projections.Queries;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon.Building;

/// <summary>Rebuilds while orders flow and people read.</summary>
public sealed class RebuildUnderLoadTests
{
    const int OrdersMin = 300;
    const int Rebuilds = 3;

    // Steady, so that there is no more to rebuild on a slow machine than on a fast one.
    static readonly TimeSpan OrderEvery = TimeSpan.FromMilliseconds(10);

    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp() => _world = await ReadModelWorld.Create();

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task Nobody_sees_an_error_or_less_than_before_and_what_comes_of_it_is_what_a_rebuild_at_rest_makes()
    {
        await using var daemon = _world.Start(batchEventsMax: 200);
        await Append(first: 1, count: 50);
        await daemon.CaughtUp();
        using var over = new CancellationTokenSource();
        Task<int>[] working =
        [
            Task.Run(() => KeepOrdering(first: 51, over.Token)),
            Task.Run(() => KeepReading("SELECT count(*) FROM mt_doc_orderview", over.Token)),
            Task.Run(() => KeepReading("SELECT count(*) FROM analytics.orders", over.Token)),
            Task.Run(() => KeepReading("SELECT count(*) FROM analytics.sales_lines", over.Token)),
            Task.Run(() => KeepDating(over.Token)),
        ];

        for (var n = 0; n < Rebuilds; n++)
        {
            foreach (var name in ProjectionNames.All)
            {
                await _world.Append(ReadModel.StreamOf(name), new ReadModelEvent.RebuildAsked(1, "under load"));
            }

            var request = n;
            await RunningDaemon.Eventually(async () =>
                working.Any(w => w.IsFaulted) || (await daemon.Status.Read(CancellationToken.None)).All(p => p.RebuiltAt == request));
        }

        await RunningDaemon.Eventually(async () => working.Any(w => w.IsFaulted) || await _world.Rows("SELECT count(*) FROM mt_doc_orderview") is [var count] && int.Parse(count, null) >= OrdersMin);
        await over.CancelAsync();
        Assert.That(await Task.WhenAll(working), Is.All.Positive);

        await daemon.CaughtUp();
        await _world.Builder().Build("at_rest", ProjectionNames.All, await _world.Log.Head(CancellationToken.None), null, CancellationToken.None);
        Assert.That(Hash(await _world.Everything()), Is.EqualTo(Hash(await _world.Everything(ReadSchemas.Beside("at_rest")))));
    }

    static string Hash(List<string> rows) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', rows))));

    // Each answer says as of when it is: it holds as many orders as the log had placed by then.
    async Task<int> KeepDating(CancellationToken over)
    {
        var orders = AnalyticsCatalogue.Relations(ReadSchemas.DocumentsDefault).Single(r => r.Name == "orders");
        using var queries = new AnalyticsQueries(_world.Database, ReadSchemas.DocumentsDefault);
        var answers = 0;
        for (; !over.IsCancellationRequested; answers++)
        {
            await using var answer = await queries.Read(orders, new AnalyticsBounds(), CancellationToken.None) ?? throw new AssertionException("Too many answers.");
            var rows = 0;
            while (await answer.Read(CancellationToken.None))
            {
                rows++;
            }

            Assert.That(rows, Is.EqualTo(await PlacedBy(answer.Position)), $"as of {answer.Position}");
        }

        return answers;
    }

    async Task<int> PlacedBy(LogPosition position) =>
        (await _world.Events(LogPosition.Start, StreamFilter.Categories("order"))).Count(e => e.Position <= position && e.Revision == 0);

    async Task<int> KeepReading(string sql, CancellationToken over)
    {
        var (last, reads) = (0L, 0);
        for (; !over.IsCancellationRequested; reads++)
        {
            var now = long.Parse((await _world.Rows(sql)).Single(), null);
            Assert.That(now, Is.GreaterThanOrEqualTo(last), sql);
            last = now;
        }

        return reads;
    }

    async Task<int> KeepOrdering(int first, CancellationToken over)
    {
        var order = first;
        for (; !over.IsCancellationRequested; order++)
        {
            await Append(order, 1);
            await Task.Delay(OrderEvery, CancellationToken.None);
        }

        return order - first;
    }

    async Task Append(int first, int count)
    {
        for (var n = first; n < first + count; n++)
        {
            await _world.Append(OrderStream(n), Placed(n, "ann", "France", Line(1, "CUP", 3, 2.125m)));
            await _world.Append(StockStream("CUP"), Reserved(n, 3));
            await _world.Append(OrderStream(n), new OrderEvent.Confirmed());
        }
    }
}
