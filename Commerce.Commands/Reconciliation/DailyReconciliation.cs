using Commerce.Commands.Handling;
using Commerce.Commands.Payments;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;
using Commerce.Domain.Reconciliation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Reconciliation;

/// <summary>
/// Reconciles every day once it is over, at its hour, one process of many; days that were missed are made up for, the last ones,
/// the oldest first. Which are done, the log says: a day counts when a run that began after its end reached its own.
/// </summary>
sealed partial class DailyReconciliation(
    IEventLog log,
    CommandProcessor processor,
    Reconciler reconciler,
    [FromKeyedServices(DailyReconciliation.Name)] ILeadership leadership,
    ReconciliationOptions options,
    TimeProvider time,
    ILogger<DailyReconciliation> logger) : BackgroundService
{
    /// <summary>What it is called among leaders.</summary>
    public const string Name = "reconciliation";

    /// <summary>Longest pause before a day that could not be reconciled is tried again.</summary>
    static readonly TimeSpan FailurePauseMax = TimeSpan.FromHours(1);

    /// <summary>Days that are due at a moment, the oldest first.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="first">The first day of which there are books.</param>
    /// <param name="options">The hour, and how far back.</param>
    internal static IEnumerable<DateOnly> DueAt(DateTimeOffset now, DateOnly first, ReconciliationOptions options)
    {
        var last = DateOnly.FromDateTime(now.UtcDateTime.AddHours(-options.Hour)).AddDays(-1);
        var oldest = last.AddDays(-options.CatchUpDaysMax);
        for (var day = oldest > first ? oldest : first; day <= last; day = day.AddDays(1))
        {
            yield return day;
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Leading.Run(leadership, Lead, reason => SteppedDown(logger, reason), time, stoppingToken);

    async Task Lead(CancellationTokenSource leading)
    {
        DateOnly? done = null;
        var pause = options.LookEvery;
        while (true)
        {
            var days = await FirstDay(leading.Token).ConfigureAwait(false) is { } first ? DueAt(time.GetUtcNow(), first, options).Where(d => done is null || d > done).ToList() : [];
            foreach (var day in days)
            {
                if (!await Covers(day, leading.Token).ConfigureAwait(false) && !await TryReconcile(day, leading.Token).ConfigureAwait(false))
                {
                    pause = pause * 2 < FailurePauseMax ? pause * 2 : FailurePauseMax;
                    break;
                }

                (done, pause) = (day, options.LookEvery);
            }

            await Task.Delay(pause, time, leading.Token).ConfigureAwait(false);
        }
    }

    // A day that cannot be reconciled now is tried again, later each time; those after it wait for it.
    async Task<bool> TryReconcile(DateOnly day, CancellationToken cancellationToken)
    {
        try
        {
            var report = await reconciler.Run(day, isDryRun: false, cancellationToken).ConfigureAwait(false);
            if (report.Left > 0)
            {
                PersonWanted(logger, day, report.Movements, report.Repaired, report.Left);
            }
            else
            {
                Reconciled(logger, day, report.Movements, report.Repaired);
            }

            return true;
        }
        catch (Exception e) when (e is PaymentProviderUnavailableException or PaymentProviderFaultException or ReconciliationException)
        {
            Failed(logger, day, e.Message);
            return false;
        }
    }

    async Task<bool> Covers(DateOnly day, CancellationToken cancellationToken)
    {
        var runs = await processor.Load(DayReconciliation.Decider, DayReconciliation.StreamOf(day), cancellationToken).ConfigureAwait(false);
        return runs.State.CoveredAt is { } at && DateOnly.FromDateTime(at.UtcDateTime) > day;
    }

    // Nothing was paid before the log began.
    async Task<DateOnly?> FirstDay(CancellationToken cancellationToken)
    {
        await foreach (var first in log.ReadAll(LogPosition.Start, StreamFilter.All, 1, cancellationToken).ConfigureAwait(false))
        {
            return DateOnly.FromDateTime(first.RecordedAt.UtcDateTime);
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The daily reconciliation begins again: {Reason}")]
    static partial void SteppedDown(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Day:yyyy-MM-dd} cannot be held against the provider's statement now: {Reason}")]
    static partial void Failed(ILogger logger, DateOnly day, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Day:yyyy-MM-dd} agrees with the provider: {Movements} movements, {Repaired} differences repaired.")]
    static partial void Reconciled(ILogger logger, DateOnly day, int movements, int repaired);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Day:yyyy-MM-dd} does not agree with the provider: of {Movements} movements {Repaired} differences were repaired and {Left} are left for a person.")]
    static partial void PersonWanted(ILogger logger, DateOnly day, int movements, int repaired, int left);
}
