using Commerce.Commands.EventLog.Postgres;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>
/// What every message of a queue passes in its order's turn, before it is handled and after it failed: while its order is held it
/// waits in the database, and where it is given up it is a dead letter before the next one of its order comes. Nothing is
/// acknowledged that could not be kept: without the database the order waits.
/// </summary>
sealed partial class Gate(string queue, DeadLetterTable table, DeadLetterDesk desk, TimeProvider time, ILogger logger, CancellationToken stopping) : IDisposable
{
    /// <summary>Pause before the database is asked again.</summary>
    static readonly TimeSpan AskingPause = TimeSpan.FromSeconds(1);

    readonly HeldLook _look = new(table, queue, time);

    public string Queue => queue;

    /// <summary>Cancelled when the process stops.</summary>
    public CancellationToken Stopping => stopping;

    /// <summary>
    /// Whether a message is cut short, not given up: the process stops, or the connection that brought it is gone. The broker, or
    /// the relay after the next start, brings it again.
    /// </summary>
    /// <param name="until">Cancelled when it is: when the transport gives the message up, or not before the process stops.</param>
    public bool CutsShort(CancellationToken until) => stopping.IsCancellationRequested || until.IsCancellationRequested;

    /// <summary>Whether it is to be handled now; else it is kept, or was done with before.</summary>
    public async Task<bool> Admits(FactMessage message, Guid id)
    {
        while (true)
        {
            try
            {
                var admission = await _look.IsHeld(message.OrderId, id, stopping).ConfigureAwait(false)
                    ? await table.Admit(HeldMessage.Of(queue, id, message), time.GetUtcNow(), stopping).ConfigureAwait(false)
                    : Admission.Free;
                switch (admission)
                {
                    case Admission.Free:
                        return true;
                    case Admission.Full:
                        TooMany(logger, message.OrderId, queue, DeadLetterTable.WaitingMax);
                        break;
                    default:
                        MessageTelemetry.Consumed(queue, admission == Admission.Waits ? MessageOutcome.Waits : MessageOutcome.Repeat);
                        return false;
                }
            }
            catch (Exception e) when (PostgresFaults.IsOfDatabase(e))
            {
                CannotAsk(logger, queue, e);
            }

            await Task.Delay(AskingPause, time, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps a message that failed, however often it was tried; what is kept or settled already stays as it is.</summary>
    public async Task Keep(HeldMessage message, Exception failure)
    {
        var isNew = await IsNew(message, failure).ConfigureAwait(false);

        // Its order is held now, whoever found out: the next message of it is not to be handled on what was read before.
        _look.Forget();
        if (!isNew)
        {
            return;
        }

        Gave(logger, message.Type, message.EventId, message.Fact?.OrderId, queue, failure);
        MessageTelemetry.Consumed(queue, MessageOutcome.DeadLetter);
        await Record(message).ConfigureAwait(false);

        // Until then another process may take the order for one that is not held, and handle a later message of it.
        await Task.Delay(HeldLook.BelievedFor, time, stopping).ConfigureAwait(false);
    }

    /// <summary>Waits before the next attempt.</summary>
    /// <exception cref="OperationCanceledException">It is cut short.</exception>
    public async Task Pause(TimeSpan pause, CancellationToken until)
    {
        if (pause > TimeSpan.Zero)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, until);
            await Task.Delay(pause, time, either.Token).ConfigureAwait(false);
        }
    }

    public void Dispose() => _look.Dispose();

    async Task<bool> IsNew(HeldMessage message, Exception failure)
    {
        while (true)
        {
            try
            {
                // Its order may have become held while it was tried, in another process: then it was too early, and waits like the others.
                var now = time.GetUtcNow();
                return await table.Admit(message, now, stopping).ConfigureAwait(false) != Admission.Waits
                    && await table.Keep(message, FailureText.Of(failure), now, stopping).ConfigureAwait(false);
            }
            catch (Exception e) when (PostgresFaults.IsOfDatabase(e))
            {
                CannotKeep(logger, message.EventId, e);
                await Task.Delay(AskingPause, time, stopping).ConfigureAwait(false);
            }
        }
    }

    async Task Record(HeldMessage message)
    {
        try
        {
            await desk.Reconcile(message.Id, stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFaults.IsOfDatabase(e) || Outage.Is(e))
        {
            // It is kept, and noted as not recorded: the releaser records it.
            NotRecorded(logger, message.EventId, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Gave up on {Type} {EventId} of order {OrderId} in {Queue}: it is a dead letter.")]
    static partial void Gave(ILogger logger, string type, Guid eventId, Guid? orderId, string queue, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The dead letter {EventId} cannot be kept; trying on.")]
    static partial void CannotKeep(ILogger logger, Guid eventId, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The dead letter {EventId} is kept, but not recorded in the log yet.")]
    static partial void NotRecorded(ILogger logger, Guid eventId, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Nobody says which orders are held in {Queue}; its messages wait.")]
    static partial void CannotAsk(ILogger logger, string queue, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Order {OrderId} has {Count} messages waiting behind a dead letter in {Queue}: the next ones wait in their turn until somebody decides.")]
    static partial void TooMany(ILogger logger, Guid orderId, string queue, int count);
}
