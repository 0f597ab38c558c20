using System.Globalization;
using Commerce.Commands.EventLog.Postgres;
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
/// connection loses the lock. A process that dies closes it at once. One that hangs, or whose network is cut, keeps it open
/// and says nothing any more: the server ends the session after a while of silence (from PostgreSQL 14 on), later than the
/// leader itself gives up when it gets no answer. One that hung may go on before it has noticed: what leaders do has to bear
/// repetition.
/// </summary>
sealed class PostgresLeadership(NpgsqlDataSource database, string name, TimeSpan every, LedHere ledHere, TimeProvider time) : ILeadership
{
    /// <summary>Looks that one look may take to be answered before the lead counts as lost, and how long that is at least.</summary>
    const int AnswerLooksMax = 3;
    static readonly TimeSpan AnswerMaxMin = TimeSpan.FromSeconds(1);

    /// <summary>Looks by which the server waits longer: the old leader has stepped down when the next one begins.</summary>
    const int SilentLooksMore = 2;

    /// <summary>The first PostgreSQL that ends silent sessions: on one before it a session lasts as long as its connection.</summary>
    const int SilenceSince = 14;

    public async Task<ILease> Acquire(CancellationToken cancellationToken)
    {
        while (true)
        {
            var connection = database.CreateConnection();
            try
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                await LimitSilence(connection, AnswerMax + (every * SilentLooksMore), cancellationToken).ConfigureAwait(false);
                while (!await TryLock(connection, cancellationToken).ConfigureAwait(false))
                {
                    await Task.Delay(every, time, cancellationToken).ConfigureAwait(false);
                }

                return new Lease(connection, name, every, AnswerMax, ledHere, time);
            }
            catch (Exception e) when (PostgresFaults.IsOfDatabase(e))
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

    TimeSpan AnswerMax => every * AnswerLooksMax > AnswerMaxMin ? every * AnswerLooksMax : AnswerMaxMin;

    async Task<bool> TryLock(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = $"commerce.{name}" });
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }

    // Null: as the server has it.
    static async Task LimitSilence(NpgsqlConnection connection, TimeSpan? silenceMax, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion.Major >= SilenceSince)
        {
            var milliseconds = silenceMax is { } max ? string.Create(CultureInfo.InvariantCulture, $"{max.TotalMilliseconds:0}") : "DEFAULT";
            await Execute(connection, $"SET idle_session_timeout = {milliseconds}", cancellationToken).ConfigureAwait(false);
        }
    }

    static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    sealed class Lease : ILease
    {
        readonly NpgsqlConnection _connection;
        readonly string _name;
        readonly LedHere _ledHere;
        readonly CancellationTokenSource _lost = new();
        readonly CancellationTokenSource _disposing = new();
        readonly Task _watch;

        public Lease(NpgsqlConnection connection, string name, TimeSpan every, TimeSpan answerMax, LedHere ledHere, TimeProvider time)
        {
            (_connection, _name, _ledHere) = (connection, name, ledHere);
            Lost = _lost.Token;
            _ledHere.Begin(name);
            _watch = Watch(every, answerMax, time);
        }

        public CancellationToken Lost { get; }

        public async ValueTask DisposeAsync()
        {
            await _disposing.CancelAsync().ConfigureAwait(false);
            await _watch.ConfigureAwait(false);
            _ledHere.End(_name);
            await Unlock().ConfigureAwait(false);
            await _connection.DisposeAsync().ConfigureAwait(false);
            _lost.Dispose();
            _disposing.Dispose();
        }

        // The pool keeps the session: the lock has to go by itself, and silence is no fault of it any more.
        async Task Unlock()
        {
            try
            {
                await Execute(_connection, "SELECT pg_advisory_unlock_all()", CancellationToken.None).ConfigureAwait(false);
                await LimitSilence(_connection, null, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (PostgresFaults.IsOfDatabase(e) || e is InvalidOperationException)
            {
                // The session is gone, and the lock with it.
            }
        }

        // Asks through the connection that holds the lock; no answer in time counts as lost.
        async Task Watch(TimeSpan every, TimeSpan answerMax, TimeProvider time)
        {
            try
            {
                while (true)
                {
                    await Task.Delay(every, time, _disposing.Token).ConfigureAwait(false);
                    await using var command = new NpgsqlCommand("SELECT 1", _connection) { CommandTimeout = (int)answerMax.TotalSeconds };
                    await command.ExecuteScalarAsync(_disposing.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_disposing.IsCancellationRequested)
            {
            }
            catch (Exception)
            {
                // Whatever it was: who cannot ask does not know that it leads.
                _ledHere.End(_name);
                await _lost.CancelAsync().ConfigureAwait(false);
            }
        }
    }
}
