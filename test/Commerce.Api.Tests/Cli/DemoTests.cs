using Commerce.Commands.Embedded;
using Commerce.Testing.Logs;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Api.Tests.Cli;

/// <summary>The whole demo, as a newcomer runs it: in one data folder, on its own log and on one that is named.</summary>
[TestFixture]
public sealed class DemoTests
{
    readonly string _folder = Checkout.TestData($"demo-{Guid.NewGuid():N}");

    [Test]
    public async Task A_day_on_the_private_log_and_two_on_EventStoreDB_add_up()
    {
        string[] demo = ["demo", "--data", _folder, "--urls", "http://127.0.0.1:0"];
        string[] onEventStoreDb = [.. demo, .. await EventStoreDbForTests.Arguments(LogEngine.EventStoreDb)];

        await AddsUp(demo, orders: "1,400");
        await AddsUp(onEventStoreDb, orders: "1,400");
        await AddsUp(onEventStoreDb, orders: "2,800");
    }

    [TearDown]
    public async Task CleanUp()
    {
        var server = await EmbeddedPostgres.Attach(new() { DataFolder = _folder }, NullLogger.Instance, CancellationToken.None);
        await server.DisposeAsync();
        foreach (var folder in new[] { server.Folder, _folder }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task AddsUp(string[] demo, string orders)
    {
        var said = await Terminal.Run(demo);
        Assert.That(said.Code, Is.Zero, said.Output + said.Error);
        Assert.That(said.Output, Does.Contain("Offences   none").And.Contain("exactly 100 hot units are sold").And.Contain($"{orders} settled, 0 open"));
    }
}
