using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Projections.Analytics;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;
using Commerce.Projections.Queries;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Queries;

/// <summary>Answers that are read row by row while the trade goes on.</summary>
public sealed class AnalyticsQueriesTests
{
    /// <summary>More rows than the server sends ahead: who leaves early leaves most of them.</summary>
    const int LinesMax = 100_000;

    ReadModelWorld _world;
    AnalyticsQueries _queries;

    [SetUp]
    public async Task SetUp()
    {
        _world = await ReadModelWorld.Create();
        _queries = new AnalyticsQueries(_world.Database, ReadSchemas.DocumentsDefault);
        await Sell(1);
    }

    [TearDown]
    public async Task TearDown()
    {
        _queries.Dispose();
        await _world.DisposeAsync();
    }

    [Test]
    public async Task What_happens_while_an_answer_is_read_is_not_in_it_and_its_date_says_so()
    {
        await using var first = await Open("orders");
        await Sell(2);

        Assert.That((first.Position.Value, await Count(first)), Is.EqualTo((await Position(atOrder: 1), 1)));
        await using var second = await Open("orders");
        Assert.That((second.Position.Value, await Count(second)), Is.EqualTo((await Position(atOrder: 2), 2)));
    }

    [Test]
    public async Task A_start_does_not_wait_for_an_answer_that_is_being_read()
    {
        // They hold on to the checkpoints, a table of documents and one of facts.
        await using var documents = await Open("funnel");
        await using var facts = await Open("sales_lines");

        await _world.Project().WaitAsync(ReadModelWorld.Patience / 2);

        Assert.That((await Count(documents), await Count(facts)), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task The_projection_that_is_furthest_behind_dates_what_several_make()
    {
        await _world.Execute("UPDATE commerce.projection_checkpoints SET position = CASE name WHEN 'stock' THEN 1 ELSE 2 END");

        await using var answer = await Open("as_of");

        Assert.That((answer.Position.Value, await Count(answer)), Is.EqualTo((1L, ProjectionNames.All.Count)));
    }

    [Test]
    public async Task Its_time_does_not_go_back_when_another_one_falls_behind()
    {
        await _world.Execute("UPDATE commerce.projection_checkpoints SET position = CASE name WHEN 'stock' THEN 1 ELSE 2 END, updated_at = CASE name WHEN 'stock' THEN now() ELSE now() - interval '1 minute' END");
        await using var first = await Open("as_of");
        await _world.Execute("UPDATE commerce.projection_checkpoints SET position = 3, updated_at = now() WHERE name = 'stock'");
        await using var second = await Open("as_of");

        Assert.That((second.Position.Value, second.Time), Is.EqualTo((2L, first.Time)));
    }

    [Test]
    public async Task As_many_answers_as_may_be_are_under_way_at_once_and_one_that_ends_makes_room()
    {
        var open = new List<AnalyticsAnswer>();
        while (open.Count < AnalyticsQueries.AnswersMax)
        {
            open.Add(await Open("orders"));
        }

        Assert.That(await Read("orders"), Is.Null);
        await open[0].DisposeAsync();
        open[0] = await Open("orders");
        foreach (var answer in open)
        {
            await answer.DisposeAsync();
        }
    }

    [Test]
    public async Task A_read_that_fails_makes_room_as_well()
    {
        await _world.Execute("DROP VIEW analytics.orders CASCADE");
        for (var n = 0; n <= AnalyticsQueries.AnswersMax; n++)
        {
            Assert.ThrowsAsync<ReadModelUnavailableException>(() => Read("orders"));
        }

        await using var other = await Open("payments");
        Assert.That(await Count(other), Is.Zero);
    }

    [Test]
    public async Task Who_leaves_early_leaves_a_connection_that_others_can_use()
    {
        await _world.Execute($"""
            INSERT INTO analytics.sales_lines
            SELECT position + n, line, kind, status, order_id, order_number, reference, sku, name, country, customer, quantity, unit_price, amount, currency, occurred_at, occurred_on
            FROM analytics.sales_lines, generate_series(1, {LinesMax}) AS n
            """);
        for (var n = 0; n < 3 * AnalyticsQueries.AnswersMax; n++)
        {
            await using var answer = await Open("sales_lines");
            Assert.That(await answer.Read(CancellationToken.None));
        }

        await using var whole = await Open("sales_lines");
        Assert.That(await Count(whole), Is.EqualTo(LinesMax + 1));
    }

    [Test]
    public void Days_of_what_has_none_cannot_be_bounded() => Assert.ThrowsAsync<ArgumentException>(
        () => _queries.Read(Named("stock"), new AnalyticsBounds { From = new DateOnly(2026, 3, 1) }, CancellationToken.None));

    async Task Sell(int order)
    {
        await _world.Append(OrderStream(order), Placed(order, null, null, Line(1, "CUP", 1, 1m)), new OrderEvent.Confirmed());
        await _world.Project();
    }

    AnalyticsRelation Named(string name) => _queries.Relations.Single(r => r.Name == name);

    Task<AnalyticsAnswer?> Read(string name) => _queries.Read(Named(name), new AnalyticsBounds(), CancellationToken.None);

    async Task<AnalyticsAnswer> Open(string name) => await Read(name) ?? throw new InvalidOperationException("Too many are under way.");

    async Task<long> Position(int atOrder) => (await _world.Events(LogPosition.Start, StreamFilter.Categories("order"))).Last(e => e.Stream == OrderStream(atOrder)).Position.Value;

    static async Task<int> Count(AnalyticsAnswer answer)
    {
        var rows = 0;
        while (await answer.Read(CancellationToken.None))
        {
            rows++;
        }

        return rows;
    }
}
