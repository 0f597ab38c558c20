using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Tracing;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Cli;

/// <summary>The verbs that export and import a log, build read models as of a moment, and compare those that people read with the log.</summary>
public sealed class AuditFileCommandTests
{
    string _folder;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("commerce-audit-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_shop_s_log_goes_through_a_file_and_verifies_on_the_other_side()
    {
        await using var app = await Shop();
        await using var other = await PostgresForTests.CreateDatabase();
        var file = Path.Combine(_folder, "log.ndjson");
        await Terminal.Run("audit", "seal", "--postgres", app.Host.ConnectionString);

        var exported = await Terminal.Run("audit", "export", "--out", file, "--postgres", app.Host.ConnectionString);
        var imported = await Terminal.Run("audit", "import", file, "--postgres", other.ConnectionString);
        var verified = await Terminal.Run("audit", "verify", "--postgres", other.ConnectionString);

        var digest = exported.Error.Trim().Split(' ')[^1];
        Assert.That((exported.Code, digest.Length), Is.EqualTo((0, 64)), exported.Error);
        Assert.That(imported.Code, Is.Zero, imported.Error);
        Assert.That(imported.Output, Does.Contain($"events, SHA-256 {digest}."));
        Assert.That((verified.Code, verified.Output), Is.EqualTo((0, verified.Output)).And.Matches<(int, string)>(v => v.Item2.Contains("The log is what was sealed.", StringComparison.Ordinal)));
    }

    [Test]
    public async Task Read_models_are_what_the_log_makes_of_them_until_somebody_changes_one()
    {
        await using var app = await Shop();
        string[] compare = ["audit", "compare", "--json", Path.Combine(_folder, "report.json"), "--postgres", app.Host.ConnectionString];

        var clean = await Terminal.Run(compare);
        await using (var command = app.Host.Database.CreateCommand("UPDATE mt_doc_orderview SET data = jsonb_set(data, '{country}', '\"Nowhere\"') RETURNING id::text"))
        {
            var order = (string?)await command.ExecuteScalarAsync();
            var found = await Terminal.Run(compare);

            Assert.That((clean.Code, found.Code), Is.EqualTo((0, 1)), clean.Output + clean.Error + found.Error);
            Assert.That(found.Output, Does.Contain($"mt_doc_orderview {order} is different: /data/country is \"Nowhere\", the log says "));
            Assert.That(await File.ReadAllTextAsync(compare[3]), Does.Contain("Nowhere"));
        }
    }

    [Test]
    public async Task Read_models_as_of_a_moment_lie_in_a_schema_of_their_own_views_included()
    {
        await using var app = await Shop();
        string[] there = ["--postgres", app.Host.ConnectionString];

        var before = await Terminal.Run(["audit", "rebuild", "--as-of", "1999-12-31", "--into", "last_century", .. there]);
        var now = await Terminal.Run(["audit", "rebuild", "--as-of", $"{DateTime.UtcNow.AddDays(1):yyyy-MM-dd}", "--into", "today", .. there]);

        Assert.That((before.Code, now.Code), Is.EqualTo((0, 0)), before.Error + now.Error);
        Assert.That(now.Output, Does.Contain("are in the schema today, made of the log up to position"));
        Assert.That((await Count(app, "last_century.orders"), await Count(app, "today.orders"), await Count(app, "today.sales_by_country")), Is.EqualTo((0L, 1L, 1L)));
    }

    [TestCase("--as-of is", "audit", "rebuild", "--as-of", "yesterday", "--into", "past")]
    [TestCase("--as-of is", "audit", "rebuild", "--as-of", "revision:3", "--into", "past")]
    [TestCase("public is no name", "audit", "rebuild", "--as-of", "2026-01-31", "--into", "public")]
    [TestCase("holds something else", "audit", "rebuild", "--as-of", "2026-01-31", "--into", "information_schema")]
    [TestCase("The log ends at position", "audit", "rebuild", "--as-of", "position:9000000000000000000", "--into", "past")]
    [TestCase("nosuch", "audit", "import", "/nosuch.ndjson")]
    public async Task What_cannot_be_done_is_told_in_one_sentence(string why, params string[] arguments)
    {
        var said = await Terminal.Run([.. arguments, "--postgres", SharedApp.App.Host.ConnectionString]);

        Assert.That(said.Code, Is.EqualTo(2), said.Output + said.Error);
        Assert.That(said.Error.Trim(), Does.StartWith("commerce: ").And.Contain(why).And.Not.Contain("\n"));
    }

    [Test]
    public async Task A_log_that_is_not_empty_and_a_file_that_was_cut_are_refused()
    {
        var (file, cut) = (Path.Combine(_folder, "log.ndjson"), Path.Combine(_folder, "cut.ndjson"));
        await using var app = await Shop();
        await Terminal.Run("audit", "export", "--out", file, "--postgres", app.Host.ConnectionString);
        await File.WriteAllBytesAsync(cut, (await File.ReadAllBytesAsync(file))[..^100]);

        var refused = await Terminal.Run("audit", "import", file, "--postgres", SharedApp.App.Host.ConnectionString);
        var broken = await Terminal.Run("audit", "import", cut, "--postgres", SharedApp.App.Host.ConnectionString);

        Assert.That((refused.Code, broken.Code), Is.EqualTo((2, 2)));
        Assert.That(refused.Error.Trim(), Does.Contain("Copy into an empty log").And.Not.Contain("\n"));
        Assert.That(broken.Error.Trim(), Does.Contain("cut.ndjson: line").And.Not.Contain("\n"));
    }

    // A confirmed order, in every read model.
    static async Task<CommerceApp> Shop()
    {
        var app = await CommerceApp.Start(("Commerce:Seals:Every", "1.00:00:00"));
        var client = new Client(app.Http);
        await client.Until(await client.Order(await client.Stocked()), "confirmed");
        return app;
    }

    static async Task<long> Count(CommerceApp app, string relation)
    {
        await using var command = app.Host.Database.CreateCommand($"SELECT count(*) FROM {relation}");
        return (long)(await command.ExecuteScalarAsync() ?? 0L);
    }
}
