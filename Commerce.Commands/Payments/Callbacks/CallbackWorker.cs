using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Payments.Callbacks;

/// <summary>Applies the callbacks that wait, one process at a time, and removes those that were kept long enough.</summary>
sealed partial class CallbackWorker(
    ICallbackInbox inbox, CallbackApplier applier, [FromKeyedServices(CallbackWorker.Name)] ILeadership leadership, CallbackOptions options, TimeProvider time, ILogger<CallbackWorker> logger) : BackgroundService
{
    /// <summary>What it is called among leaders.</summary>
    public const string Name = "callbacks";

    /// <summary>Callbacks that are removed in one go.</summary>
    const int RemovedAtOnceMax = 1_000;

    /// <summary>Code of a callback that waits because applying it failed.</summary>
    const string FailedCode = "not-applied";

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Leading.Run(leadership, Lead, reason => SteppedDown(logger, reason), time, stoppingToken);

    Task Lead(CancellationTokenSource leading) => Leading.Together(leading, ApplyAll(leading.Token), KeepHouse(leading.Token));

    async Task ApplyAll(CancellationToken cancellationToken)
    {
        while (true)
        {
            var due = await inbox.Due(time.GetUtcNow(), options.BatchMax, cancellationToken).ConfigureAwait(false);
            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = options.AtOnceMax, CancellationToken = cancellationToken }, Apply).ConfigureAwait(false);
            if (due.Count < options.BatchMax)
            {
                await Task.Delay(options.Every, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    async ValueTask Apply(KeptCallback callback, CancellationToken cancellationToken)
    {
        KeptCallback after;
        try
        {
            after = await applier.Apply(callback, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or EventLogUnavailableException))
        {
            // One callback's failure is not the others': it has its own next time.
            Failed(logger, callback.Id, callback.Provider, e);
            after = callback with { Tries = callback.Tries + 1, TryAt = time.GetUtcNow() + options.Pause(callback.Tries), Code = FailedCode, Detail = "It could not be applied; the process's log says why." };
        }

        await inbox.Note(after, cancellationToken).ConfigureAwait(false);
        CallbackTelemetry.Tried(after);
        if (after.State is CallbackState.Contradicting)
        {
            Contradicts(logger, after.Id, after.Provider, after.Code, after.Detail);
        }
    }

    async Task KeepHouse(CancellationToken cancellationToken)
    {
        while (true)
        {
            CallbackTelemetry.Counted(await inbox.CountWaiting(cancellationToken).ConfigureAwait(false));
            if (await inbox.Remove(time.GetUtcNow() - options.KeptFor, RemovedAtOnceMax, cancellationToken).ConfigureAwait(false) < RemovedAtOnceMax)
            {
                await Task.Delay(options.HousekeepingEvery, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The applying of callbacks begins again: {Reason}")]
    static partial void SteppedDown(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Callback {Id} of {Provider} cannot be applied; it is tried again.")]
    static partial void Failed(ILogger logger, string id, string provider, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Callback {Id} of {Provider} contradicts the log and is left to a person: {Code}, {Detail}")]
    static partial void Contradicts(ILogger logger, string id, string provider, string? code, string? detail);
}
