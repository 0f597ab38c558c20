using System.Security.Cryptography;
using Commerce.Api.Composition;
using Commerce.Commands.Customers;
using Commerce.Testing.Logs;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.App;

/// <summary>The whole application, all roles with the sandbox provider, on a free port and a fresh database.</summary>
sealed class CommerceApp : IAsyncDisposable
{
    readonly TestDatabase _database;
    readonly CommerceProcess _process;
    readonly string _folder;

    CommerceApp(TestDatabase database, CommerceProcess process, string folder)
    {
        (_database, _process, _folder) = (database, process, folder);
        Http = new HttpClient { BaseAddress = process.Address };
        Documented = new(() => DocumentedRefusals.Read(Http));
    }

    /// <summary>Log, database and commands, for looking behind the API.</summary>
    public CommerceHost Host => _process.Host;

    /// <summary>A client of the API.</summary>
    public HttpClient Http { get; }

    /// <summary>What its contract says that it may refuse.</summary>
    public Lazy<Task<DocumentedRefusals>> Documented { get; }

    /// <summary>What the sandbox provider was asked for, line by line.</summary>
    public IReadOnlyList<string> SandboxBooks => Path.Combine(_folder, "sandbox-books.jsonl") is var books && File.Exists(books) ? File.ReadAllLines(books) : [];

    /// <summary>Starts it; further settings by the names that the configuration has for them.</summary>
    public static Task<CommerceApp> Start(params (string Key, string Value)[] settings) => Start(LogEngine.Postgres, settings);

    /// <summary>Starts it on a log of its own on that engine.</summary>
    public static async Task<CommerceApp> Start(LogEngine engine, params (string Key, string Value)[] settings)
    {
        var database = await PostgresForTests.CreateDatabase();
        var folder = Directory.CreateTempSubdirectory("commerce-app-").FullName;
        var given = settings.ToDictionary(s => s.Key, s => (string?)s.Value);
        given.TryAdd(CommerceSettings.PostgresKey, database.ConnectionString);
        given.TryAdd(CommerceSettings.DataKey, folder);
        given.TryAdd(CommerceSettings.UrlsKey, "http://127.0.0.1:0");
        given.TryAdd(CommerceSettings.SandboxKey, "true");
        given.TryAdd(PersonalDataSettings.MasterKeyKey, Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKeys.KeyBytes)));
        given.TryAdd("Logging:LogLevel:Default", "Warning");
        if (engine == LogEngine.EventStoreDb)
        {
            given.TryAdd(CommerceSettings.EventLogKey, await EventStoreDbForTests.ConnectionString());
            given.TryAdd(CommerceSettings.StreamPrefixKey, EventStoreDbForTests.NewPrefix().Value);
        }

        return new(database, await CommerceProcess.Start(CommerceSettings.Read(CommerceSettings.ReadSources(given)), CancellationToken.None), folder);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
