using Commerce.Commands.Handling;
using Commerce.Domain.Access;
using Commerce.Domain.Log;

namespace Commerce.Commands.Access;

/// <summary>What became of a command that makes a key.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Key">The key, to be shown now or never; null: none was made, or it was made and shown before.</param>
public sealed record KeyMade(CommandOutcome Outcome, ApiKey? Key);

/// <summary>
/// Where keys of the API are made, ended and changed. Every method throws <see cref="EventLogUnavailableException"/> when the log does not answer.
/// </summary>
public sealed class KeyDesk(ICommandProcessor commands, TimeProvider time)
{
    /// <summary>Makes a key.</summary>
    public Task<KeyMade> Create(AccessGrant grant, CommandContext context, CancellationToken cancellationToken) =>
        Make(key => new AccessKeyCommand.Create(key.Id, key.Hash, grant, time.GetUtcNow()), context, cancellationToken);

    /// <summary>Makes a key known that was chosen elsewhere. Again, it changes nothing; one that was revoked stays so.</summary>
    public Task<CommandOutcome> Bring(ApiKey key, AccessGrant grant, CommandContext context, CancellationToken cancellationToken) =>
        Handle(new AccessKeyCommand.Create(key.Id, key.Hash, grant, time.GetUtcNow()), context, cancellationToken);

    /// <summary>Makes a key that does what another does, which ends after the overlap.</summary>
    public Task<KeyMade> Rotate(string id, TimeSpan overlap, DateTimeOffset? expiresAt, CommandContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return Make(key => new AccessKeyCommand.Rotate(id, key.Id, key.Hash, now + overlap, expiresAt, now), context, cancellationToken);
    }

    /// <summary>Ends a key, at once or after a while. The nodes know it within <see cref="KnownKeys.LookEvery"/>.</summary>
    public Task<CommandOutcome> Revoke(string id, TimeSpan after, string reason, CommandContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return Handle(new AccessKeyCommand.Revoke(id, now + after, reason, now), context, cancellationToken);
    }

    /// <summary>All of them, those that ended lately included, the newest first.</summary>
    public async Task<IReadOnlyList<AccessKey>> List(CancellationToken cancellationToken) =>
    [
        .. (await commands.Load(AccessKeys.Decider, AccessKeys.Stream, cancellationToken).ConfigureAwait(false)).State.ById.Values
            .OrderByDescending(key => key.CreatedAt).ThenBy(key => key.Id, StringComparer.Ordinal),
    ];

    async Task<KeyMade> Make(Func<ApiKey, AccessKeyCommand> command, CommandContext context, CancellationToken cancellationToken)
    {
        var key = ApiKey.New();
        var outcome = await Handle(command(key), context, cancellationToken).ConfigureAwait(false);
        return new(outcome, outcome is CommandOutcome.Accepted { Replayed: false } ? key : null);
    }

    Task<CommandOutcome> Handle(AccessKeyCommand command, CommandContext context, CancellationToken cancellationToken) =>
        commands.Handle(AccessKeys.Decider, AccessKeys.Stream, command, context, cancellationToken);
}
