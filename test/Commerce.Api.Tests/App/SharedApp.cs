using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests;

/// <summary>One application for all tests that only need theirs not to be somebody else's: each takes SKUs and keys of its own.</summary>
[SetUpFixture]
public sealed class SharedApp
{
    static CommerceApp? app;

    internal static CommerceApp App => app ?? throw new InvalidOperationException("The application is not started.");

    [OneTimeSetUp]
    public async Task Start() => app = await CommerceApp.Start();

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }
    }
}
