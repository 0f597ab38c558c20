using Commerce.Commands.Handling;
using Commerce.Domain.ReadModels;
using Commerce.Projections.Daemon;

namespace Commerce.Api.Endpoints;

/// <summary>
/// Where operators see projections and decide what becomes of them. A decision is an event in the stream
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
    /// <param name="reason">Why, 1 to <see cref="ReadModel.ReasonLengthMax"/> characters.</param>
    /// <param name="context">Who asks.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public Task<CommandOutcome> Skip(string projection, long position, string reason, CommandContext context, CancellationToken cancellationToken) =>
        Decide(projection, p => new ReadModelCommand.Skip(p.Stop, position, reason), context, cancellationToken);

    /// <summary>Has a projection that stands still try again.</summary>
    /// <param name="projection">Its name.</param>
    /// <param name="reason">Why, 1 to <see cref="ReadModel.ReasonLengthMax"/> characters.</param>
    /// <param name="context">Who asks.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public Task<CommandOutcome> Retry(string projection, string reason, CommandContext context, CancellationToken cancellationToken) =>
        Decide(projection, p => new ReadModelCommand.Retry(p.Stop, reason), context, cancellationToken);

    /// <summary>Has its rows made anew beside those that people read, and put in their place.</summary>
    public Task<CommandOutcome> Rebuild(string projection, string reason, CommandContext context, CancellationToken cancellationToken) =>
        Decide(projection, p => new ReadModelCommand.Rebuild(p.Version, reason), context, cancellationToken);

    /// <summary>Has it apply and build nothing until it is resumed.</summary>
    public Task<CommandOutcome> Pause(string projection, string reason, CommandContext context, CancellationToken cancellationToken) =>
        Decide(projection, _ => new ReadModelCommand.Pause(reason), context, cancellationToken);

    /// <summary>Has one that is paused go on.</summary>
    public Task<CommandOutcome> Resume(string projection, string reason, CommandContext context, CancellationToken cancellationToken) =>
        Decide(projection, _ => new ReadModelCommand.Resume(reason), context, cancellationToken);

    /// <summary>Has the rows removed that a rebuild replaced.</summary>
    public Task<CommandOutcome> Drop(string projection, string reason, CommandContext context, CancellationToken cancellationToken) =>
        Decide(projection, p => new ReadModelCommand.DropReplaced(p.Replaced, reason), context, cancellationToken);

    async Task<CommandOutcome> Decide(string projection, Func<ProjectionStatus, ReadModelCommand> command, CommandContext context, CancellationToken cancellationToken)
    {
        if ((await List(cancellationToken).ConfigureAwait(false)).FirstOrDefault(p => p.Name == projection) is not { } status)
        {
            return new CommandOutcome.Rejected(ReadModelRejections.Unknown);
        }

        return await processor.Handle(ReadModel.Decider, ReadModel.StreamOf(projection), command(status), context, cancellationToken).ConfigureAwait(false);
    }
}
