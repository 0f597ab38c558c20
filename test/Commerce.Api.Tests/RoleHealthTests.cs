using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests;

/// <summary>A process says how it is by what its own role needs, whatever runs elsewhere or does not yet.</summary>
[TestFixture]
public sealed class RoleHealthTests
{
    [Test]
    public async Task The_role_api_is_ready_on_a_database_on_which_no_projections_ever_ran()
    {
        await using var database = await PostgresForTests.CreateDatabase();
        await using (var api = await CommerceApp.Start((CommerceSettings.PostgresKey, database.ConnectionString), (CommerceSettings.RolesKey, "api")))
        {
            var shopper = new Shopper(api);
            var ready = await shopper.Until("/health/ready", r => r.Status == 200);
            Assert.That(StatusOf(ready, "readDatabase"), Is.EqualTo("up"));
            Assert.That((StatusOf(ready, "projection:orders"), Detail(ready, "projection:orders")), Is.EqualTo(("degraded", "notBuilt")));
            Assert.That((StatusOf(ready, "compensations"), Detail(ready, "compensations")), Is.EqualTo(("degraded", "It is not built yet: no process with the role projections has run on this database.")));

            // Commands are taken; who reads is told to come again.
            await shopper.Stock("MUG");
            Assert.That((await shopper.Order("MUG", "order-1")).Status, Is.EqualTo(201));
            Assert.That((await shopper.Get("/orders")).Refusal, Is.EqualTo((503, "read-database-unavailable")));
            Assert.That((await shopper.Get("/ops/projections")).Status, Is.EqualTo(200));
        }

        await using var whole = await CommerceApp.Start((CommerceSettings.PostgresKey, database.ConnectionString), (CommerceSettings.RolesKey, "api,projections"));
        var built = await new Shopper(whole).Until("/health/ready", r => r.Status == 200 && StatusOf(r, "projection:orders") == "up");
        Assert.That(StatusOf(built, "compensations"), Is.EqualTo("up"));
    }

    [Test]
    public async Task Without_a_master_key_a_process_that_needs_one_says_so_and_all_else_goes_on()
    {
        await using var app = await CommerceApp.Start((PersonalDataSettings.MasterKeyKey, string.Empty));
        var shopper = new Shopper(app);

        var ready = await shopper.Until("/health/ready", r => r.Status == 200);
        Assert.That(StatusOf(ready, "masterKey"), Is.EqualTo("degraded"));
        Assert.That(Detail(ready, "masterKey"), Does.Contain(PersonalDataSettings.MasterKeyKey));

        await shopper.Stock("MUG");
        Assert.That((await shopper.Order("MUG", "order-1")).Status, Is.EqualTo(201));
        Assert.That((await shopper.Post("/customers", """{"name":"Ann","email":"ann@example.com"}""", "customer-1")).Refusal, Is.EqualTo((503, "personal-keys-unavailable")));
    }

    static string? StatusOf(Reply health, string check) => Check(health, check).GetProperty("status").GetString();

    static string? Detail(Reply health, string check) => Check(health, check).GetProperty("detail").GetString();

    static System.Text.Json.JsonElement Check(Reply health, string name) => health.Json.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
}
