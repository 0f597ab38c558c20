using Commerce.Commands.EventLog.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Numbering;

/// <summary>
/// Keeps a worker number leased for <see cref="OrderNumbers"/>. A database that does not answer is asked again; meanwhile
/// numbers go on until the lease ends.
/// </summary>
public sealed partial class WorkerLeaseService(
    WorkerLeases leases, OrderNumbers numbers, TimeProvider time, ILogger<WorkerLeaseService> logger, OrderNumberOptions? options = null) : BackgroundService
{
    readonly OrderNumberOptions _options = (options ?? new()).Validated();
    readonly Guid _owner = Guid.NewGuid();
    WorkerLease? _lease;

    /// <summary>Tries to lease a number before anyone asks for one, then goes on in the background.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryHold(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the renewals and gives the number back.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        var usedMs = numbers.Hold(null);
        if (_lease is not { } lease)
            return;

        try
        {
            _lease = null;
            await leases.Release(lease, usedMs, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (PostgresFaults.IsOfDatabase(exception))
        {
            NotReleased(exception, lease.Worker);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(_lease is null || !numbers.IsReady ? _options.RetryAfter : _options.RenewEvery, time, stoppingToken).ConfigureAwait(false);
            await TryHold(stoppingToken).ConfigureAwait(false);
        }
    }

    async Task TryHold(CancellationToken cancellationToken)
    {
        try
        {
            var before = _lease?.Worker;
            _lease = _lease is null ? null : await leases.Renew(_lease, cancellationToken).ConfigureAwait(false);
            _lease ??= await leases.Acquire(_owner, cancellationToken).ConfigureAwait(false);
            numbers.Hold(_lease);
            if (_lease is null)
                AllTaken(OrderNumberLayout.LeasedWorkersMax);
            else if (_lease.Worker != before)
                Leased(_lease.Worker);
        }
        catch (Exception exception) when (PostgresFaults.IsOfDatabase(exception))
        {
            NotLeased(exception);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Gives order numbers as worker {Worker}.")]
    private partial void Leased(int worker);

    [LoggerMessage(2, LogLevel.Warning, "Could not lease a worker number or renew the lease. Order numbers end with the lease.")]
    private partial void NotLeased(Exception exception);

    [LoggerMessage(3, LogLevel.Error, "All {Count} worker numbers are taken: no order numbers until one is free.")]
    private partial void AllTaken(int count);

    [LoggerMessage(4, LogLevel.Information, "Could not give worker number {Worker} back; it is free again when its lease ends.")]
    private partial void NotReleased(Exception exception, int worker);
}
