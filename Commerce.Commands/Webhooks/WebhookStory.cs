using Commerce.Domain.Log;
using Commerce.Domain.Webhooks;

namespace Commerce.Commands.Webhooks;

/// <summary>A subscription as its stream tells it: what it is now, where it began, and which replays were asked for.</summary>
/// <param name="Webhook">What it is now.</param>
/// <param name="Began">Place of its first event in the log: what comes after is sent.</param>
/// <param name="Replays">Replays that were asked for, each with its revision, in order.</param>
sealed record WebhookStory(Webhook Webhook, LogPosition Began, IReadOnlyList<(long Revision, WebhookEvent Asked)> Replays)
{
    public static async Task<WebhookStory> Read(IEventLog log, Guid id, CancellationToken cancellationToken)
    {
        var (webhook, began, replays) = (Webhook.None, LogPosition.Start, new List<(long, WebhookEvent)>());
        await foreach (var recorded in log.ReadStream(Webhook.StreamOf(id), ReadDirection.Forwards, 0, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            if (EventCatalog.Read(recorded) is not WebhookEvent told)
            {
                continue;
            }

            began = recorded.Revision == 0 ? recorded.Position : began;
            webhook = Webhook.Evolve(webhook, told);
            if (told is WebhookEvent.ReplayAsked or WebhookEvent.DeliveryReplayAsked)
            {
                replays.Add((recorded.Revision, told));
            }
        }

        return new(webhook, began, replays);
    }
}
