using Commerce.Commands.Embedded;
using Commerce.Testing.EventStoreDb;

namespace Commerce.Api.Tests.Cli;

/// <summary>An EventStoreDB that cannot be used is told at the start: one sentence, no secret, exit code 2.</summary>
[TestFixture]
public sealed class EventStoreDbErrorsTests
{
    const string Secret = "s3cret";

    static readonly EventStoreDbEmulatorOptions Guarded = new() { Credentials = new("shop", "another") };
    static readonly EventStoreDbEmulatorOptions Encrypted = new() { Tls = true };

    [TestCase("esdb://")]
    [TestCase("esdb://shop:" + Secret + "@127.0.0.1:99999")]
    [TestCase("esdb://shop:" + Secret + "@127.0.0.1:2113?tls=perhaps")]
    [TestCase("kurrentdb://shop:" + Secret + "@127.0.0.1:2113?tls=false&nodePreference=sheep")]
    public async Task What_is_no_connection_string(string url) => await Refused(url, "Commerce:EventLog");

    [Test]
    public async Task Nobody_listens()
    {
        var port = FreePort.Find();
        await Refused($"esdb://shop:{Secret}@127.0.0.1:{port}?tls=false", $"127.0.0.1:{port}");
    }

    [Test]
    public async Task The_host_has_no_address() => await Refused($"esdb://shop:{Secret}@nowhere.invalid:2113?tls=false", "nowhere.invalid");

    [Test]
    public async Task The_password_is_wrong()
    {
        await using var server = await EventStoreDbEmulator.Start(Guarded);
        await Refused($"esdb://shop:{Secret}@127.0.0.1:{server.Port}?tls=false", "password");
        await Refused($"esdb://127.0.0.1:{server.Port}?tls=false", "user");
    }

    [Test]
    public async Task The_server_speaks_no_tls()
    {
        await using var server = await EventStoreDbEmulator.Start();
        await Refused($"esdb://shop:{Secret}@127.0.0.1:{server.Port}", "tls=false");
    }

    [Test]
    public async Task The_server_speaks_tls()
    {
        await using var server = await EventStoreDbEmulator.Start(Encrypted);
        await Refused($"esdb://shop:{Secret}@127.0.0.1:{server.Port}?tls=false", "tls");
        await Refused($"esdb://shop:{Secret}@127.0.0.1:{server.Port}", "certificate");
    }

    [Test]
    public async Task The_server_lacks_what_is_needed()
    {
        await using var server = await EventStoreDbEmulator.Start(new() { MethodsLeftOut = ["batchappend"] });
        await Refused($"esdb://shop:{Secret}@127.0.0.1:{server.Port}?tls=false", "many appends over one call");
    }

    static async Task Refused(string url, string hint)
    {
        var said = await Terminal.Run("serve", "--roles", "api", "--urls", "http://127.0.0.1:0", "--postgres", SharedApp.App.Host.ConnectionString, "--log", url);

        TestContext.Out.WriteLine(said.Error);
        Assert.That(said.Code, Is.EqualTo(2), said.Error);
        Assert.That(said.Error.Trim().Split('\n'), Has.Length.EqualTo(1).And.Exactly(1).StartsWith("commerce: ").And.Exactly(1).Contains(hint).IgnoreCase);
        Assert.That(said.Error + said.Output, Does.Not.Contain(Secret));
    }
}
