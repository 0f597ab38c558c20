using Commerce.Commands.Access;
using Commerce.Commands.Handling;
using Commerce.Domain.Access;

namespace Commerce.Api.Composition;

/// <summary>Keys that a process makes or brings by itself: without a first one nobody could make others.</summary>
static class OperatorKeys
{
    /// <summary>Who keys of the house itself are recorded by.</summary>
    const string Actor = "ops";

    /// <summary>Whose a first key is.</summary>
    public static readonly AccessGrant Owner = new("owner", AccessRole.Operator);

    /// <summary>Makes the configured key known, where there is one. Once it is revoked it stays so, whatever is configured.</summary>
    /// <exception cref="CommerceSettingsException">It cannot be used.</exception>
    public static async Task BringConfigured(CommerceHost host, CancellationToken cancellationToken)
    {
        if (host.Settings.Access.OperatorKey is { } key && host.Settings.Roles.HasFlag(Roles.Api)
            && await host.Keys.Bring(key, Owner, new CommandContext(Actor), cancellationToken).ConfigureAwait(false) is CommandOutcome.Rejected { Rejection: var rejection })
        {
            throw new CommerceSettingsException($"{AccessSettings.OperatorKeyKey}: {rejection.Detail}");
        }
    }

    /// <summary>Makes a key.</summary>
    /// <exception cref="InvalidOperationException">It cannot be made.</exception>
    public static async Task<ApiKey> Create(CommerceHost host, AccessGrant grant, CancellationToken cancellationToken)
    {
        var made = await host.Keys.Create(grant, new CommandContext(Actor), cancellationToken).ConfigureAwait(false);
        return made.Key ?? throw new InvalidOperationException($"A key cannot be made: {made.Outcome}");
    }
}
