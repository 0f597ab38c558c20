using System.Data;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>One appender's connection with the prepared call; opened when needed, opened anew when lost.</summary>
sealed class AppendSession(NpgsqlDataSource database, PostgresEventLogOptions options) : IAsyncDisposable
{
    NpgsqlConnection? _connection;
    NpgsqlCommand? _append;

    /// <summary>
    /// Appends these in one transaction. A connection that turns out to be lost (the server was restarted since) is
    /// replaced once: what it may have written, the same ids find again.
    /// </summary>
    public async Task<AppendResult[]> Append(IReadOnlyList<PendingAppend> appends, CancellationToken cancellationToken)
    {
        var fresh = _append is null;
        try
        {
            return await AppendCommand.Execute(_append ?? await Open(cancellationToken), appends, cancellationToken);
        }
        catch (Exception e) when (!fresh && PostgresFaults.IsUnavailable(e) && Lost)
        {
            await Close();
            return await AppendCommand.Execute(await Open(cancellationToken), appends, cancellationToken);
        }
        finally
        {
            if (_append is null || Lost)
                await Close();
        }
    }

    public ValueTask DisposeAsync() => Close();

    bool Lost => _connection is { State: not ConnectionState.Open };

    async Task<NpgsqlCommand> Open(CancellationToken cancellationToken)
    {
        _connection = await database.OpenConnectionAsync(cancellationToken);
        return _append = await AppendCommand.Prepare(_connection, options, cancellationToken);
    }

    async ValueTask Close()
    {
        if (_append is not null)
            await _append.DisposeAsync();

        if (_connection is not null)
            await _connection.DisposeAsync();

        (_append, _connection) = (null, null);
    }
}
