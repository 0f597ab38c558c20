using Commerce.Domain;
using Commerce.Domain.Orders;
using Commerce.Projections.Queries;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Queries;

public sealed class OrderQueriesTests
{
    static readonly DateTimeOffset Day = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    ReadModelWorld _world;
    OrderQueries _orders;

    [SetUp]
    public async Task SetUp()
    {
        _world = await ReadModelWorld.Create();
        _orders = new OrderQueries(_world.Store);
    }

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task Pages_together_are_the_whole_list_each_order_once()
    {
        // Three orders a moment: the id settles what the time leaves open.
        for (var n = 0; n < 20; n++)
        {
            await Place(n, Day.AddTicks((n / 3 * TimeSpan.TicksPerMicrosecond) + n));
        }

        await _world.Project();

        var pages = await AllPages(limit: 7, betweenPages: _ => Task.CompletedTask);

        Assert.That(pages, Is.EqualTo((await AllPages(limit: 500, betweenPages: _ => Task.CompletedTask))));
        Assert.That(pages, Is.EquivalentTo(Enumerable.Range(0, 20).Select(n => 1_000L + n)));
    }

    [Test]
    public async Task Orders_that_are_compensating_can_be_listed_and_counted()
    {
        for (var n = 0; n < 4; n++)
        {
            await Place(n, Day.AddMinutes(n));
        }

        await _world.Append(OrderStream(1), Day.AddHours(2), new OrderEvent.Cancelled("no", CancelCause.Customer));
        await _world.Append(OrderStream(3), Day.AddHours(1), new OrderEvent.Rejected(RejectReason.OutOfStock, "no"));
        await _world.Project();

        Assert.That(await Numbers(isCompensating: true), Is.EqualTo([1_003L, 1_001L]));
        Assert.That(await Numbers(isCompensating: false), Is.EqualTo([1_002L, 1_000L]));
        var options = new ProjectionOptions { ConnectionString = _world.ConnectionString };
        Assert.That(await new CompensationQueries(_world.Database, options).Read(CancellationToken.None), Is.EqualTo(new Compensations(2, Day.AddHours(1))));

        async Task<IEnumerable<long>> Numbers(bool isCompensating) =>
            await _orders.Find(new OrderFilter { IsCompensating = isCompensating }, new PageRequest(), CancellationToken.None) is Listed<OrderView>.Page page ? page.Items.Select(o => o.Number) : [];
    }

    [Test]
    public async Task Orders_placed_while_somebody_turns_pages_neither_repeat_nor_hide_one()
    {
        for (var n = 0; n < 20; n++)
        {
            await Place(n, Day.AddMinutes(n / 3));
        }

        await _world.Project();

        var pages = await AllPages(limit: 3, betweenPages: async page =>
        {
            await Place(100 + (2 * page), Day.AddMinutes(60 + page));
            await Place(101 + (2 * page), Day.AddMinutes(page));
            await _world.Project();
        });

        Assert.That(pages, Is.Unique);
        Assert.That(pages, Is.SupersetOf(Enumerable.Range(0, 20).Select(n => 1_000L + n)));
    }

    [Test]
    public async Task Filters_narrow_the_list()
    {
        await _world.Append(OrderStream(1), Day, Placed(1, "ann", "France", Line(1, "CUP", 1, 1m)), new OrderEvent.Confirmed());
        await _world.Append(OrderStream(2), Day.AddDays(1), Placed(2, "bob", "France", Line(1, "PLATE", 1, 1m)));
        await _world.Append(OrderStream(3), Day.AddDays(2), Placed(3, null, "Spain", Line(1, "CUP", 1, 1m), Line(2, "PLATE", 1, 1m)));
        await _world.Project();

        Assert.Multiple(async () =>
        {
            Assert.That(await Numbers(new() { Status = OrderStatus.Confirmed }), Is.EqualTo((long[])[1_001]));
            Assert.That(await Numbers(new() { Customer = CustomerId.Of("bob") }), Is.EqualTo((long[])[1_002]));
            Assert.That(await Numbers(new() { Country = "France" }), Is.EqualTo((long[])[1_002, 1_001]));
            Assert.That(await Numbers(new() { Sku = Sku.Of("CUP") }), Is.EqualTo((long[])[1_003, 1_001]));
            Assert.That(await Numbers(new() { From = Day.AddDays(1), To = Day.AddDays(2) }), Is.EqualTo((long[])[1_002]));
            Assert.That(await Numbers(new() { Country = "France", Sku = Sku.Of("CUP"), Status = OrderStatus.Placed }), Is.Empty);
        });
    }

    [TestCase("")]
    [TestCase("not base64url!")]
    [TestCase("bzE")]
    [TestCase("cApYWA")]
    [TestCase("bwo5OTk5OTk5OTk5OTk5OTk5OTk5OTkKeA")]
    public async Task A_cursor_that_is_none_is_refused(string cursor) => Assert.That(
        await _orders.Find(new OrderFilter(), new PageRequest(Cursor: cursor), CancellationToken.None),
        Is.EqualTo(new Listed<OrderView>.Refused(ListRefusal.CursorInvalid)));

    [TestCase(0)]
    [TestCase(PageRequest.LimitMax + 1)]
    public async Task A_limit_out_of_range_is_refused(int limit) => Assert.That(
        await _orders.Find(new OrderFilter(), new PageRequest(limit), CancellationToken.None),
        Is.EqualTo(new Listed<OrderView>.Refused(ListRefusal.LimitInvalid)));

    async Task Place(int n, DateTimeOffset at) => await _world.Append(OrderStream(n), at, Placed(n, null, null, Line(1, "CUP", 1, 1m)));

    async Task<List<long>> Numbers(OrderFilter filter) => [.. (await Page(filter, new PageRequest())).Items.Select(o => o.Number)];

    async Task<List<long>> AllPages(int limit, Func<int, Task> betweenPages)
    {
        var numbers = new List<long>();
        string? cursor = null;
        var pages = 0;
        do
        {
            var page = await Page(new OrderFilter(), new PageRequest(limit, cursor));
            numbers.AddRange(page.Items.Select(o => o.Number));
            cursor = page.Next;
            await betweenPages(pages++);
        }
        while (cursor is not null);

        return numbers;
    }

    async Task<Listed<OrderView>.Page> Page(OrderFilter filter, PageRequest request) =>
        await _orders.Find(filter, request, CancellationToken.None) as Listed<OrderView>.Page ?? throw new InvalidOperationException("Refused.");
}
