using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Simulation.Machinery;
using Commerce.Simulation.Processes;

namespace Commerce.Simulation.People;

/// <summary>What a client was promised: the command under this id had its effect on this stream.</summary>
/// <param name="Stream">Where.</param>
/// <param name="CommandId">Which.</param>
sealed record Promise(StreamName Stream, string CommandId);

/// <summary>
/// Programs of customers and of the house that ask over HTTP: they ask again under the same key until they are answered, any
/// process that is up, and keep what they were told.
/// </summary>
sealed class Clients(Scheduler scheduler, Faults faults, Trace trace, IReadOnlyList<AppNode> nodes)
{
    static readonly TimeSpan TravelMin = TimeSpan.FromMilliseconds(2);
    static readonly TimeSpan TravelMax = TimeSpan.FromMilliseconds(60);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    readonly List<Promise> _promises = [];

    /// <summary>What they were promised.</summary>
    public IReadOnlyList<Promise> Promises => _promises;

    /// <summary>Requests that nobody has answered for good.</summary>
    public int Unanswered { get; private set; }

    /// <summary>Asks until it is answered.</summary>
    public Task<CommandOutcome> Ask<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command)
        where TCommand : notnull
        where TEvent : class => Ask(stream, (node, context) => node.Handle(decider, stream, command, context));

    /// <summary>The same, for what is more than one command to one aggregate.</summary>
    /// <param name="stream">The aggregate that makes the promise.</param>
    /// <param name="serve">What a process does.</param>
    /// <param name="key">What the client calls it; null: a key of its own.</param>
    public async Task<CommandOutcome> Ask(StreamName stream, Func<AppNode, CommandContext, Task<CommandOutcome>> serve, string? key = null)
    {
        key ??= scheduler.NewId().ToString();
        var context = new CommandContext("client") { CommandId = key, Fingerprint = key, CorrelationId = key };
        Unanswered++;
        CommandOutcome? outcome = null;
        while (outcome is null or CommandOutcome.Overloaded)
        {
            outcome = await Request(node => serve(node, context)).ConfigureAwait(false);
            if (outcome is null or CommandOutcome.Overloaded)
            {
                await After(Pause).ConfigureAwait(false);
            }
        }

        Unanswered--;
        if (outcome is CommandOutcome.Accepted { Replayed: true } or CommandOutcome.Accepted { Events.Count: > 0 })
        {
            _promises.Add(new Promise(stream, key));
        }

        trace.Note("client", outcome is CommandOutcome.Accepted ? "is told that it is done:" : "is refused:", stream);
        return outcome;
    }

    /// <summary>Ends after so long; people do not crash.</summary>
    public Task After(TimeSpan time)
    {
        var over = new TaskCompletionSource();
        scheduler.After(time, over.SetResult);
        return over.Task;
    }

    // Null: no answer came, or one that says to come back.
    Task<CommandOutcome?> Request(Func<AppNode, Task<CommandOutcome>> serve)
    {
        var answer = new TaskCompletionSource<CommandOutcome?>();
        scheduler.After(Patience, () => answer.TrySetResult(null));
        if (!faults.Strikes(Fault.ClientRequestLost))
        {
            scheduler.After(Travel(), () => Arrive(serve, answer));
        }

        return answer.Task;
    }

    void Arrive(Func<AppNode, Task<CommandOutcome>> serve, TaskCompletionSource<CommandOutcome?> answer)
    {
        var node = nodes[scheduler.Random.Next(nodes.Count)];
        if (!node.IsUp)
        {
            scheduler.After(Travel(), () => answer.TrySetResult(null));
            return;
        }

        node.Serve(async () =>
        {
            CommandOutcome? outcome;
            try
            {
                outcome = await serve(node).ConfigureAwait(false);
            }
            catch (EventLogUnavailableException)
            {
                outcome = null;
            }

            if (!faults.Strikes(Fault.ClientAnswerLost))
            {
                scheduler.After(Travel(), () => answer.TrySetResult(outcome));
            }
        });
    }

    TimeSpan Travel() => scheduler.Between(TravelMin, TravelMax);
}
