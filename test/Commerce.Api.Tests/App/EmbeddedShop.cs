using Commerce.Api.Composition;
using Commerce.Commands.Embedded;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Api.Tests.App;

/// <summary>A data folder of a test's own, with the private PostgreSQL in it that every newcomer starts with.</summary>
sealed class EmbeddedShop : IAsyncDisposable
{
    /// <summary>Where it is.</summary>
    public string Folder { get; } = Checkout.TestData($"shop-{Guid.NewGuid():N}");

    /// <summary>Serves from it with every role, on a free port.</summary>
    public Task<CommerceProcess> Serve() => CommerceProcess.Start(
        CommerceSettings.Read(CommerceSettings.ReadSources(new Dictionary<string, string?>
        {
            [CommerceSettings.DataKey] = Folder,
            [CommerceSettings.UrlsKey] = "http://127.0.0.1:0",
            ["Logging:LogLevel:Default"] = "Warning",
        })),
        CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var server = await EmbeddedPostgres.Attach(new() { DataFolder = Folder }, NullLogger.Instance, CancellationToken.None);
        await server.DisposeAsync();
        foreach (var folder in new[] { server.Folder, Folder }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
