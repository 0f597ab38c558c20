using Commerce.Commands.Sagas.Relay;
using Commerce.Domain;
using Commerce.Domain.Customers;
using Commerce.Domain.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Commands.Customers;

/// <summary>A customer is to be erased, the log says.</summary>
sealed record ErasureAsked(CustomerId Customer)
{
    public static readonly StreamFilter Streams = StreamFilter.Categories(Domain.Customers.Customer.Decider.Category);

    public static ErasureAsked? Of(RecordedEvent recorded) =>
        EventCatalog.Read(recorded) is CustomerEvent.ErasureRequested ? new(CustomerId.Of(recorded.Stream.Id)) : null;
}

/// <summary>
/// Follows the log and finishes every erasure that it asks for, whether whoever asked died in between or not. It destroys keys by what the log
/// says, not by what was done before: keys that came back with an older copy of the read database, checkpoint included, are destroyed again.
/// </summary>
sealed partial class ErasureFollower(
    IEventLog log, ErasedKeys table, [FromKeyedServices(ErasureFollower.Name)] ILeadership leadership, TimeProvider time, ILogger<ErasureFollower> logger) : BackgroundService
{
    /// <summary>What it is called among leaders.</summary>
    public const string Name = "customer-erasures";

    /// <summary>How long an erasure that was cut short waits at most while a process follows: what is asked for is as a rule done at once.</summary>
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    static readonly Followed<ErasureAsked> Followed = new(ErasureAsked.Streams, ErasureAsked.Of, asked => asked.Customer, _ => true, Every);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Leading.Run(leadership, Lead, reason => SteppedDown(logger, reason), time, stoppingToken);

    async Task Lead(CancellationTokenSource leading)
    {
        using var follower = new LogFollower<ErasureAsked>(log, table, Followed, time, logger);
        await follower.Run(leading.Token).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The following of erasures begins again: {Reason}")]
    static partial void SteppedDown(ILogger logger, string reason);
}

/// <summary>Destroyed keys as a table that is made of the log.</summary>
sealed class ErasedKeys(NpgsqlDataSource database, CustomerDesk desk) : IFollowedTable<ErasureAsked>
{
    readonly FollowerCheckpoint _checkpoint = new(database, ErasureFollower.Name);

    public Task<LogPosition> Load(CancellationToken cancellationToken) => _checkpoint.Load(cancellationToken);

    // Keys may lie in another database than the checkpoint; each of them is destroyed before it moves.
    public async Task Apply(LogPosition from, LogPosition to, IReadOnlyCollection<ErasureAsked> changes, CancellationToken cancellationToken)
    {
        foreach (var asked in changes)
        {
            await Finish(asked.Customer, cancellationToken).ConfigureAwait(false);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await _checkpoint.Move(connection, from, to, cancellationToken).ConfigureAwait(false);
    }

    async Task Finish(CustomerId customer, CancellationToken cancellationToken)
    {
        try
        {
            if (await desk.Finish(customer, cancellationToken).ConfigureAwait(false) is Handling.CommandOutcome.Overloaded)
            {
                throw new TimeoutException("Too many commands wait: the erasure is noted later.");
            }
        }
        catch (StreamDeletedException)
        {
            // Nothing can be noted there any more; the key is destroyed.
        }
    }
}
