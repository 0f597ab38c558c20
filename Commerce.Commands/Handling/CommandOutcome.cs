using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>What became of a command.</summary>
public abstract record CommandOutcome
{
    CommandOutcome()
    {
    }

    /// <summary>It is durable in the log, or all was as it wanted already.</summary>
    /// <param name="Revision">Revision of the stream after it; -1: the stream has no event.</param>
    /// <param name="Position">Position at which its effect can be seen: that of the append that its last event came with; of a repeat that was read from the log, that of its last event.</param>
    /// <param name="Replayed">The same command was accepted before; this is that answer again.</param>
    /// <param name="Events">What it wrote (or had written).</param>
    public sealed record Accepted(long Revision, LogPosition Position, bool Replayed, IReadOnlyList<object> Events) : CommandOutcome;

    /// <summary>A rule refused it; nothing changed.</summary>
    public sealed record Rejected(Rejection Rejection) : CommandOutcome;

    /// <summary>The stream is not at the revision that the caller named; nothing changed.</summary>
    public sealed record RevisionMismatch(long Expected, long Actual) : CommandOutcome;

    /// <summary>The command id stands for another command already; nothing changed.</summary>
    public sealed record KeyReused : CommandOutcome;

    /// <summary>Too much is waiting: refused at the door, nothing changed.</summary>
    public sealed record Overloaded(TimeSpan RetryAfter) : CommandOutcome;
}

/// <summary>An aggregate as the log has it now.</summary>
/// <param name="State">Its state.</param>
/// <param name="Revision">Revision of its last event; -1: none.</param>
public sealed record Loaded<TState>(TState State, long Revision);
