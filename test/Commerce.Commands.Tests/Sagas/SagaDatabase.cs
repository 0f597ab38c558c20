using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>One database for the messages that shops hold: each shop has queues of its own.</summary>
[SetUpFixture]
public sealed class SagaDatabase
{
    static NpgsqlDataSource? source;
    TestDatabase? _created;

    internal static NpgsqlDataSource Source => source ?? throw new InvalidOperationException("There is none yet.");

    [OneTimeSetUp]
    public async Task Open()
    {
        _created = await PostgresForTests.CreateDatabase();
        source = NpgsqlDataSource.Create(_created.ConnectionString);
    }

    [OneTimeTearDown]
    public async Task Close()
    {
        if (source is not null)
        {
            await source.DisposeAsync();
        }

        if (_created is not null)
        {
            await _created.DisposeAsync();
        }
    }
}
