using Commerce.Commands.Handling;
using Commerce.Domain.Webhooks;
using Npgsql;

namespace Commerce.Commands.Webhooks;

/// <summary>Subscriptions to webhooks, for operators: their commands, with keys made on the way, and what became of their deliveries.</summary>
public sealed class WebhookDesk(ICommandProcessor commands, WebhookKeys keys, WebhookOptions options, NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>How long an old key signs beside the new one at most.</summary>
    public static readonly TimeSpan OverlapMax = TimeSpan.FromDays(30);

    volatile bool _isMade;

    /// <summary>Makes a subscription, with a key of its own.</summary>
    /// <exception cref="Customers.PersonalKeysUnavailableException">No master key is configured.</exception>
    public async Task<CommandOutcome> Create(Guid id, string url, WebhookTopics topics, WebhookScheme scheme, CommandContext context, CancellationToken cancellationToken) =>
        Refused(url) is { } refused ? refused
        : await Handle(id, new WebhookCommand.Create(id, url, topics, scheme, keys.Make(id, scheme)), context with { BeginsStream = true }, cancellationToken).ConfigureAwait(false);

    /// <summary>Moves it, or has it want other events.</summary>
    public async Task<CommandOutcome> Change(Guid id, string url, WebhookTopics topics, CommandContext context, CancellationToken cancellationToken) =>
        Refused(url) is { } refused ? refused : await Handle(id, new WebhookCommand.Change(url, topics), context, cancellationToken).ConfigureAwait(false);

    /// <summary>Gives it a new key; the old one signs as well for a while.</summary>
    /// <exception cref="Customers.PersonalKeysUnavailableException">No master key is configured.</exception>
    public async Task<CommandOutcome> RotateKey(Guid id, TimeSpan overlap, CommandContext context, CancellationToken cancellationToken)
    {
        var webhook = await Load(id, cancellationToken).ConfigureAwait(false);
        return await Handle(id, new WebhookCommand.RotateKey(keys.Make(id, webhook.Scheme), time.GetUtcNow() + overlap), context, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Any other command.</summary>
    public Task<CommandOutcome> Handle(Guid id, WebhookCommand command, CommandContext context, CancellationToken cancellationToken) =>
        commands.Handle(Webhook.Decider, Webhook.StreamOf(id), command, context, cancellationToken);

    /// <summary>Has one delivery made again, where it is kept.</summary>
    public async Task<CommandOutcome> Replay(Guid id, Guid delivery, CommandContext context, CancellationToken cancellationToken) =>
        (await Load(id, cancellationToken).ConfigureAwait(false)).Status is WebhookStatus.Enabled or WebhookStatus.Disabled && await Find(id, delivery, cancellationToken).ConfigureAwait(false) is null
            ? new CommandOutcome.Rejected(WebhookRejections.DeliveryUnknown)
            : await Handle(id, new WebhookCommand.ReplayDelivery(delivery), context, cancellationToken).ConfigureAwait(false);

    /// <summary>What the receiver verifies with, of the key that these events made; null: they made none.</summary>
    /// <exception cref="Customers.PersonalKeysUnavailableException">The master key that it was encrypted with is not configured.</exception>
    public string? Reveal(Guid id, IEnumerable<object> events) => events.Select(e => e switch
    {
        WebhookEvent.Created created => keys.Reveal(id, created.Key),
        WebhookEvent.KeyRotated rotated => keys.Reveal(id, rotated.Key),
        _ => null,
    }).FirstOrDefault(text => text is not null);

    /// <summary>The subscription as the log has it now.</summary>
    public async Task<Webhook> Load(Guid id, CancellationToken cancellationToken) =>
        (await commands.Load(Webhook.Decider, Webhook.StreamOf(id), cancellationToken).ConfigureAwait(false)).State;

    /// <summary>Deliveries of a subscription, the newest first.</summary>
    /// <param name="id">The subscription.</param>
    /// <param name="state">Only those that stand so; null: all.</param>
    /// <param name="before">Only those of events before this place in the log; null: all.</param>
    /// <param name="countMax">That many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<WebhookDelivery>> Deliveries(Guid id, WebhookDeliveryState? state, long? before, int countMax, CancellationToken cancellationToken)
    {
        await using var command = await Command(
            $"SELECT {WebhookRows.Columns} FROM commerce.webhook_deliveries WHERE webhook_id = $1 AND ($2 = '' OR state = $2) AND position < $3 ORDER BY position DESC LIMIT $4",
            cancellationToken, id, state is { } wanted ? WebhookRows.State(wanted) : string.Empty, before ?? long.MaxValue, countMax).ConfigureAwait(false);
        return await WebhookRows.Read(command, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The id that a receiver tells repeats of a delivery by.</summary>
    public static string MessageIdOf(WebhookDelivery delivery) => WebhookMessage.IdOf(delivery.Event);

    /// <summary>How webhooks are on the whole.</summary>
    public async Task<WebhookFigures> Figures(CancellationToken cancellationToken)
    {
        await using var command = await Command(
            "SELECT count(*), count(DISTINCT webhook_id) FROM commerce.webhook_deliveries WHERE state = 'waiting' AND attempts > 1", cancellationToken).ConfigureAwait(false);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await rows.ReadAsync(cancellationToken).ConfigureAwait(false) ? new(rows.GetInt64(0), rows.GetInt64(1)) : new(0, 0);
    }

    async Task<WebhookDelivery?> Find(Guid id, Guid delivery, CancellationToken cancellationToken)
    {
        await using var command = await Command(
            $"SELECT {WebhookRows.Columns} FROM commerce.webhook_deliveries WHERE webhook_id = $1 AND event_id = $2", cancellationToken, id, delivery).ConfigureAwait(false);
        return await WebhookRows.Read(command, cancellationToken).ConfigureAwait(false) is [var found] ? found : null;
    }

    CommandOutcome.Rejected? Refused(string url) =>
        !options.IsHttpAllowed && url.StartsWith("http:", StringComparison.OrdinalIgnoreCase) ? new(WebhookRejections.UrlNotSecure) : null;

    async ValueTask<NpgsqlCommand> Command(string sql, CancellationToken cancellationToken, params object[] values)
    {
        if (!_isMade)
        {
            await WebhookSchema.Ensure(database, cancellationToken).ConfigureAwait(false);
            _isMade = true;
        }

        var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}

/// <summary>How webhooks are on the whole.</summary>
/// <param name="Failing">Deliveries that failed more than once and are tried again.</param>
/// <param name="Subscriptions">Subscriptions that have such.</param>
public sealed record WebhookFigures(long Failing, long Subscriptions);
