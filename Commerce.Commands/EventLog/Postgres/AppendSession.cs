using System.Data;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>One appender's connection with the prepared statements; opened when needed, opened anew when lost.</summary>
sealed class AppendSession(NpgsqlDataSource database, PostgresEventLogOptions options) : IAsyncDisposable
{
    NpgsqlConnection? _connection;
    AppendStatements? _statements;

    /// <summary>
    /// Appends these in one transaction. A connection that turns out to be lost (the server was restarted since) is
    /// replaced once: what it may have written, the same ids find again.
    /// </summary>
    /// <param name="appends">What to append.</param>
    /// <param name="isTold">Whether other processes are given notice.</param>
    /// <param name="cancellationToken">Gives up; it may have happened.</param>
    public async Task<AppendResult[]> Append(IReadOnlyList<PendingAppend> appends, bool isTold, CancellationToken cancellationToken)
    {
        var fresh = _statements is null;
        try
        {
            return await (_statements ?? await Open(cancellationToken)).Execute(appends, isTold, cancellationToken);
        }
        catch (Exception e) when (!fresh && PostgresFaults.IsUnavailable(e) && Lost)
        {
            await Close();
            return await (await Open(cancellationToken)).Execute(appends, isTold, cancellationToken);
        }
        finally
        {
            if (_statements is null || Lost)
                await Close();
        }
    }

    public ValueTask DisposeAsync() => Close();

    bool Lost => _connection is { State: not ConnectionState.Open };

    async Task<AppendStatements> Open(CancellationToken cancellationToken)
    {
        _connection = await database.OpenConnectionAsync(cancellationToken);
        return _statements = await AppendStatements.Prepare(_connection, options, cancellationToken);
    }

    async ValueTask Close()
    {
        if (_statements is not null)
            await _statements.DisposeAsync();

        if (_connection is not null)
            await _connection.DisposeAsync();

        (_statements, _connection) = (null, null);
    }
}
