using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Sagas.Relay;

/// <summary>
/// A worker of which one process of many leads: it follows the log into a table of what is open and, once the table holds all that
/// the log did, goes round after round through what is due in it. What it does has to bear repetition: two may believe for a moment
/// that they lead.
/// </summary>
/// <param name="log">What is followed.</param>
/// <param name="table">What it is made into.</param>
/// <param name="followed">What of the log it is made of.</param>
/// <param name="leadership">Whose turn it is.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of events that cannot be read.</param>
sealed class FollowingLeader<TChange>(IEventLog log, IFollowedTable<TChange> table, Followed<TChange> followed, ILeadership leadership, TimeProvider time, ILogger logger)
    where TChange : class
{
    /// <summary>Leads whenever it is this process's turn, until stopped.</summary>
    /// <param name="round">Does what is due, and waits where nothing is.</param>
    /// <param name="steppedDown">Told why it begins again.</param>
    /// <param name="stopping">Stops it.</param>
    public Task Run(Func<LogFollower<TChange>, CancellationToken, Task> round, Action<string> steppedDown, CancellationToken stopping) =>
        Leading.Run(leadership, leading => Lead(round, leading), steppedDown, time, stopping);

    async Task Lead(Func<LogFollower<TChange>, CancellationToken, Task> round, CancellationTokenSource leading)
    {
        using var follower = new LogFollower<TChange>(log, table, followed, time, logger);
        await Leading.Together(leading, follower.Run(leading.Token), GoRound(follower, round, leading.Token)).ConfigureAwait(false);
    }

    static async Task GoRound(LogFollower<TChange> follower, Func<LogFollower<TChange>, CancellationToken, Task> round, CancellationToken cancellationToken)
    {
        await follower.CaughtUp.WaitAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            await round(follower, cancellationToken).ConfigureAwait(false);
        }
    }
}
