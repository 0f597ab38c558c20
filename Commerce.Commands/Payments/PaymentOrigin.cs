using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Payments;

/// <summary>The request that a payment was asked for with: whatever is heard of it later, on whichever way, belongs to that.</summary>
static class PaymentOrigin
{
    /// <summary>The context within the payment's trace and, where it has none of its own, its correlation.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    public static async Task<CommandContext> Carry(IEventLog log, PaymentId payment, CommandContext context, CancellationToken cancellationToken)
    {
        await foreach (var first in log.ReadStream(Payment.StreamOf(payment), ReadDirection.Forwards, 0, 1, cancellationToken).ConfigureAwait(false))
        {
            var origin = EventMetadata.TryRead(first.Metadata);
            return context with { CorrelationId = context.CorrelationId ?? origin?.CorrelationId, TraceParent = origin?.TraceParent };
        }

        return context;
    }
}
