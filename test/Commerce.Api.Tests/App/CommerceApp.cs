using System.Security.Cryptography;
using Commerce.Api.Composition;
using Commerce.Api.Tests.Access;
using Commerce.Commands.Access;
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
        Anybody = new HttpClient { BaseAddress = process.Address };
        Http = new HttpClient { BaseAddress = process.Address, DefaultRequestHeaders = { Authorization = new("Bearer", OperatorKey.Text) } };
        Documented = new(() => DocumentedRefusals.Read(Http));
    }

    /// <summary>Log, database and commands, for looking behind the API.</summary>
    public CommerceHost Host => _process.Host;

    /// <summary>Where it serves gRPC.</summary>
    public Uri GrpcAddress => _process.GrpcAddress ?? throw new InvalidOperationException("It serves no gRPC.");

    /// <summary>The key of an operator that every application takes from its start on.</summary>
    public static ApiKey OperatorKey { get; } = ApiKey.New();

    /// <summary>A client of the API that comes with it.</summary>
    public HttpClient Http { get; }

    /// <summary>A client of the API that says nothing of who it is.</summary>
    public HttpClient Anybody { get; }

    /// <summary>What the process is put together of.</summary>
    public IServiceProvider Services => _process.Services;

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
        given.TryAdd(AccessSettings.OperatorKeyKey, OperatorKey.Text);
        given.TryAdd(AdmissionSettings.RefusalBurstKey, "100000"); // those who try all that is refused come from one address
        foreach (var (key, value) in TestIssuer.Shared.Settings)
        {
            given.TryAdd(key, value);
        }

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
        Anybody.Dispose();
        await _process.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
