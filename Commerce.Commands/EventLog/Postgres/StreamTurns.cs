using System.Globalization;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>
/// Turns of nodes at a stream: an advisory lock of the server, which hands it on in the order in which it was asked for, at once when it is given
/// back. It lies in a transaction that does nothing else, so that the server takes it from a node that is gone, or that hangs.
/// </summary>
sealed class StreamTurns(NpgsqlDataSource database, PostgresEventLogOptions options)
{
    readonly string _waitMax = string.Create(CultureInfo.InvariantCulture, $"set local lock_timeout = {options.TurnWaitMax.TotalMilliseconds:0}");

    // Two streams that share a hash wait for each other in vain, and come to no harm.
    readonly string _lock = $"select pg_advisory_xact_lock({LogSchema.TurnLockClass}, hashtext('{options.Schema}/' || $1))";
    int _taken;

    /// <summary>See <see cref="ITakesTurns.TakeTurn"/>.</summary>
    public async Task<IAsyncDisposable?> Take(StreamName stream, CancellationToken cancellationToken)
    {
        var turn = new StreamTurn(() => Interlocked.Decrement(ref _taken));
        if (Interlocked.Increment(ref _taken) > options.TurnsMax)
        {
            await turn.DisposeAsync();
            return null;
        }

        try
        {
            await turn.Begin(database, [new(_waitMax), new(_lock) { Parameters = { new NpgsqlParameter<string> { TypedValue = stream.Value } } }], cancellationToken);
            return turn;
        }
#pragma warning disable CA1031 // It did not come in time, or the server is away, or whatever else: whoever appends will learn of it.
        catch (Exception)
#pragma warning restore CA1031
        {
            await turn.DisposeAsync();
            return null;
        }
    }
}

/// <summary>One turn, from when it was asked for.</summary>
sealed class StreamTurn(Action ended) : IAsyncDisposable
{
    NpgsqlConnection? _connection;
    NpgsqlTransaction? _transaction;

    /// <summary>Waits for it.</summary>
    public async Task Begin(NpgsqlDataSource database, NpgsqlBatchCommand[] statements, CancellationToken cancellationToken)
    {
        _connection = await database.OpenConnectionAsync(cancellationToken);
        _transaction = await _connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(_connection, _transaction);
        foreach (var statement in statements)
            batch.BatchCommands.Add(statement);

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_transaction is not null)
                await _transaction.CommitAsync();
        }
        catch (Exception e) when (PostgresFaults.IsOfDatabase(e) || e is InvalidOperationException)
        {
            // The server has ended it: then the lock is another's already.
        }
        finally
        {
            if (_connection is not null)
                await _connection.DisposeAsync();

            ended();
        }
    }
}
