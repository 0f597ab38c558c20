using Commerce.Projections.Analytics;
using Npgsql;

namespace Commerce.Projections.Tests.Analytics;

/// <summary>Somebody who logs in with a name of their own and was granted the analysts' role, and nothing else.</summary>
sealed class Analyst : IAsyncDisposable
{
    readonly ReadModelWorld _world;
    readonly string _login;
    readonly NpgsqlDataSource _source;

    Analyst(ReadModelWorld world, string login, NpgsqlDataSource source) => (_world, _login, _source) = (world, login, source);

    public static async Task<Analyst> Of(ReadModelWorld world)
    {
        var (login, password) = ($"analyst_{Guid.NewGuid():N}", Guid.NewGuid().ToString("N"));
        await world.Execute($"CREATE ROLE {login} LOGIN PASSWORD '{password}'; GRANT {AnalyticsSchema.Role} TO {login}");
        var connectionString = new NpgsqlConnectionStringBuilder(world.ConnectionString) { Username = login, Password = password, Pooling = false }.ConnectionString;
        return new(world, login, NpgsqlDataSource.Create(connectionString));
    }

    /// <summary>Runs a statement and counts the rows that it gives.</summary>
    public async Task<int> Run(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = 0;
        while (await reader.ReadAsync())
        {
            rows++;
        }

        return rows;
    }

    /// <summary>The SQLSTATE with which the server refuses a statement; null: it takes it.</summary>
    public async Task<string?> RefusalOf(string sql)
    {
        try
        {
            await Run(sql);
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _world.Execute($"DROP ROLE {_login}");
    }
}
