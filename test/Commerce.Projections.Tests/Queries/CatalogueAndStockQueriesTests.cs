using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Inventory;
using Commerce.Projections.Documents;
using Commerce.Projections.Queries;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Queries;

public sealed class CatalogueAndStockQueriesTests
{
    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp() => _world = await ReadModelWorld.Create();

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task Products_are_found_by_how_their_sku_or_name_begins_and_wildcards_mean_themselves()
    {
        await Register("CUP_1", "Blue cup");
        await Register("CUPX1", "blue 100% linen");
        await Register("PLATE", "Red plate");
        await _world.Project();

        Assert.Multiple(async () =>
        {
            Assert.That(await Skus(new()), Is.EquivalentTo((string[])["CUP_1", "CUPX1", "PLATE"]));
            Assert.That(await Skus(new() { SkuPrefix = "CUP_" }), Is.EqualTo((string[])["CUP_1"]));
            Assert.That(await Skus(new() { NamePrefix = "BLUE" }), Is.EquivalentTo((string[])["CUP_1", "CUPX1"]));
            Assert.That(await Skus(new() { NamePrefix = "blue 100%" }), Is.EqualTo((string[])["CUPX1"]));
        });
    }

    [Test]
    public async Task A_changed_price_and_a_discontinued_product_show()
    {
        await Register("CUP", "Cup");
        await _world.Append(Product.StreamOf(Sku.Of("CUP")), new ProductEvent.PriceChanged(Pounds(3m)), new ProductEvent.Discontinued());
        await _world.Project();

        var product = await new ProductQueries(_world.Store).Get(Sku.Of("CUP"), CancellationToken.None);

        Assert.That((product?.Price, product?.IsDiscontinued, product?.Revision), Is.EqualTo((Pounds(3m), true, 2L)));
        Assert.That(await Skus(new() { IsDiscontinued = false }), Is.Empty);
    }

    [Test]
    public async Task Stock_of_a_sku_is_listed_by_location()
    {
        await _world.Append(Stock.StreamOf(Sku.Of("CUP"), LocationId.Of("south")), new StockEvent.Received(2, "delivery"));
        await _world.Append(Stock.StreamOf(Sku.Of("CUP"), LocationId.Of("north")), new StockEvent.Received(1, "delivery"));
        await _world.Append(StockStream("PLATE"), new StockEvent.Received(9, "delivery"));
        await _world.Project();

        var stock = await new StockQueries(_world.Store).OfSku(Sku.Of("CUP"), CancellationToken.None);

        Assert.That(stock.Select(s => (s.Location, s.Available)), Is.EqualTo(new[] { ("north", 1L), ("south", 2L) }));
    }

    [Test]
    public void Queries_of_a_database_that_is_not_built_say_that_it_is_unavailable()
    {
        Assert.ThrowsAsync<ReadModelUnavailableException>(() => new ProductQueries(_world.Store).Get(Sku.Of("CUP"), CancellationToken.None));
        using var analytics = new AnalyticsQueries(_world.Database, ReadSchemas.DocumentsDefault);
        Assert.ThrowsAsync<ReadModelUnavailableException>(() => analytics.ReadSales([], new AnalyticsBounds(), CancellationToken.None));
    }

    [Test]
    public async Task Queries_without_a_server_say_that_it_is_unavailable()
    {
        // Port 1 is reserved (TCPMUX) and nothing listens there.
        await using var nowhere = new ReadDatabase(new ProjectionOptions { ConnectionString = "Host=127.0.0.1;Port=1;Username=nobody" });

        Assert.ThrowsAsync<ReadModelUnavailableException>(() => new ProductQueries(new PostgresDocumentStore(nowhere, ReadSchemas.Live())).Get(Sku.Of("CUP"), CancellationToken.None));
    }

    async Task Register(string sku, string name) =>
        await _world.Append(Product.StreamOf(Sku.Of(sku)), new ProductEvent.Registered(Sku.Of(sku), name, Pounds(1m)));

    async Task<List<string>> Skus(ProductFilter filter) =>
        await new ProductQueries(_world.Store).Find(filter, new PageRequest(), CancellationToken.None) is Listed<ProductView>.Page page
            ? [.. page.Items.Select(p => p.Id)]
            : throw new InvalidOperationException("Refused.");
}
