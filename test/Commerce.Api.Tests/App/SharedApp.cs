using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Testing.Logs;

namespace Commerce.Api.Tests;

/// <summary>One application an engine for all tests that only need theirs not to be somebody else's: each takes SKUs and keys of its own.</summary>
[SetUpFixture]
public sealed class SharedApp
{
    static readonly SemaphoreSlim Gate = new(1, 1);
    static readonly Dictionary<LogEngine, CommerceApp> Apps = [];

    internal static CommerceApp App => Apps[LogEngine.Postgres];

    internal static async Task<CommerceApp> On(LogEngine engine)
    {
        await Gate.WaitAsync();
        try
        {
            return Apps.TryGetValue(engine, out var app) ? app : Apps[engine] = await Ready(await CommerceApp.Start(
                engine, (FulfilmentSettings.LocationsKey, "main,annexe"), (WebhookSettings.AllowHttpKey, "true"), (WebhookSettings.AllowedNetworksKey, "127.0.0.1/32"), (LinkSettings.HostsKey, "shop.example.org")));
        }
        finally
        {
            Gate.Release();
        }
    }

    // Until every read model is built whoever reads it is told to come again.
    static async Task<CommerceApp> Ready(CommerceApp app)
    {
        await new Shopper(app).Until("/health/ready", r => r.Status == 200 && r.Json.GetProperty("checks").EnumerateArray().All(c => c.GetProperty("status").GetString() == "up"));
        return app;
    }

    [OneTimeSetUp]
    public Task Start() => On(LogEngine.Postgres);

    [OneTimeTearDown]
    public async Task Stop()
    {
        foreach (var app in Apps.Values)
        {
            await app.DisposeAsync();
        }
    }
}
