using Commerce.Commands.Handling;
using Commerce.Domain.Links;
using Commerce.Domain.Log;

namespace Commerce.Api.Links;

/// <summary>Takes counted clicks to the log, one event for each link that was followed since the last time; once more when the process stops.</summary>
sealed partial class ClickWriter(ClickCounter counter, CommandProcessor commands, TimeProvider time, ILogger<ClickWriter> logger) : BackgroundService
{
    /// <summary>How often: so much is lost at most when a process dies.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    const string Actor = "links";

    /// <summary>Links whose clicks are written at once.</summary>
    const int AtOnceMax = 16;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await Write(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await Next(timer, stoppingToken).ConfigureAwait(false))
        {
            await Write(stoppingToken).ConfigureAwait(false);
        }
    }

    static async Task<bool> Next(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    async Task Write(CancellationToken cancellationToken) => await Parallel.ForEachAsync(
        counter.Take(),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax },
        async (counted, _) => await Write(counted.Key, counted.Value, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

    // What cannot be written now is counted on.
    async Task Write(Guid link, long times, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await commands.Handle(Link.Decider, Link.StreamOf(link), new LinkCommand.NoteFollowed(times), new CommandContext(Actor), cancellationToken).ConfigureAwait(false);
            if (outcome is CommandOutcome.Overloaded)
            {
                counter.Add(link, times);
            }
        }
        catch (Exception e) when (e is EventLogException or OperationCanceledException)
        {
            counter.Add(link, times);
            NotWritten(logger, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Clicks of links cannot be written now and are counted on: {Reason}")]
    static partial void NotWritten(ILogger logger, string reason);
}
