using System.Text.Json;
using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;
using Commerce.Domain.Log;
using Commerce.Domain.Seals;
using Commerce.Projections.Daemon;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests;

/// <summary>An application moves from its database to EventStoreDB: the log is copied, everything else comes of it anew.</summary>
public sealed class MovedLogTests
{
    const string Sku = "MUG-1";

    // The relay, the clocks of deadlines and of flash sales, the scan, what finishes erasures, and what sends webhooks.
    const int Followers = 6;

    // What people see, without what is each log's own: positions.
    static readonly string[] Views =
    [
        "SELECT (data - 'position')::text FROM mt_doc_orderview ORDER BY id",
        "SELECT (data - 'position')::text FROM mt_doc_paymentview ORDER BY id",
        "SELECT (data - 'position')::text FROM mt_doc_productview ORDER BY id",
        "SELECT (data - 'position')::text FROM mt_doc_stockview ORDER BY id",
        "SELECT (to_jsonb(s) - 'position')::text FROM analytics.sales_lines AS s ORDER BY order_id, line, kind, quantity",
    ];

    // No seal comes in between while a log is counted and copied.
    static readonly (string Key, string Value) SealsSeldom = (SealingSettings.EveryKey, "1.00:00:00");

    [Test]
    public async Task What_was_traded_is_seen_as_before_nothing_is_done_twice_and_the_audit_is_clean()
    {
        await using var old = await CommerceApp.Start(SealsSeldom);
        await Trade(new Shopper(old));
        await Rest(old);
        var (seen, log, all) = (await Seen(old), await Ids(old), (await All(old)).Count);
        Assert.That(old.SandboxBooks, Is.Not.Empty);
        var (server, prefix) = (await EventStoreDbForTests.ConnectionString(), EventStoreDbForTests.NewPrefix().Value);

        var copied = await Terminal.Run("log", "copy", "--from", old.Host.ConnectionString, "--to", server, "--to-prefix", prefix);
        Assert.That(copied.Code, Is.Zero, copied.Error);
        Assert.That(copied.Output, Does.Contain($"{all} events copied, 0 were there before").And.Contain($"Both hold {all} events"));

        await using var moved = await CommerceApp.Start(SealsSeldom, (CommerceSettings.EventLogKey, server), (CommerceSettings.StreamPrefixKey, prefix));
        await Rest(moved);
        Assert.That(await Seen(moved), Is.EqualTo(seen));
        Assert.That(await Ids(moved), Is.EqualTo(log), "sagas and payments added nothing");
        Assert.That(moved.SandboxBooks, Is.Empty, "and asked the provider for nothing");

        var audit = await Terminal.Run("audit", "--require-settled", "--postgres", moved.Host.ConnectionString, "--log", server, "--stream-prefix", prefix);
        Assert.That(audit.Code, Is.Zero, audit.Output + audit.Error);
    }

    [Test]
    public async Task The_old_read_database_is_refused_on_the_new_log_in_one_sentence()
    {
        await using var old = await CommerceApp.Start();
        await new Shopper(old).Stock(Sku);
        var (server, prefix) = (await EventStoreDbForTests.ConnectionString(), EventStoreDbForTests.NewPrefix().Value);
        await Terminal.Run("log", "copy", "--from", old.Host.ConnectionString, "--to", server, "--to-prefix", prefix);

        var refused = await Terminal.Run("audit", "--postgres", old.Host.ConnectionString, "--log", server, "--stream-prefix", prefix);

        Assert.That(refused.Code, Is.EqualTo(2));
        Assert.That(refused.Error, Does.Contain("belongs to another event log").And.Not.Contain("   at "));
    }

    [Test]
    public async Task Whatever_cannot_be_copied_is_told_in_one_sentence_and_exit_code_2()
    {
        await using var one = await PostgresForTests.CreateDatabase();
        await using var app = await CommerceApp.Start();
        await new Shopper(app).Stock(Sku);
        await using var other = await CommerceApp.Start();
        await new Shopper(other).Stock(Sku);

        string[][] mistakes =
        [
            ["--from", one.ConnectionString, "--to", one.ConnectionString],
            ["--from", one.ConnectionString, "--to", one.ConnectionString, "--to-prefix", "part."],
            ["--from", one.ConnectionString, "--to", "kafka://host"],
            ["--from", one.ConnectionString, "--to", app.Host.ConnectionString, "--to-prefix", "no prefix"],
            ["--from", app.Host.ConnectionString, "--to", other.Host.ConnectionString],
            ["--from", one.ConnectionString],
        ];
        foreach (var mistake in mistakes)
        {
            var said = await Terminal.Run(["log", "copy", .. mistake]);
            Assert.That(said.Code, Is.EqualTo(2), said.Error);
            Assert.That(said.Error, Does.Contain("commerce: ").And.Not.Contain("   at "));
        }
    }

    [Test]
    public async Task The_report_is_written_as_json_too()
    {
        await using var app = await CommerceApp.Start(SealsSeldom);
        await new Shopper(app).Stock(Sku);
        var all = (await All(app)).Count;
        await using var target = await PostgresForTests.CreateDatabase();
        var file = Path.Combine(Path.GetTempPath(), $"copy-{Guid.NewGuid():n}.json");

        var said = await Terminal.Run("log", "copy", "--from", app.Host.ConnectionString, "--to", target.ConnectionString, "--json", file);

        Assert.That(said.Code, Is.Zero, said.Error);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        File.Delete(file);
        Assert.That(report.RootElement.GetProperty("copied").GetInt64(), Is.EqualTo(all));
        Assert.That(said.Output, Does.Contain(report.RootElement.GetProperty("sha256").GetString()));
    }

    // An order for each end that it can have.
    static async Task Trade(Shopper shopper)
    {
        await shopper.Stock(Sku);
        var delivered = await Confirmed(shopper, "delivered");
        await shopper.Post($"{delivered}/shipments", "{}", "ship");
        await shopper.Until(delivered, o => o.Field("status") == "completed");
        await shopper.Post($"{delivered}/returns", """{"reason":"too blue"}""", "return");
        var cancelled = await Confirmed(shopper, "cancelled");
        await shopper.Post($"{cancelled}/cancel", """{"reason":"changed my mind"}""", "cancel");
        await Confirmed(shopper, "open");
    }

    static async Task<string> Confirmed(Shopper shopper, string key)
    {
        var address = (await shopper.Order(Sku, key)).Header("Location") ?? string.Empty;
        await shopper.Until(address, o => o.Status == 200 && o.Field("status") == "confirmed");
        return address;
    }

    // Relay, deadlines and read models have all that the log holds, and that is all that comes of it.
    static async Task Rest(CommerceApp app)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var newest = LogPosition.Start;
        while (true)
        {
            var before = newest;
            await foreach (var e in app.Host.Log.ReadAll(newest, StreamFilter.All, int.MaxValue, limit.Token))
            {
                newest = e.Position;
            }

            if (newest == before && await IsThere(app) && await AreAt(app, newest))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);
        }
    }

    static async Task<bool> IsThere(CommerceApp app) =>
        await Rows(app, "SELECT to_regclass('commerce.projection_checkpoints') IS NOT NULL AND to_regclass('commerce.relay_checkpoints') IS NOT NULL") is ["True"];

    static async Task<bool> AreAt(CommerceApp app, LogPosition position) => await Rows(app, $"""
        SELECT (SELECT count(*) FROM commerce.projection_checkpoints WHERE position >= {position}) = {ProjectionNames.All.Count} AND (SELECT count(*) FROM commerce.relay_checkpoints WHERE position >= {position}) = {Followers}
        """) is ["True"];

    static async Task<List<string>> Seen(CommerceApp app)
    {
        var seen = new List<string>();
        foreach (var view in Views)
        {
            seen.AddRange(await Rows(app, view));
        }

        return seen;
    }

    // What was traded; a process that starts seals what it finds.
    static async Task<List<Guid>> Ids(CommerceApp app) => [.. (await All(app)).Where(e => e.Stream != SealLog.Stream).Select(e => e.Id)];

    static async Task<List<RecordedEvent>> All(CommerceApp app)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in app.Host.Log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, default))
        {
            events.Add(e);
        }

        return events;
    }

    static async Task<List<string>> Rows(CommerceApp app, string sql)
    {
        await using var command = app.Host.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add($"{reader.GetValue(0)}");
        }

        return rows;
    }
}
