using System.Diagnostics.CodeAnalysis;
using Commerce.Api.Http;
using Commerce.Commands.Handling;
using Commerce.Domain.Log;

namespace Commerce.Api.Handling;

/// <summary>What a handler answers, whichever door asked: what was done, or why not.</summary>
/// <typeparam name="TBody">What the client is told.</typeparam>
readonly record struct Handled<TBody>
    where TBody : class
{
    /// <summary>It was done.</summary>
    /// <param name="body">What the client is told.</param>
    /// <param name="revision">Revision of what was changed; null: that is no revision a client could name.</param>
    /// <param name="position">Place in the log; null: not known any more.</param>
    /// <param name="isReplayed">Whether an earlier request with the same key did it.</param>
    public Handled(TBody body, long? revision, LogPosition? position, bool isReplayed) => (Body, Revision, Position, IsReplayed) = (body, revision, position, isReplayed);

    /// <summary>It was refused.</summary>
    public Handled(Problem refusal) => Refusal = refusal;

    /// <summary>What the client is told; null where it was refused.</summary>
    public TBody? Body { get; }

    /// <summary>Why it was refused; null where it was done.</summary>
    public Problem? Refusal { get; }

    /// <summary>Revision of what was changed, for a client that names it with its next command.</summary>
    public long? Revision { get; }

    /// <summary>Place in the log at which a query sees it.</summary>
    public LogPosition? Position { get; }

    /// <summary>Whether this is the answer of an earlier request with the same key.</summary>
    public bool IsReplayed { get; }

    /// <summary>Tells the two apart.</summary>
    public bool IsDone([NotNullWhen(true)] out TBody? body, [NotNullWhen(false)] out Problem? refusal)
    {
        (body, refusal) = (Body, Refusal);
        return refusal is null;
    }
}

/// <summary>Makes answers of outcomes.</summary>
static class HandledOutcomes
{
    /// <summary>The answer with this body, or why there is none.</summary>
    public static Handled<TBody> As<TBody>(this CommandOutcome outcome, Func<CommandOutcome.Accepted, TBody> body)
        where TBody : class =>
        outcome is CommandOutcome.Accepted accepted ? new(body(accepted), accepted.Revision, accepted.Position, accepted.Replayed) : new(Problems.Of(outcome));
}
