using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Tests.Documents;

[TestFixtureSource(typeof(DocumentEngine), nameof(DocumentEngine.All))]
sealed class MartenTableTests(DocumentEngine engine)
{
    const string Columns = """
        SELECT column_name, udt_name, is_nullable, coalesce(column_default, '-') FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = '{0}' ORDER BY ordinal_position
        """;

    static readonly string[] MartenColumns =
    [
        "data|jsonb|NO|-",
        "mt_last_modified|timestamptz|YES|transaction_timestamp()",
        "mt_version|uuid|NO|(md5(((random())::text || (clock_timestamp())::text)))::uuid",
        "mt_dotnet_type|varchar|YES|-",
    ];

    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp()
    {
        _world = await ReadModelWorld.Create(documents: engine);
        await _world.Project();
    }

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task A_document_table_has_just_the_columns_that_Marten_gives_it()
    {
        Assert.That(await Rows(Columns, "mt_doc_stockview"), Is.EqualTo((string[])["id|varchar|NO|-", .. MartenColumns]));
        Assert.That(await Rows(Columns, "mt_doc_paymentview"), Is.EqualTo((string[])["id|uuid|NO|-", .. MartenColumns]));
    }

    [Test]
    public async Task Duplicated_fields_are_plain_columns_after_Martens_own()
    {
        Assert.That(await Rows(Columns, "mt_doc_orderview"), Is.EqualTo((string[])
        [
            "id|uuid|NO|-", .. MartenColumns,
            "number|int8|YES|-", "status|varchar|YES|-", "customer|varchar|YES|-", "country|varchar|YES|-", "placed_at|timestamptz|YES|-", "compensating_since|timestamptz|YES|-",
        ]));
    }

    [Test]
    public async Task Keys_and_indexes_bear_Martens_names()
    {
        Assert.That(
            await Rows("SELECT indexname, substring(indexdef from 'USING.*') FROM pg_indexes WHERE schemaname = 'public' AND tablename = '{0}' ORDER BY indexname", "mt_doc_stockview"),
            Is.EqualTo((string[])["mt_doc_stockview_idx_sku|USING btree (((data ->> 'sku'::text)))", "pkey_mt_doc_stockview_id|USING btree (id)"]));
        Assert.That(
            await Rows("SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND tablename = '{0}' ORDER BY indexname", "mt_doc_orderview"),
            Is.EqualTo((string[])
            [
                "mt_doc_orderview_idx_compensating_since", "mt_doc_orderview_idx_country", "mt_doc_orderview_idx_customer", "mt_doc_orderview_idx_number", "mt_doc_orderview_idx_placed_at",
                "mt_doc_orderview_idx_status", "pkey_mt_doc_orderview_id",
            ]));
    }

    [Test]
    public async Task Storing_again_replaces_the_data_and_gives_a_new_version()
    {
        await Store(new StockView { Id = "CUP@main", Sku = "CUP", Location = "main", OnHand = 1 });
        var first = (await _world.Rows("SELECT mt_version, mt_last_modified FROM mt_doc_stockview")).Single();

        await Store(new StockView { Id = "CUP@main", Sku = "CUP", Location = "main", OnHand = 2 });

        var loaded = await _world.Store.Load<StockView, string>(["CUP@main", "NONE@main"], CancellationToken.None);
        Assert.That(loaded.Select(s => s.OnHand), Is.EqualTo((long[])[2]));
        Assert.That(await _world.Rows("SELECT mt_version, mt_last_modified FROM mt_doc_stockview"), Is.Not.EqualTo((string[])[first]));
        Assert.That(await _world.Rows("SELECT mt_dotnet_type FROM mt_doc_stockview"), Is.EqualTo((string[])["Commerce.Projections.StockView"]));
    }

    [Test]
    public async Task Data_is_camel_case_with_its_id_enums_by_name_money_as_text_and_nulls_written()
    {
        await Trade.OneOrderWithEverything(_world);
        await _world.Project();

        Assert.That(
            await _world.Rows("SELECT data ->> 'id' = id::text, data ->> 'status', data -> 'total', data ? 'rejectedAt', data ->> 'placedAt' FROM mt_doc_orderview"),
            Is.EqualTo((string[])["""True|Completed|{"amount": "13.38", "currency": "GBP"}|True|2026-03-01T09:00:00+00:00"""]));
    }

    [Test]
    public async Task A_duplicated_field_says_what_the_data_says()
    {
        await Trade.OneOrderWithEverything(_world);
        await _world.Project();

        Assert.That(
            await _world.Rows("""
                SELECT number::text = data ->> 'number', status = data ->> 'status', customer IS NOT DISTINCT FROM data ->> 'customer',
                    country = data ->> 'country', placed_at = (data ->> 'placedAt')::timestamptz
                FROM mt_doc_orderview
                """),
            Is.EqualTo((string[])["True|True|True|True|True"]));
    }

    [Test]
    public async Task What_one_writes_every_other_reads_and_replaces()
    {
        await Trade.OneOrderWithEverything(_world);
        await _world.Project();
        var data = await _world.Rows("SELECT data::text FROM mt_doc_orderview");

        foreach (var other in DocumentEngine.All)
        {
            var store = other.Open(_world.Database, _world.ConnectionString);
            var orders = await store.Query<OrderView>("order by d.id", [], CancellationToken.None);
            var changes = new DocumentChanges();
            changes.Store<OrderView, Guid>(orders);
            await store.Commit(changes, CancellationToken.None);
            (store as IDisposable)?.Dispose();

            Assert.That(await _world.Rows("SELECT data::text FROM mt_doc_orderview"), Is.EqualTo(data), other.Name);
        }
    }

    [TestCaseSource(nameof(OneOfEach))]
    public async Task A_document_of_any_type_is_the_same_by_whoever_wrote_it(OneDocument document)
    {
        await document.Store(_world.Store);
        var rows = await _world.Rows($"SELECT to_jsonb(d) - 'mt_version' - 'mt_last_modified' FROM {document.Table} AS d");

        foreach (var other in DocumentEngine.All)
        {
            var store = other.Open(_world.Database, _world.ConnectionString);
            await document.ReadAndStoreAgain(store);
            (store as IDisposable)?.Dispose();

            Assert.That(await _world.Rows($"SELECT to_jsonb(d) - 'mt_version' - 'mt_last_modified' FROM {document.Table} AS d"), Is.EqualTo(rows), other.Name);
        }
    }

    [Test]
    public void Every_type_is_held_to_that() => Assert.That(OneOfEach().Select(d => d.Table), Is.EquivalentTo(DocumentMapping.All.Select(m => m.Table)));

    static IEnumerable<OneDocument> OneOfEach() => OneDocument.OfEachType();

    [Test]
    public async Task Many_documents_at_once_lie_in_the_table_as_one_by_one_they_would()
    {
        var orders = Enumerable.Range(1, DocumentCopy.DocumentsMin + 1).Select(AnyOrder).ToList();
        var oneByOne = new DocumentChanges();
        orders.ForEach(o => oneByOne.Store<OrderView, Guid>([o]));
        await _world.Store.Commit(oneByOne, CancellationToken.None);
        const string Rows = "SELECT to_jsonb(d) - 'mt_version' - 'mt_last_modified', mt_version IS NOT NULL, mt_last_modified > now() - interval '1 hour' FROM mt_doc_orderview AS d ORDER BY id";
        var expected = await _world.Rows(Rows);
        await _world.Execute("TRUNCATE mt_doc_orderview");

        var together = new DocumentChanges();
        together.Store(orders, (Guid _) => false);
        await _world.Store.Commit(together, CancellationToken.None);

        Assert.That(await _world.Rows(Rows), Is.EqualTo(expected).And.Count.EqualTo(orders.Count));

        var again = new DocumentChanges();
        again.Store([.. orders.Select(o => o with { Country = "FR" })], (Guid _) => true);
        await _world.Store.Commit(again, CancellationToken.None);
        Assert.That(await _world.Rows("SELECT count(*), min(country), max(data ->> 'country') FROM mt_doc_orderview"), Is.EqualTo((string[])[$"{orders.Count}|FR|FR"]));
    }

    // With and without what may be missing.
    static OrderView AnyOrder(int n) => new()
    {
        Id = new Guid(n, 0, 0, new byte[8]),
        Number = n,
        Status = (OrderStatus)(n % Enum.GetValues<OrderStatus>().Length),
        Customer = n % 2 == 0 ? $"Ünï {n}" : null,
        Country = n % 3 == 0 ? "GB" : null,
        PlacedAt = n % 2 == 0 ? new DateTimeOffset(2026, 3, 1, 9, 0, 0, 1, TimeSpan.Zero).AddTicks(n * 10) : null,
        CompensatingSince = n % 5 == 0 ? new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero) : null,
    };

    [Test]
    public async Task A_deleted_document_is_gone()
    {
        await Store(new StockView { Id = "CUP@main", Sku = "CUP", Location = "main" });
        var changes = new DocumentChanges();
        changes.Delete<StockView, string>(["CUP@main"]);

        await _world.Store.Commit(changes, CancellationToken.None);

        Assert.That(await _world.Rows("SELECT id FROM mt_doc_stockview"), Is.Empty);
    }

    [Test]
    public async Task Nothing_is_written_when_the_checkpoint_is_elsewhere()
    {
        var changes = new DocumentChanges { Checkpoint = new CheckpointMove(ProjectionNames.Stock, 1, new LogPosition(7), new LogPosition(8)) };
        changes.Store<StockView, string>([new StockView { Id = "CUP@main", Sku = "CUP", Location = "main" }]);

        Assert.ThrowsAsync<CheckpointMovedException>(() => _world.Store.Commit(changes, CancellationToken.None));

        Assert.That(await _world.Rows("SELECT id FROM mt_doc_stockview"), Is.Empty);
    }

    async Task Store(StockView stock)
    {
        var changes = new DocumentChanges();
        changes.Store<StockView, string>([stock]);
        await _world.Store.Commit(changes, CancellationToken.None);
    }

    Task<List<string>> Rows(string sql, string table) => _world.Rows(sql.Replace("{0}", table, StringComparison.Ordinal));
}
