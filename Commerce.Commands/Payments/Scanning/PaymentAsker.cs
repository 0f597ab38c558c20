using Commerce.Commands.Handling;
using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Payments.Scanning;

/// <summary>What came of asking for a movement.</summary>
enum AskOutcome
{
    /// <summary>The provider knew, and the payment's stream has it.</summary>
    Settled,

    /// <summary>The provider had not heard of it, and was asked for the movement itself once more.</summary>
    Requested,

    /// <summary>The provider has not decided, or what it says cannot be recorded.</summary>
    Open,

    /// <summary>The provider has never heard of it, and nobody wants it any more.</summary>
    Unwanted,
}

/// <summary>
/// Asks the provider what it knows of a payment's movements that have no answer. What it knows is recorded; what it has never
/// heard of was lost on the way there, and is asked for again with the same key as the first time.
/// </summary>
sealed class PaymentAsker(IPaymentProvider provider, IEventLog log, ICommandProcessor processor, PaymentNewsRecorder recorder, PaymentExecutor executor)
{
    /// <summary>Who what it hears is recorded by.</summary>
    public const string Actor = "payment-scan";

    /// <summary>Asks for open movements of one payment.</summary>
    /// <returns>What came of each, in the order in which they were asked for.</returns>
    /// <exception cref="PaymentProviderUnavailableException">The provider does not answer: nothing is lost, ask again.</exception>
    /// <exception cref="PaymentProviderFaultException">What it says makes no sense.</exception>
    /// <exception cref="EventLogUnavailableException">The log does not answer: nothing is lost, ask again.</exception>
    public async Task<IReadOnlyList<(OpenMovement Movement, AskOutcome Outcome)>> Ask(PaymentId payment, IEnumerable<OpenMovement> open, CancellationToken cancellationToken)
    {
        var known = await provider.Find(payment, cancellationToken).ConfigureAwait(false);
        var asked = new List<(OpenMovement, AskOutcome)>();
        foreach (var movement in open.OrderBy(m => m.Revision))
        {
            var news = known.LastOrDefault(n => n.Movement == movement.Id.Kind && n.Id == movement.Id.Transfer);
            asked.Add((movement, news is null
                ? await Request(movement, cancellationToken).ConfigureAwait(false)
                : await Record(news, cancellationToken).ConfigureAwait(false)));
        }

        return asked;
    }

    async Task<AskOutcome> Record(PaymentNews news, CancellationToken cancellationToken)
    {
        if (news.Answer is ProviderAnswer.Pending)
        {
            return AskOutcome.Open;
        }

        var context = await PaymentOrigin.Carry(log, news.Payment, new CommandContext(Actor), cancellationToken).ConfigureAwait(false);
        return await recorder.Record(news, context, cancellationToken).ConfigureAwait(false) is NewsOutcome.Recorded or NewsOutcome.KnownAlready ? AskOutcome.Settled : AskOutcome.Open;
    }

    async Task<AskOutcome> Request(OpenMovement movement, CancellationToken cancellationToken)
    {
        var stream = Payment.StreamOf(movement.Id.Payment);
        var payment = (await processor.Load(Payment.Decider, stream, cancellationToken).ConfigureAwait(false)).State;
        if (payment.Status == PaymentStatus.Expired)
        {
            return AskOutcome.Unwanted;
        }

        await foreach (var recorded in log.ReadStream(stream, ReadDirection.Forwards, movement.Revision, 1, cancellationToken).ConfigureAwait(false))
        {
            var metadata = EventMetadata.TryRead(recorded.Metadata) ?? new EventMetadata { OccurredAt = recorded.RecordedAt };
            if (MessageRoutes.Of(recorded.Type) is { Consumer: Consumers.Payments } route)
            {
                using var cause = HandledMessage.Of(route.Message(new Fact(recorded, metadata, payment.Order, IsNew: false)), recorded.Id, Actor);
                await executor.Handle(cause, cancellationToken).ConfigureAwait(false);
                return AskOutcome.Requested;
            }
        }

        return AskOutcome.Open;
    }
}
