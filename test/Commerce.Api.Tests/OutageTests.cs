using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Npgsql;

namespace Commerce.Api.Tests;

/// <summary>The database goes away under a running application, and comes back.</summary>
[TestFixture]
public sealed class OutageTests
{
    [Test]
    public async Task Without_its_database_the_application_says_so_and_goes_on_when_it_is_back()
    {
        await using var database = await Testing.Servers.PostgresForTests.CreateDatabase();
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var wire = Wire.To(server.Host ?? "127.0.0.1", server.Port);
        (server.Host, server.Port) = ("127.0.0.1", wire.Port);
        await using var app = await CommerceApp.Start((CommerceSettings.PostgresKey, server.ConnectionString));

        Assert.That(await Register(app, "a"), Is.EqualTo((201, (string?)null)));
        await wire.Cut();

        Assert.Multiple(async () =>
        {
            Assert.That(await Register(app, "b"), Is.EqualTo((503, "log-unavailable")));
            Assert.That(await Get(app, "/products"), Is.EqualTo((503, "read-database-unavailable")));
            Assert.That(await Get(app, "/audit/streams/product-a"), Is.EqualTo((503, "log-unavailable")));
            Assert.That((await Get(app, "/health/ready")).Status, Is.EqualTo(503));
            Assert.That((await Get(app, "/health/live")).Status, Is.EqualTo(200));
        });

        wire.Mend();
        Assert.That(await Eventually(() => Register(app, "b")), Is.EqualTo((201, (string?)null)));
        Assert.That((await Eventually(() => Get(app, "/products"))).Status, Is.EqualTo(200));
    }

    static async Task<(int Status, string? Code)> Eventually(Func<Task<(int Status, string? Code)>> ask)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (await ask() is { Status: < 500 } good)
            {
                return good;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }

        return await ask();
    }

    static async Task<(int Status, string? Code)> Register(CommerceApp app, string sku)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/products");
        request.Headers.Add("Idempotency-Key", sku);
        request.Content = new StringContent($$$"""{"sku":"{{{sku}}}","name":"Mug","price":{"amount":"2.50","currency":"GBP"}}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await app.Http.SendAsync(request);
        return (await Reply.Of(response)).Refusal;
    }

    static async Task<(int Status, string? Code)> Get(CommerceApp app, string path)
    {
        using var response = await app.Http.GetAsync(path);
        var reply = await Reply.Of(response);
        Assert.That(reply.Code is null || reply.Header("Retry-After") is not null, "What passes says when to come back.");
        return reply.Refusal;
    }
}
