using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>Who decides commands for the house's own processes: <see cref="CommandProcessor"/>, or what stands in for its workers on virtual time.</summary>
public interface ICommandProcessor
{
    /// <summary>Decides a command and makes its events durable.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer; the same command with the same id settles what became of it.</exception>
    /// <exception cref="OperationCanceledException">The caller left; a command that was begun is carried through all the same.</exception>
    /// <exception cref="InvalidOperationException">The stream belongs to another aggregate.</exception>
    Task<CommandOutcome> Handle<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command, CommandContext context, CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class;

    /// <summary>The aggregate as the log has it now.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    Task<Loaded<TState>> Load<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class;
}
