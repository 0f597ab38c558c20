using Commerce.Commands.Payments.Callbacks;
using Commerce.Domain.Log;
using Commerce.Simulation.Machinery;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.Processes;

/// <summary>
/// Takes the provider's callbacks: keeps them, says that it understood when that is durable, and applies them from time to time by
/// the product's own rules. Every process has one, and none asks what the others do: as if all believed that they lead.
/// </summary>
sealed class CallbackDesk(Node node, Link database, CallbackTable table, CallbackApplier applier, Scheduler scheduler)
{
    /// <summary>How often it looks: a run is minutes long, and no more than seconds matter to it.</summary>
    static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    /// <summary>Told of what does not agree with the log.</summary>
    public required Action<KeptCallback> Contradicts { get; init; }

    /// <summary>A defect that is made on purpose: it says that it understood, and keeps nothing.</summary>
    public bool Forgets { get; init; }

    public async Task Take(string id, ReadOnlyMemory<byte> body, Action understood)
    {
        try
        {
            if (!Forgets)
            {
                await database.Call("keep callback", id, () => table.Keep(new("provider", id, body, scheduler.Now, CallbackState.Waiting) { TryAt = scheduler.Now })).ConfigureAwait(false);
            }

            understood();
        }
        catch (EventLogUnavailableException)
        {
            // Not understood: the provider tells it again.
        }
    }

    public async Task Run()
    {
        while (true)
        {
            try
            {
                foreach (var due in await database.Call("look for callbacks", null, () => table.Due(scheduler.Now)).ConfigureAwait(false))
                {
                    await Apply(due).ConfigureAwait(false);
                }
            }
            catch (EventLogUnavailableException)
            {
                // The next look finds it due still.
            }

            await node.Pause(Every).ConfigureAwait(false);
        }
    }

    async Task Apply(KeptCallback callback)
    {
        await node.Step("apply callback", callback.Id).ConfigureAwait(false);
        var after = await applier.Apply(callback, CancellationToken.None).ConfigureAwait(false);
        await database.Call("note callback", callback.Id, () => table.Note(after)).ConfigureAwait(false);
        if (after.State is CallbackState.Contradicting or CallbackState.Unreadable)
        {
            Contradicts(after);
        }
    }
}
