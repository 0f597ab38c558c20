using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Testing.EventStoreDb;
using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Api.Tests;

/// <summary>Log and read database are two servers here: either may go, and what does not need it goes on.</summary>
[TestFixture]
public sealed class EventStoreDbOutageTests
{
    const string Secret = "s3cret";

    [Test]
    public async Task Without_the_log_people_can_read_and_nobody_can_order_until_it_is_back()
    {
        await using var server = await EventStoreDbEmulator.Start(new() { Credentials = new("shop", Secret) });
        await using var app = await CommerceApp.Start((CommerceSettings.EventLogKey, server.ConnectionString));
        var shopper = new Shopper(app);
        await shopper.Stock("MUG");
        await shopper.Until("/products", r => r.Status == 200 && r.Json.GetProperty("items").GetArrayLength() == 1);
        await server.Stop();

        Assert.That((await shopper.Order("MUG", "order-1")).Refusal, Is.EqualTo((503, "log-unavailable")));
        Assert.That((await shopper.Get("/products")).Status, Is.EqualTo(200));
        var health = await shopper.Get("/health/ready");
        Assert.That(health.Status, Is.EqualTo(503));
        Assert.That(Check(health, "log"), Is.EqualTo(("down", "eventStoreDb", "It does not answer.")));
        Assert.That(health.Text, Does.Not.Contain(Secret).And.Not.Contain("127.0.0.1"));

        await server.Restart();
        var placed = await Shopper.Until(() => shopper.Order("MUG", "order-1"), r => r.Status == 201);
        await shopper.Until(placed.Header("Location") ?? "", r => r.Status == 200 && r.Field("status") == "confirmed");
        await shopper.Until("/health/ready", r => r.Status == 200);
    }

    [Test]
    public async Task A_log_that_refuses_the_credentials_is_told_apart_from_one_that_is_away()
    {
        await using var server = await EventStoreDbEmulator.Start(new() { Credentials = new("shop", Secret) });
        await using var app = await CommerceApp.Start((CommerceSettings.EventLogKey, server.ConnectionString));
        var shopper = new Shopper(app);
        await shopper.Stock("MUG");
        await server.Stop();
        await using (var stricter = await EventStoreDbEmulator.Start(new() { Port = server.Port, Credentials = new("shop", "another") }))
        {
            var health = await shopper.Until("/health/ready", r => Check(r, "log").Detail != "It does not answer.");
            Assert.That(health.Status, Is.EqualTo(503));
            Assert.That(Check(health, "log"), Is.EqualTo(("down", "eventStoreDb", "It refuses the credentials or a right that is needed; the process's log says which.")));
            Assert.That(health.Text, Does.Not.Contain(Secret).And.Not.Contain("127.0.0.1"));
            Assert.That((await shopper.Order("MUG", "order-1")).Refusal, Is.EqualTo((503, "log-unavailable")));
        }

        await server.Restart();
        await Shopper.Until(() => shopper.Order("MUG", "order-1"), r => r.Status == 201);
    }

    [Test]
    public async Task Without_the_read_database_orders_are_still_taken_and_appear_when_it_is_back()
    {
        await using var database = await PostgresForTests.CreateDatabase();
        var reads = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var wire = Wire.To(reads.Host ?? "127.0.0.1", reads.Port);
        (reads.Host, reads.Port) = ("127.0.0.1", wire.Port);
        using var console = new HeardConsole();
        await using var app = await CommerceApp.Start(Testing.Logs.LogEngine.EventStoreDb, (CommerceSettings.PostgresKey, reads.ConnectionString));
        var shopper = new Shopper(app);
        await shopper.Stock("MUG");
        await wire.Cut();

        var placed = await shopper.Order("MUG", "order-1");
        Assert.That(placed.Status, Is.EqualTo(201), placed.Text);
        var read = await shopper.Get("/products");
        Assert.That((read.Refusal, read.Header("Retry-After")), Is.EqualTo(((503, "read-database-unavailable"), "2")));
        var timeline = await shopper.Get($"/audit/orders/{placed.Field("orderId")}/timeline");
        Assert.That((timeline.Status, timeline.Json.GetProperty("events")[0].GetProperty("type").GetString()), Is.EqualTo((200, "order-placed.v1")));
        var health = await shopper.Get("/health/ready");
        Assert.That((Check(health, "log").Status, Check(health, "readDatabase").Status), Is.EqualTo(("up", "down")));

        wire.Mend();
        await shopper.Until(placed.Header("Location") ?? "", r => r.Status == 200 && r.Field("status") == "confirmed");

        // That they are back is told when the last of them is, which may be after the order can be read.
        List<string> Told() => [.. console.Error.Split('\n').Where(line => line.Contains("ProjectionDaemon", StringComparison.Ordinal))];
        await shopper.Until("/health/live", _ => Told().Count >= 2);
        var told = Told();
        Assert.That(told, Has.Count.EqualTo(2), console.Error);
        Assert.That(told[0], Does.Contain("Projections lost the log or the read database").And.Not.Contain("   at "));
        Assert.That(told[1], Does.Contain("again, after"));
    }

    static (string? Status, string? Engine, string? Detail) Check(Reply health, string name)
    {
        var check = health.Json.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        return (Text("status"), Text("engine"), Text("detail"));

        string? Text(string field) => check.TryGetProperty(field, out var value) ? value.GetString() : null;
    }
}
