using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>Listens for the server's word that the log has grown, by whatever node; reconnects for as long as it lives.</summary>
sealed partial class AppendedListener : IAsyncDisposable
{
    /// <summary>Silence after which the connection is probed: a server that vanished sends no farewell.</summary>
    const int ProbeAfterSeconds = 10;

    readonly PostgresEventLogOptions _options;
    readonly AppendedSignal _appended;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly string _connectionString;
    readonly CancellationTokenSource _stopping = new();
    readonly Task _listening;

    public AppendedListener(PostgresEventLogOptions options, AppendedSignal appended, TimeProvider time, ILogger logger)
    {
        (_options, _appended, _time, _logger) = (options, appended, time, logger);
        _connectionString = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = LogConnections.ApplicationName,
            Pooling = false,
            KeepAlive = ProbeAfterSeconds,
        }.ConnectionString;
        _listening = Task.Run(Run);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _listening;
        _stopping.Dispose();
    }

    async Task Run()
    {
        var pause = new Backoff(_options.ReconnectPauseMin, _options.ReconnectPauseMax, _time);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await Listen(pause.Reset);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was: who listens no more hears of other nodes' events seconds late, for as long as the process lives.
                LogLost(_logger, e);
            }

            try
            {
                await pause.Wait(_stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    async Task Listen(Action connected)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        connection.Notification += (_, told) => _appended.Set(LogPosition.Parse(told.Payload, null));
        await connection.OpenAsync(_stopping.Token);
        await using (var command = new NpgsqlCommand($"listen {LogSchema.Channel(_options.Schema)}", connection))
            await command.ExecuteNonQueryAsync(_stopping.Token);

        connected();

        // Whatever was appended while nobody listened was told to nobody.
        _appended.Wake();
        while (true)
            await connection.WaitAsync(_stopping.Token);
    }

    [LoggerMessage(LogLevel.Warning, "The connection that listens for new events is lost; subscriptions look from time to time until it is back")]
    static partial void LogLost(ILogger logger, Exception fault);
}
