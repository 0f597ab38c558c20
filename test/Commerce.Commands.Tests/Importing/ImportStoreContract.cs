using Commerce.Commands.Importing;
using Commerce.Domain;
using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Commands.Tests.Importing;

/// <summary>What every memory of an import does.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class ImportStoreContract(bool isPostgres)
{
    static readonly ImportFile File1 = new("aa", "one.csv", 100);
    static readonly SaleLine Sale = new(
        ImportIds.Order("1"), 2, -7, CustomerId.Of("501"), Sku.Of("10A"), 2.555m, 6, 1, new DateTimeOffset(2010, 12, 1, 8, 26, 0, TimeSpan.Zero));

    readonly List<IAsyncDisposable> _opened = [];
    IImportStore _store = new InMemoryImportStore();

    [SetUp]
    public async Task Open()
    {
        _store = new InMemoryImportStore();
        if (isPostgres)
        {
            var database = await PostgresForTests.CreateDatabase();
            var source = NpgsqlDataSource.Create(database.ConnectionString);
            var store = await PostgresImportStore.Open(source, default);
            _opened.AddRange([store, source, database]);
            _store = store;
        }
    }

    [TearDown]
    public async Task Close()
    {
        foreach (var opened in _opened)
        {
            await opened.DisposeAsync();
        }

        _opened.Clear();
    }

    [Test]
    public async Task Nothing_is_known_at_first()
    {
        Assert.That(await _store.Progress(File1, default), Is.EqualTo(FileProgress.None));
        Assert.That(await _store.KnownInvoices(["1"], default), Is.Empty);
        Assert.That(await _store.OpenSales([(Sale.Customer, Sale.Sku)], default), Is.Empty);
        Assert.That(await Rejected(File1), Is.Empty);
    }

    [Test]
    public async Task A_chunk_is_remembered_whole()
    {
        var after = new FileProgress(50, 4, IsDone: false, new ImportFigures { InFiles = new(3, 9, 1.255m), Sold = new(3, 9, 1.255m), Ordered = 1.26m });

        await _store.Remember(new ChunkRecord(File1, FileProgress.None, after, new Dictionary<string, long> { ["1"] = 2 }, [Sale], [new(3, "it is 'odd', \"really\"", 1)]), default);

        Assert.That(await _store.Progress(File1, default), Is.EqualTo(after));
        Assert.That(await _store.KnownInvoices(["1", "2"], default), Is.EquivalentTo(new Dictionary<string, string> { ["1"] = "one.csv, line 2" }));
        Assert.That(await _store.OpenSales([(Sale.Customer, Sale.Sku), (Sale.Customer, Sku.Of("10B"))], default), Is.EqualTo(new[] { Sale }));
        Assert.That(await Rejected(File1), Is.EqualTo(new[] { new RejectedLine(3, "it is 'odd', \"really\"") }));
    }

    [Test]
    public async Task A_chunk_is_open_until_it_is_remembered()
    {
        var open = new OpenChunk("bb", "two.csv", 77, 10_000);
        await _store.Begin(new OpenChunk("aa", "one.csv", 0, 9), default);
        await _store.Begin(open, default);

        Assert.That(await _store.Interrupted(default), Is.EqualTo(open));
        await Remember();
        Assert.That(await _store.Interrupted(default), Is.Null);
    }

    [Test]
    public async Task A_sale_that_came_back_whole_is_open_no_more()
    {
        await Remember(Sale);
        await Remember(Sale with { Returned = 6 });

        Assert.That(await _store.OpenSales([(Sale.Customer, Sale.Sku)], default), Is.Empty);
    }

    [Test]
    public async Task Sales_of_other_customers_and_SKUs_are_left_out()
    {
        await Remember(Sale, Sale with { Line = 3, Sku = Sku.Of("10B") }, Sale with { Line = 4, Customer = CustomerId.Of("502") });

        Assert.That(await _store.OpenSales([(Sale.Customer, Sale.Sku)], default), Is.EqualTo(new[] { Sale }));
    }

    async Task Remember(params SaleLine[] sales)
    {
        var before = await _store.Progress(File1, default);
        var after = before with { NextOffset = before.NextOffset + 10, NextLine = before.NextLine + 1 };
        await _store.Remember(new ChunkRecord(File1, before, after, new Dictionary<string, long>(), sales, []), default);
    }

    async Task<List<RejectedLine>> Rejected(ImportFile file)
    {
        var all = new List<RejectedLine>();
        await foreach (var line in _store.Rejected(file, default))
        {
            all.Add(line);
        }

        return all;
    }
}
