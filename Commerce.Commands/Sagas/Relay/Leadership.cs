using Npgsql;

namespace Commerce.Commands.Sagas.Relay;

/// <summary>Lets one of many processes do a thing.</summary>
public interface ILeadership
{
    /// <summary>Waits until this process leads.</summary>
    Task<ILease> Acquire(CancellationToken cancellationToken);
}

/// <summary>This process leads until the lease is lost or disposed.</summary>
public interface ILease : IAsyncDisposable
{
    /// <summary>Cancelled when another process may lead.</summary>
    CancellationToken Lost { get; }
}

/// <summary>
/// Leadership by a PostgreSQL advisory lock of a session: it lives on a connection of its own, and whoever loses the
/// connection loses the lock. Between the two a follower may begin while the old leader has not noticed: what they both do
/// has to bear repetition.
/// </summary>
sealed class PostgresLeadership(NpgsqlDataSource database, string name, TimeSpan every, TimeProvider time) : ILeadership
{
    public async Task<ILease> Acquire(CancellationToken cancellationToken)
    {
        while (true)
        {
            var connection = database.CreateConnection();
            try
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                while (!await TryLock(connection, cancellationToken).ConfigureAwait(false))
                {
                    await Task.Delay(every, time, cancellationToken).ConfigureAwait(false);
                }

                return new Lease(connection, every, time);
            }
            catch (NpgsqlException)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                await Task.Delay(every, time, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    async Task<bool> TryLock(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = $"commerce.{name}" });
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }

    sealed class Lease : ILease
    {
        readonly NpgsqlConnection _connection;
        readonly CancellationTokenSource _lost = new();
        readonly CancellationTokenSource _disposing = new();
        readonly Task _watch;

        public Lease(NpgsqlConnection connection, TimeSpan every, TimeProvider time)
        {
            _connection = connection;
            Lost = _lost.Token;
            _watch = Watch(every, time);
        }

        public CancellationToken Lost { get; }

        public async ValueTask DisposeAsync()
        {
            await _disposing.CancelAsync().ConfigureAwait(false);
            await _watch.ConfigureAwait(false);
            await Unlock().ConfigureAwait(false);
            await _connection.DisposeAsync().ConfigureAwait(false);
            _lost.Dispose();
            _disposing.Dispose();
        }

        // The pool keeps the session: the lock has to go by itself.
        async Task Unlock()
        {
            try
            {
                await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", _connection);
                await command.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
            {
                // The session is gone, and the lock with it.
            }
        }

        // Asks through the connection that holds the lock; no answer in time counts as lost.
        async Task Watch(TimeSpan every, TimeProvider time)
        {
            try
            {
                while (true)
                {
                    await Task.Delay(every, time, _disposing.Token).ConfigureAwait(false);
                    await using var command = new NpgsqlCommand("SELECT 1", _connection) { CommandTimeout = Math.Max(1, (int)every.TotalSeconds * 3) };
                    await command.ExecuteScalarAsync(_disposing.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_disposing.IsCancellationRequested)
            {
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException or OperationCanceledException)
            {
                await _lost.CancelAsync().ConfigureAwait(false);
            }
        }
    }
}
