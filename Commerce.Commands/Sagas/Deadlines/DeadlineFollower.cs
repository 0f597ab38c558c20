using System.Text.Json;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Sagas.Deadlines;

/// <summary>Reads on in the log and keeps the table by it, in steps of some changes or some time, whichever comes first.</summary>
sealed partial class DeadlineFollower(IEventLog log, IDeadlineTable table, SagaOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    readonly Dictionary<StreamName, DeadlineChange> _changes = [];
    readonly SemaphoreSlim _storing = new(1);
    readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock _lock = new();
    LogPosition _stored;
    LogPosition _read;

    /// <summary>Ends when the table holds all that the log did: before, what is open in it may long be met.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>Follows until cancelled.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        _stored = _read = await table.Load(cancellationToken).ConfigureAwait(false);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Leading.Together(stopping, Read(stopping.Token), StoreNowAndThen(stopping.Token)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _storing.Dispose();

    async Task Read(CancellationToken cancellationToken)
    {
        await foreach (var message in log.Subscribe(_stored, DeadlineChange.Streams, cancellationToken).ConfigureAwait(false))
        {
            var waiting = Note(message);
            if (waiting >= options.DeadlinesBatchMax || message is LogMessage.CaughtUp)
            {
                await Store(cancellationToken).ConfigureAwait(false);
            }

            if (message is LogMessage.CaughtUp)
            {
                _caughtUp.TrySetResult();
            }
        }

        throw new InvalidOperationException("The log's subscription ended.");
    }

    int Note(LogMessage message)
    {
        var change = message is LogMessage.Appeared { Event: var recorded } ? ChangeOf(recorded) : null;
        lock (_lock)
        {
            if (change is not null)
            {
                _changes[change.Stream] = change;
            }

            _read = message switch
            {
                LogMessage.Appeared e => e.Event.Position,
                LogMessage.Reached r => r.Position,
                LogMessage.CaughtUp c => c.Position,
                _ => _read,
            };
            return _changes.Count;
        }
    }

    // What cannot be read sets no deadline; the auditor tells of it.
    DeadlineChange? ChangeOf(RecordedEvent recorded)
    {
        try
        {
            return DeadlineChange.Of(recorded, options.Policy.TimeToPay);
        }
        catch (JsonException e)
        {
            Unreadable(logger, recorded.Type, recorded.Stream, e);
            return null;
        }
    }

    async Task StoreNowAndThen(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(options.DeadlinesEvery, time, cancellationToken).ConfigureAwait(false);
            await Store(cancellationToken).ConfigureAwait(false);
        }
    }

    async Task Store(CancellationToken cancellationToken)
    {
        await _storing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            DeadlineChange[] changes;
            LogPosition read;
            lock (_lock)
            {
                (changes, read) = ([.. _changes.Values], _read);
                _changes.Clear();
            }

            // A failure ends the following: it begins anew at the checkpoint, so nothing that was taken out here is lost.
            if (read > _stored)
            {
                await table.Apply(_stored, read, changes, cancellationToken).ConfigureAwait(false);
                _stored = read;
            }
        }
        finally
        {
            _storing.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Type} of {Stream} cannot be read: it sets and ends no deadline.")]
    static partial void Unreadable(ILogger logger, string type, StreamName stream, Exception failure);
}
