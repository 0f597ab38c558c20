using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;
using Commerce.Simulation.Machinery;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.Processes;

/// <summary>What a relay works with.</summary>
/// <param name="Node">The process that it runs in.</param>
/// <param name="Log">The log as it reaches it.</param>
/// <param name="Server">The log itself, which wakes it.</param>
/// <param name="Database">Its connection to where the checkpoint is.</param>
/// <param name="Checkpoints">The checkpoint.</param>
/// <param name="Options">Its limits.</param>
/// <param name="Send">Sends a message; whoever takes it has it when the task ends.</param>
sealed record RelayParts(Node Node, NodeLog Log, LogServer Server, Link Database, CheckpointServer Checkpoints, SagaOptions Options, Func<Delivery, Task> Send)
{
    /// <summary>What waits in this process's memory and a crash forgets; null: the broker remembers.</summary>
    public Consumption? Consumption { get; init; }

    /// <summary>A defect that is made on purpose: what was read counts as done with.</summary>
    public bool RunsAhead { get; init; }
}

/// <summary>
/// The relay of one process: leads when it may, from the checkpoint on, and where anything fails steps down and begins again
/// from the checkpoint.
/// </summary>
sealed class RelayProcess(RelayParts parts, LeaderLock leadership)
{
    static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(1);

    public async Task Run()
    {
        while (true)
        {
            var lease = await leadership.Acquire(parts.Node).ConfigureAwait(false);
            try
            {
                await Lead(lease).ConfigureAwait(false);
            }
            catch (Exception e) when (e is EventLogUnavailableException or BrokerUnavailableException)
            {
                await parts.Node.Pause(FailurePause).ConfigureAwait(false);
            }

            leadership.Release(lease);
        }
    }

    async Task Lead(Lease lease)
    {
        var from = await parts.Database.Call("load the relay's checkpoint", null, () => parts.Checkpoints.Stored).ConfigureAwait(false);
        using var window = new RelayWindow(from, parts.Options.OutstandingMax);
        var term = new RelayTerm(parts, window);
        lease.WhenLost(() => term.Fail(new EventLogUnavailableException("Another process may lead.")));
        try
        {
            await term.Read(from).ConfigureAwait(false);
        }
        finally
        {
            term.End();
            parts.Consumption?.Forget(window);
        }
    }
}
