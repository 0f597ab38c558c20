using Commerce.Commands.Embedded;
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
}

/// <summary>Data folder, database and bus of a shop: all that a kill leaves.</summary>
sealed class Premises : IAsyncDisposable
{
    readonly string _folder = Checkout.TestData($"crash-{Guid.NewGuid():N}");
    readonly TestDatabase? _database;
    readonly Uri? _bus;
    EmbeddedPostgres? _private;

    Premises(TestDatabase? database, Uri? bus) => (_database, _bus) = (database, bus);

    /// <summary>Options of the command line that lead there.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        "--data", _folder,
        .. _database is null ? Array.Empty<string>() : ["--postgres", _database.ConnectionString],
        .. _bus is null ? Array.Empty<string>() : ["--bus", _bus.ToString()],
    ];

    /// <summary>The sandbox provider's books.</summary>
    public string Books => Path.Combine(_folder, "sandbox-books.jsonl");

    /// <summary>Finds them a place.</summary>
    public static async Task<Premises> Take(Surroundings surroundings, CancellationToken cancellationToken) => new(
        surroundings == Surroundings.Embedded ? null : await PostgresForTests.CreateDatabase(cancellationToken),
        surroundings == Surroundings.RabbitMq ? (await RabbitMqForTests.Server(cancellationToken)).NewVirtualHost() : null);

    /// <summary>How to reach the database, for looking behind the API.</summary>
    public async Task<string> ConnectionString(CancellationToken cancellationToken) =>
        _database?.ConnectionString ?? (_private ??= await Attach(cancellationToken)).ConnectionString;

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
            var server = _private ?? await Attach(CancellationToken.None);
            await server.DisposeAsync();
            Directory.Delete(server.Folder, recursive: true);
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    Task<EmbeddedPostgres> Attach(CancellationToken cancellationToken) => EmbeddedPostgres.Attach(new() { DataFolder = _folder }, NullLogger.Instance, cancellationToken);
}
