using System.Text.Json;
using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Commands.Sagas.Relay;

/// <summary>A table that is made of the log, and how far the log was read for it.</summary>
/// <typeparam name="TChange">What an event means for it.</typeparam>
public interface IFollowedTable<TChange>
{
    /// <summary>How far the log was read.</summary>
    Task<LogPosition> Load(CancellationToken cancellationToken);

    /// <summary>Takes in what the log says between two positions, all or nothing.</summary>
    /// <param name="from">How far it was read before.</param>
    /// <param name="to">How far it is read now.</param>
    /// <param name="changes">At most one for each thing that is kept.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <exception cref="FollowerOvertakenException">Another process has read on from there meanwhile.</exception>
    Task Apply(LogPosition from, LogPosition to, IReadOnlyCollection<TChange> changes, CancellationToken cancellationToken);
}

/// <summary>Another process follows the log; this one has lost the lead.</summary>
public sealed class FollowerOvertakenException(string name, LogPosition from) : Exception($"Another process keeps the {name}: the checkpoint is not at {from} any more.");

/// <summary>What of the log a table is made of.</summary>
/// <param name="Streams">Streams that say something about it.</param>
/// <param name="Read">What an event means, all at once. May throw <see cref="JsonException"/>.</param>
/// <param name="KeyOf">What a change is about: a later change about the same replaces it.</param>
/// <param name="Opens">Whether a change opens what it is about; else it ends that. What is opened and ended in one step is never stored.</param>
/// <param name="Every">How often it is looked for new events, and what they mean is stored.</param>
sealed record Followed<TChange>(StreamFilter Streams, Func<RecordedEvent, IReadOnlyList<TChange>> Read, Func<TChange, object> KeyOf, Func<TChange, bool> Opens, TimeSpan Every)
    where TChange : class
{
    /// <summary>Where an event means one thing at most; null: nothing.</summary>
    public Followed(StreamFilter streams, Func<RecordedEvent, TChange?> read, Func<TChange, object> keyOf, Func<TChange, bool> opens, TimeSpan every)
        : this(streams, recorded => read(recorded) is { } change ? [change] : [], keyOf, opens, every)
    {
    }
}

/// <summary>
/// Reads on in the log and keeps a table by it, in steps of some changes or some time, whichever comes first. Few large steps: most
/// of what is opened is ended a moment later, and costs nothing but the reading where one step holds both.
/// </summary>
sealed partial class LogFollower<TChange>(IEventLog log, IFollowedTable<TChange> table, Followed<TChange> followed, TimeProvider time, ILogger logger) : IDisposable
    where TChange : class
{
    /// <summary>Changes that are stored in one go, of some hundred bytes each.</summary>
    const int ChangesMax = 4_096;

    // Each with whether something may be stored that it is to end.
    readonly Dictionary<object, (TChange Change, bool IsStored)> _changes = [];
    readonly SemaphoreSlim _storing = new(1);
    readonly SemaphoreSlim _changed = new(0, 1);
    readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock _lock = new();
    LogPosition _stored;
    LogPosition _read;

    /// <summary>Ends when the table holds all that the log did: before, what is open in it may long be closed.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>Waits until the table was changed since this was last asked.</summary>
    public Task Changed(CancellationToken cancellationToken) => _changed.WaitAsync(cancellationToken);

    /// <summary>Follows until cancelled.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        _stored = _read = await table.Load(cancellationToken).ConfigureAwait(false);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Leading.Together(stopping, Read(stopping.Token), StoreNowAndThen(stopping.Token)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _storing.Dispose();
        _changed.Dispose();
    }

    async Task Read(CancellationToken cancellationToken)
    {
        await foreach (var message in log.Subscribe(_stored, followed.Streams, cancellationToken).ConfigureAwait(false))
        {
            var waiting = Note(message);
            if (waiting >= ChangesMax || message is LogMessage.CaughtUp)
            {
                await Store(cancellationToken).ConfigureAwait(false);
            }

            if (message is LogMessage.CaughtUp)
            {
                // What comes meanwhile is read in one go. Some logs say this once only, and then bring event after event by themselves.
                _caughtUp.TrySetResult();
                await Task.Delay(followed.Every, time, cancellationToken).ConfigureAwait(false);
            }
        }

        throw new InvalidOperationException("The log's subscription ended.");
    }

    int Note(LogMessage message)
    {
        var changes = message is LogMessage.Appeared { Event: var recorded } ? ChangesOf(recorded) : [];
        lock (_lock)
        {
            foreach (var change in changes)
            {
                Note(followed.KeyOf(change), change);
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

    void Note(object key, TChange change)
    {
        var isKnown = _changes.TryGetValue(key, out var before);
        var isStored = isKnown ? before.IsStored : !followed.Opens(change);
        if (isKnown && !isStored && !followed.Opens(change))
        {
            _changes.Remove(key);
        }
        else
        {
            _changes[key] = (change, isStored);
        }
    }

    // What cannot be read changes nothing; the auditor tells of it.
    IReadOnlyList<TChange> ChangesOf(RecordedEvent recorded)
    {
        try
        {
            return followed.Read(recorded);
        }
        catch (JsonException e)
        {
            Unreadable(logger, recorded.Type, recorded.Stream, e);
            return [];
        }
    }

    async Task StoreNowAndThen(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(followed.Every, time, cancellationToken).ConfigureAwait(false);
            await Store(cancellationToken).ConfigureAwait(false);
        }
    }

    async Task Store(CancellationToken cancellationToken)
    {
        await _storing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            TChange[] changes;
            LogPosition read;
            lock (_lock)
            {
                (changes, read) = ([.. _changes.Values.Select(c => c.Change)], _read);
                _changes.Clear();
            }

            // A failure ends the following: it begins anew at the checkpoint, so nothing that was taken out here is lost.
            if (read > _stored)
            {
                await table.Apply(_stored, read, changes, cancellationToken).ConfigureAwait(false);
                _stored = read;
            }

            // One who stores at a time, so there is no race to the one place that there is.
            if (changes.Length > 0 && _changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
        finally
        {
            _storing.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Type} of {Stream} cannot be read: it sets and ends nothing that is waited for.")]
    static partial void Unreadable(ILogger logger, string type, StreamName stream, Exception failure);
}

/// <summary>The checkpoint of a followed table, among those of relays: whoever moves it on is alone with the table until its transaction ends.</summary>
sealed class FollowerCheckpoint(NpgsqlDataSource database, string name)
{
    /// <summary>Where it stands; the start where there was none.</summary>
    public async Task<LogPosition> Load(CancellationToken cancellationToken)
    {
        await SagaSchema.Ensure(database, cancellationToken).ConfigureAwait(false);
        await using var command = database.CreateCommand(
            """
            INSERT INTO commerce.relay_checkpoints AS c (name, position, updated_at) VALUES ($1, $2, now())
            ON CONFLICT (name) DO UPDATE SET updated_at = now() RETURNING c.position
            """);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = LogPosition.Start.Value });
        return new LogPosition(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long position ? position : LogPosition.Start.Value);
    }

    /// <summary>Moves it on, within the connection's transaction.</summary>
    /// <exception cref="FollowerOvertakenException">It is not where it was.</exception>
    public async Task Move(NpgsqlConnection connection, LogPosition from, LogPosition to, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("UPDATE commerce.relay_checkpoints SET position = $3, updated_at = now() WHERE name = $1 AND position = $2", connection)
        {
            Parameters = { new() { Value = name }, new() { Value = from.Value }, new() { Value = to.Value } },
        };
        if (await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 0)
        {
            throw new FollowerOvertakenException(name, from);
        }
    }
}
