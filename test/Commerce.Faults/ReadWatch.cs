using System.Collections.Concurrent;
using System.Net.Sockets;
using Npgsql;

namespace Commerce.Faults;

/// <summary>Looks all the time how far the read models are, for as long as the database answers.</summary>
sealed class ReadWatch : IAsyncDisposable
{
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    readonly ConcurrentQueue<(DateTimeOffset At, long Position)> _looks = [];
    readonly CancellationTokenSource _stopping = new();
    readonly NpgsqlDataSource _database;
    readonly Task _watching;

    /// <param name="connectionString">The read database.</param>
    public ReadWatch(string connectionString)
    {
        _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 1, ApplicationName = "faults" });
        _watching = Watch();
    }

    /// <summary>How far the read model that is furthest behind has come.</summary>
    /// <exception cref="FaultRunFailedException">Nobody looks any more.</exception>
    public long Position => _watching is { Exception: { } failure }
        ? throw new FaultRunFailedException($"The read models cannot be watched: {failure.GetBaseException().Message}")
        : _looks.LastOrDefault().Position;

    /// <summary>When the last of the read models was first seen to hold a position; null: never.</summary>
    public DateTimeOffset? Reached(long position) => _looks.Where(l => l.Position >= position).Select(l => (DateTimeOffset?)l.At).FirstOrDefault();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        await _database.DisposeAsync();
        _stopping.Dispose();
    }

    async Task Watch()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await using var command = _database.CreateCommand("SELECT coalesce(min(position), 0) FROM commerce.projection_checkpoints");
                if (await command.ExecuteScalarAsync(_stopping.Token) is long position && position != Position)
                {
                    _looks.Enqueue((DateTimeOffset.UtcNow, position));
                }
            }
            catch (Exception e) when (e is NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException or OperationCanceledException)
            {
                // Away, or we end. Of a connection that was killed not all comes as the library's own exception.
            }

            await Task.Delay(LookEvery, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
