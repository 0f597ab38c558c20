using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Daemon;

/// <summary>
/// Leadership of one projection: a PostgreSQL advisory lock, held by a connection of its own and gone with it. It saves work; what
/// keeps effects single is the checkpoint that is compared in each transaction, for a leader may learn late that its lock is gone.
/// A leader looks now and then whether it still holds it; one that hangs does not, and the server ends its session for the silence
/// (from PostgreSQL 14 on), so that another one leads.
/// </summary>
sealed class LeaderLock : IAsyncDisposable
{
    /// <summary>Looks that one look may take to be answered before the lead counts as lost, and how long that is at least.</summary>
    const int AnswerLooksMax = 3;
    static readonly TimeSpan AnswerMaxMin = TimeSpan.FromSeconds(1);

    /// <summary>Looks by which the server waits longer: the old leader has stepped down when the next one begins.</summary>
    const int SilentLooksMore = 2;

    /// <summary>The first PostgreSQL that ends silent sessions: on one before it a session lasts as long as its connection.</summary>
    const int SilenceSince = 14;

    readonly NpgsqlConnection _connection;
    readonly long _key;
    readonly CancellationTokenSource _lost = new();
    readonly CancellationTokenSource _leaving = new();
    readonly Task _watching;

    LeaderLock(NpgsqlConnection connection, long key, TimeSpan every, TimeProvider time)
    {
        (_connection, _key, Lost) = (connection, key, _lost.Token);
        _watching = Watch(every, time);
    }

    /// <summary>Cancelled when another node may lead.</summary>
    public CancellationToken Lost { get; }

    /// <summary>The lock, or null where another node holds it.</summary>
    /// <param name="database">Where it is held.</param>
    /// <param name="projection">What it is for.</param>
    /// <param name="every">How often the holder looks.</param>
    /// <param name="time">Clock of the looks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ReadModelUnavailableException">The database is not there.</exception>
    public static async Task<LeaderLock?> TryTake(ReadDatabase database, string projection, TimeSpan every, TimeProvider time, CancellationToken cancellationToken)
    {
        var key = KeyOf(projection);
        var connection = await database.Open(cancellationToken);
        try
        {
            if (await Execute(connection, "SELECT pg_try_advisory_lock($1)", cancellationToken, key) is true)
            {
                await LimitSilence(connection, AnswerMax(every) + (every * SilentLooksMore), cancellationToken);
                return new LeaderLock(connection, key, every, time);
            }
        }
        catch (Exception e)
        {
            await connection.DisposeAsync();
            throw ReadDatabase.IsLost(e, cancellationToken) ? ReadDatabase.Unavailable(e) : e;
        }

        await connection.DisposeAsync();
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _watching;
        try
        {
            // The pool keeps the session: the lock has to go by itself, and silence is no fault of it any more.
            await Execute(_connection, "SELECT pg_advisory_unlock($1)", CancellationToken.None, _key);
            await LimitSilence(_connection, null, CancellationToken.None);
        }
        catch (Exception e) when (ReadDatabase.IsLost(e, CancellationToken.None) || e is InvalidOperationException)
        {
            // The connection is gone, and the lock with it.
        }

        await _connection.DisposeAsync();
        _lost.Dispose();
        _leaving.Dispose();
    }

    async Task Watch(TimeSpan every, TimeProvider time)
    {
        try
        {
            while (true)
            {
                await Silence(every, time);
                await using var command = new NpgsqlCommand("SELECT 1", _connection) { CommandTimeout = (int)AnswerMax(every).TotalSeconds };
                await command.ExecuteScalarAsync(_leaving.Token);
            }
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
        }
        catch (Exception e) when (ReadDatabase.IsLost(e, _leaving.Token) || e is InvalidOperationException)
        {
            await _lost.CancelAsync();
        }
    }

    // Until it is time to look. A server that crashes ends its connections before it answers anybody anew: that is noticed at once, so
    // that nobody is told any more what the crash took back.
    async Task Silence(TimeSpan every, TimeProvider time)
    {
        using var over = new CancellationTokenSource(every, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, _leaving.Token);
        try
        {
            await _connection.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !_leaving.IsCancellationRequested)
        {
            // Time to look.
        }
    }

    static TimeSpan AnswerMax(TimeSpan every) => every * AnswerLooksMax > AnswerMaxMin ? every * AnswerLooksMax : AnswerMaxMin;

    // Null: as the server has it.
    static async Task LimitSilence(NpgsqlConnection connection, TimeSpan? silenceMax, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion.Major >= SilenceSince)
        {
            var milliseconds = silenceMax is { } max ? string.Create(CultureInfo.InvariantCulture, $"{max.TotalMilliseconds:0}") : "DEFAULT";
            await Execute(connection, $"SET idle_session_timeout = {milliseconds}", cancellationToken);
        }
    }

    static async Task<object?> Execute(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.AddAll(values);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    static long KeyOf(string projection) => BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes("commerce projection " + projection)));
}
