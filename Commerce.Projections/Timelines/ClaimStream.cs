using System.Text.Json;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Log;

namespace Commerce.Projections.Timelines;

/// <summary>The stream of the flash sale in which an order was claimed; a hot one has a million events, of which a few are about the order.</summary>
/// <param name="Stream">It.</param>
/// <param name="After">Position after which it may have something of the order.</param>
sealed record ClaimStream(StreamName Stream, LogPosition After)
{
    /// <summary>Events before the order among which its claim is looked for: a claim with a payment is an order within a second, the hottest sale sells so many in two.</summary>
    const int LookedAtMax = 20_000;

    /// <summary>Finds where the claim stands; where it is not near the order, its stream is read from the beginning.</summary>
    public static async Task<ClaimStream> Find(IEventLog log, StreamName stream, OrderId order, LogPosition placed, CancellationToken cancellationToken)
    {
        var after = await StreamSearch.FirstAfter(log, stream, placed, cancellationToken).ConfigureAwait(false) ?? long.MaxValue;
        if (after > 0)
        {
            var from = after == long.MaxValue ? after : after - 1;
            await foreach (var recorded in log.ReadStream(stream, ReadDirection.Backwards, from, LookedAtMax, cancellationToken).ConfigureAwait(false))
            {
                if (IsClaim(recorded, order))
                {
                    return new(stream, new LogPosition(recorded.Position.Value - 1));
                }
            }
        }

        return new(stream, LogPosition.Start);
    }

    /// <summary>The claim that an event of a sale is about, which has its order's id; null: none.</summary>
    public static OrderId? ClaimOf(FlashSaleEvent @event) => @event switch
    {
        FlashSaleEvent.Claimed e => e.Claim,
        FlashSaleEvent.PaymentGiven e => e.Claim,
        FlashSaleEvent.ClaimReturned e => e.Claim,
        _ => null,
    };

    static bool IsClaim(RecordedEvent recorded, OrderId order)
    {
        try
        {
            return EventCatalog.Read(recorded) is FlashSaleEvent.Claimed claimed && claimed.Claim == order;
        }
        catch (JsonException)
        {
            // Nobody can say whose it is; the auditor tells of it.
            return false;
        }
    }
}
