using Commerce.Commands.Handling;
using Commerce.Domain.ReadModels;
using Commerce.Projections.Daemon;

namespace Commerce.Api.Endpoints;

/// <summary>
/// Where operators see projections and decide what becomes of one that stands still. A decision is an event in the stream
/// <c>projection-{name}</c>; whichever node runs the projection reads it there within about a second.
/// </summary>
sealed class ProjectionDesk(ProjectionStatusReader statuses, ICommandProcessor processor)
{
    /// <summary>How every projection is.</summary>
    /// <exception cref="Projections.Documents.ReadModelUnavailableException">The read database is not there.</exception>
    public Task<IReadOnlyList<ProjectionStatus>> List(CancellationToken cancellationToken) => statuses.Read(cancellationToken);

    /// <summary>Leaves out the event at which a projection stands still, now and whenever this version of it is made anew.</summary>
    /// <param name="projection">Its name.</param>
    /// <param name="position">Place of the event in the log.</param>
    /// <param name="reason">Why, 1 to <see cref="StoppedReadModel.ReasonLengthMax"/> characters.</param>
    /// <param name="context">Who asks.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public Task<CommandOutcome> Skip(string projection, long position, string reason, CommandContext context, CancellationToken cancellationToken) =>
        Decide(projection, stop => new ReadModelCommand.Skip(stop, position, reason), context, cancellationToken);

    /// <summary>Has a projection that stands still try again.</summary>
    /// <param name="projection">Its name.</param>
    /// <param name="reason">Why, 1 to <see cref="StoppedReadModel.ReasonLengthMax"/> characters.</param>
    /// <param name="context">Who asks.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public Task<CommandOutcome> Retry(string projection, string reason, CommandContext context, CancellationToken cancellationToken) =>
        Decide(projection, stop => new ReadModelCommand.Retry(stop, reason), context, cancellationToken);

    async Task<CommandOutcome> Decide(string projection, Func<ReadModelStop?, ReadModelCommand> command, CommandContext context, CancellationToken cancellationToken)
    {
        if ((await List(cancellationToken).ConfigureAwait(false)).FirstOrDefault(p => p.Name == projection) is not { } status)
        {
            return new CommandOutcome.Rejected(ReadModelRejections.Unknown);
        }

        var stop = status.State == ProjectionState.StandsStill ? new ReadModelStop(status.Version, status.StoppedAt?.Value, status.StoppedBy) : null;
        return await processor.Handle(StoppedReadModel.Decider, StoppedReadModel.StreamOf(projection), command(stop), context, cancellationToken).ConfigureAwait(false);
    }
}
