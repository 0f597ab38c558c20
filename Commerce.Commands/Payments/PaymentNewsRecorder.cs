using System.Diagnostics;
using Commerce.Commands.Handling;
using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Payments;

/// <summary>
/// Records what a provider says on the payment's stream, whichever way it was heard. The same news again, by the same way or
/// another, changes nothing.
/// </summary>
sealed class PaymentNewsRecorder(ICommandProcessor processor, TimeProvider time)
{
    /// <summary>Records it and says what became of it. While the processor is full it waits, as long as the caller may.</summary>
    /// <exception cref="Domain.Log.EventLogUnavailableException">The log does not answer: the same news again settles it.</exception>
    public async Task<NewsOutcome> Record(PaymentNews news, CommandContext context, CancellationToken cancellationToken)
    {
        if (news.Answer is ProviderAnswer.Pending)
        {
            return new NewsOutcome.KnownAlready();
        }

        var stream = Payment.StreamOf(news.Payment);
        if (news.IsCompared && news.Objection((await processor.Load(Payment.Decider, stream, cancellationToken).ConfigureAwait(false)).State) is { } objection)
        {
            return Refused(objection);
        }

        var recorded = await processor.InsistOnAnswer(Payment.Decider, stream, news.Command, context with { OccurredAt = news.At }, time, cancellationToken).ConfigureAwait(false);
        return recorded switch
        {
            CommandOutcome.Accepted { Events: [] } => new NewsOutcome.KnownAlready(),
            CommandOutcome.Accepted => new NewsOutcome.Recorded(),
            CommandOutcome.Rejected rejected => Refused(rejected.Rejection),
            _ => throw new UnreachableException(),
        };
    }

    static NewsOutcome Refused(Rejection rejection) => rejection == PaymentRejections.Unknown || rejection == PaymentRejections.NotRequested
        ? new NewsOutcome.Unknown(rejection)
        : new NewsOutcome.Contradicts(rejection);
}
