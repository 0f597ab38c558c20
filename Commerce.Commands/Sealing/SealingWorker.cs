using Commerce.Commands.Sagas.Relay;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Sealing;

/// <summary>Seals the log now and then, one process of many.</summary>
sealed partial class SealingWorker(Sealer sealer, [FromKeyedServices(SealingWorker.Name)] ILeadership leadership, SealingOptions options, TimeProvider time, ILogger<SealingWorker> logger) : BackgroundService
{
    /// <summary>What it is called among leaders.</summary>
    public const string Name = "seals";

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Leading.Run(leadership, Lead, reason => SteppedDown(logger, reason), time, stoppingToken);

    async Task Lead(CancellationTokenSource leading)
    {
        while (true)
        {
            foreach (var seal in await sealer.SealAll(leading.Token).ConfigureAwait(false))
            {
                Sealed(logger, seal.Count, seal.Number, seal.Digest);
            }

            await Task.Delay(options.Every, time, leading.Token).ConfigureAwait(false);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sealing begins again: {Reason}")]
    static partial void SteppedDown(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} events are sealed: seal {Number}, digest {Digest}.")]
    static partial void Sealed(ILogger logger, int count, long number, string digest);
}
