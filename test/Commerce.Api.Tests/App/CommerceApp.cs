using Commerce.Api.Composition;
using Commerce.Testing.Servers;
using Microsoft.AspNetCore.Builder;

namespace Commerce.Api.Tests.App;

/// <summary>The whole application on a free port and a fresh database.</summary>
sealed class CommerceApp : IAsyncDisposable
{
    readonly TestDatabase _database;
    readonly WebApplication _server;

    CommerceApp(TestDatabase database, CommerceHost host, WebApplication server)
    {
        _database = database;
        Host = host;
        _server = server;
        Http = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };
    }

    /// <summary>Log, database and commands, for looking behind the API.</summary>
    public CommerceHost Host { get; }

    /// <summary>A client of the API.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts it; further settings by the names that the configuration has for them.</summary>
    public static async Task<CommerceApp> Start(params (string Key, string Value)[] settings)
    {
        var database = await PostgresForTests.CreateDatabase();
        var given = settings.ToDictionary(s => s.Key, s => (string?)s.Value);
        given[CommerceSettings.PostgresKey] = database.ConnectionString;
        given.TryAdd(CommerceSettings.UrlsKey, "http://127.0.0.1:0");
        given.TryAdd(CommerceSettings.SandboxKey, "true");
        given.TryAdd("Logging:LogLevel:Default", "Warning");

        var host = await CommerceHost.Open(CommerceSettings.Read(CommerceSettings.ReadSources(given)), CancellationToken.None);
        var server = CommerceServer.Create(host);
        await server.StartAsync();
        return new(database, host, server);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
        await Host.DisposeAsync();
        await _database.DisposeAsync();
    }
}
