using Commerce.Commands.Handling;
using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.Payments;
using MassTransit;

namespace Commerce.Commands.Payments;

/// <summary>
/// Asks the provider for what a payment's events request, and records its answer. A crash in between asks again with the
/// same key and records the same answer.
/// </summary>
sealed class PaymentExecutor(IPaymentProvider provider, CommandProcessor processor, TimeProvider time) :
    IConsumer<PaymentRequested>, IConsumer<PaymentCaptureRequested>, IConsumer<PaymentVoidRequested>, IConsumer<PaymentRefundRequested>
{
    /// <summary>Who the answers are recorded by.</summary>
    public const string Actor = "payments";

    public async Task Consume(ConsumeContext<PaymentRequested> context)
    {
        using var cause = HandledMessage.Of(context, Actor);
        var (payment, e) = (PaymentId.For(cause.Order), (PaymentEvent.Requested)cause.Event);
        var answer = await provider.Authorise(payment, cause.Order, e.Amount, e.Token, context.CancellationToken).ConfigureAwait(false);
        var refused = await Record(cause, answer switch
        {
            ProviderAnswer.Approved approved => new PaymentCommand.Authorise(approved.Reference),
            ProviderAnswer.Declined declined => new PaymentCommand.Decline(declined.Code),
            _ => throw new System.Diagnostics.UnreachableException(),
        }, context.CancellationToken).ConfigureAwait(false);

        // The payment expired meanwhile: nobody waits for this money any more.
        if (refused is not null && answer is ProviderAnswer.Approved)
        {
            Approved(await provider.Void(payment, context.CancellationToken).ConfigureAwait(false));
        }
    }

    public async Task Consume(ConsumeContext<PaymentCaptureRequested> context)
    {
        using var cause = HandledMessage.Of(context, Actor);
        var e = (PaymentEvent.CaptureRequested)cause.Event;
        var reference = Approved(await provider.Capture(PaymentId.For(cause.Order), e.Capture, e.Amount, context.CancellationToken).ConfigureAwait(false));
        Accepted(await Record(cause, new PaymentCommand.Capture(e.Capture, reference), context.CancellationToken).ConfigureAwait(false));
    }

    public async Task Consume(ConsumeContext<PaymentVoidRequested> context)
    {
        using var cause = HandledMessage.Of(context, Actor);
        var reference = Approved(await provider.Void(PaymentId.For(cause.Order), context.CancellationToken).ConfigureAwait(false));
        Accepted(await Record(cause, new PaymentCommand.Void(reference), context.CancellationToken).ConfigureAwait(false));
    }

    public async Task Consume(ConsumeContext<PaymentRefundRequested> context)
    {
        using var cause = HandledMessage.Of(context, Actor);
        var e = (PaymentEvent.RefundRequested)cause.Event;
        var reference = Approved(await provider.Refund(PaymentId.For(cause.Order), e.Refund, e.Amount, context.CancellationToken).ConfigureAwait(false));
        Accepted(await Record(cause, new PaymentCommand.Refund(e.Refund, reference), context.CancellationToken).ConfigureAwait(false));
    }

    Task<Rejection?> Record(HandledMessage cause, PaymentCommand answer, CancellationToken cancellationToken) => processor.Insist(
        Payment.Decider, Payment.StreamOf(PaymentId.For(cause.Order)), answer, cause.Command(null), time, cancellationToken);

    static string Approved(ProviderAnswer answer) => answer is ProviderAnswer.Approved approved
        ? approved.Reference
        : throw new PaymentProviderFaultException($"The payment provider refused what it had agreed to: {answer}.");

    static void Accepted(Rejection? rejection)
    {
        if (rejection is not null)
        {
            throw new InvalidOperationException($"The provider's answer cannot be recorded: {rejection.Code}, {rejection.Detail}");
        }
    }
}
