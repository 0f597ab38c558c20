using Commerce.Api.Composition;
using Commerce.Commands.Embedded;
using Commerce.Commands.EventLog;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Api.Tests.Crash;

/// <summary>What a shop works on.</summary>
public enum Surroundings
{
    /// <summary>Nothing is configured: a private PostgreSQL, the in-memory transport.</summary>
    Embedded,

    /// <summary>A PostgreSQL and a RabbitMQ that somebody else runs.</summary>
    RabbitMq,

    /// <summary>A private PostgreSQL, the in-memory transport, and the log on an EventStoreDB that somebody else runs.</summary>
    EventStoreDb,
}

/// <summary>Data folder, database and bus of a shop: all that a kill leaves.</summary>
sealed class Premises : IAsyncDisposable
{
    readonly string _folder = Checkout.TestData($"crash-{Guid.NewGuid():N}");
    readonly TestDatabase? _database;
    readonly Uri? _bus;
    readonly string? _log;
    readonly StreamPrefix _prefix = EventStoreDbForTests.NewPrefix();

    Premises(TestDatabase? database, Uri? bus, string? log) => (_database, _bus, _log) = (database, bus, log);

    /// <summary>Options of the command line that lead there.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        "--data", _folder,
        .. _database is null ? Array.Empty<string>() : ["--postgres", _database.ConnectionString],
        .. _log is null ? Array.Empty<string>() : ["--log", _log, "--stream-prefix", _prefix.Value],
        .. _bus is null ? Array.Empty<string>() : ["--bus", _bus.ToString()],
    ];

    /// <summary>The sandbox provider's books.</summary>
    public string Books => Path.Combine(_folder, "sandbox-books.jsonl");

    /// <summary>Finds them a place.</summary>
    public static async Task<Premises> Take(Surroundings surroundings, CancellationToken cancellationToken) => new(
        surroundings == Surroundings.RabbitMq ? await PostgresForTests.CreateDatabase(cancellationToken) : null,
        surroundings == Surroundings.RabbitMq ? (await RabbitMqForTests.Server(cancellationToken)).NewVirtualHost() : null,
        surroundings == Surroundings.EventStoreDb ? await EventStoreDbForTests.ConnectionString(cancellationToken) : null);

    /// <summary>Opens what the shop works on, for looking behind the API.</summary>
    public Task<CommerceHost> Open(CancellationToken cancellationToken)
    {
        var given = new Dictionary<string, string?>
        {
            [CommerceSettings.DataKey] = _folder,
            [CommerceSettings.PostgresKey] = _database?.ConnectionString,
            [CommerceSettings.EventLogKey] = _log,
            [CommerceSettings.StreamPrefixKey] = _log is null ? null : _prefix.Value,
            ["Logging:LogLevel:Default"] = "Warning",
        };
        return CommerceHost.Open(CommerceSettings.ReadWithoutRoles(CommerceSettings.ReadSources(given)), cancellationToken);
    }

    /// <summary>Ends what still runs and removes what was stored. Nobody may serve on it any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
        else
        {
            // Attaching and leaving stops the server that the killed process left; its folder may lie elsewhere.
            var server = await EmbeddedPostgres.Attach(new() { DataFolder = _folder }, NullLogger.Instance, CancellationToken.None);
            await server.DisposeAsync();
            Directory.Delete(server.Folder, recursive: true);
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
