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
sealed class PaymentExecutor(IPaymentProvider provider, ICommandProcessor processor, PaymentNewsRecorder recorder) :
    IConsumer<PaymentRequested>, IConsumer<PaymentCaptureRequested>, IConsumer<PaymentVoidRequested>, IConsumer<PaymentRefundRequested>
{
    /// <summary>Who the answers are recorded by.</summary>
    public const string Actor = "payments";

    public Task Consume(ConsumeContext<PaymentRequested> context) => Handle(context);

    public Task Consume(ConsumeContext<PaymentCaptureRequested> context) => Handle(context);

    public Task Consume(ConsumeContext<PaymentVoidRequested> context) => Handle(context);

    public Task Consume(ConsumeContext<PaymentRefundRequested> context) => Handle(context);

    /// <summary>Does what the message's event requests.</summary>
    /// <exception cref="PaymentProviderUnavailableException">No answer: the same message again settles what became of it.</exception>
    public async Task Handle(HandledMessage cause, CancellationToken cancellationToken)
    {
        // A relay that begins anew brings requests so old that the provider has forgotten their keys, and would do them again.
        // Where a first hearing turns out to be the second within moments, it still knows them.
        if (cause.IsFirst || !await IsAnswered(cause, cancellationToken).ConfigureAwait(false))
        {
            await Ask(cause, cancellationToken).ConfigureAwait(false);
        }
    }

    async Task<bool> IsAnswered(HandledMessage cause, CancellationToken cancellationToken)
    {
        var payment = await processor.Load(Payment.Decider, Payment.StreamOf(PaymentId.For(cause.Order)), cancellationToken).ConfigureAwait(false);
        return IsAnswered(payment.State, cause.Event);
    }

    Task Ask(HandledMessage cause, CancellationToken cancellationToken) => cause.Event switch
    {
        PaymentEvent.Requested e => Authorise(cause, e, cancellationToken),
        PaymentEvent.CaptureRequested e => Capture(cause, e, cancellationToken),
        PaymentEvent.VoidRequested => Void(cause, cancellationToken),
        PaymentEvent.RefundRequested e => Refund(cause, e, cancellationToken),
        var other => throw new InvalidOperationException($"{other.GetType()} asks nothing of the provider."),
    };

    // An expired payment has no answer: the provider may have approved it unheard, and is to let go.
    static bool IsAnswered(Payment payment, object request) => request switch
    {
        PaymentEvent.Requested => payment.Status is PaymentStatus.Authorised or PaymentStatus.Declined or PaymentStatus.Voiding or PaymentStatus.Voided,
        PaymentEvent.CaptureRequested e => payment.Captures.GetValueOrDefault(e.Capture) is { IsDone: true },
        PaymentEvent.VoidRequested => payment.Status == PaymentStatus.Voided,
        PaymentEvent.RefundRequested e => payment.Refunds.GetValueOrDefault(e.Refund) is { IsDone: true },
        _ => false,
    };

    async Task Handle<T>(ConsumeContext<T> context)
        where T : FactMessage
    {
        using var cause = HandledMessage.Of(context, Actor, context.IsFirst());
        await Handle(cause, context.CancellationToken).ConfigureAwait(false);
    }

    // Also where the payment was given up meanwhile: an earlier attempt may have been approved unheard, and the payment lets
    // that money go.
    async Task Authorise(HandledMessage cause, PaymentEvent.Requested e, CancellationToken cancellationToken)
    {
        var payment = PaymentId.For(cause.Order);
        var answer = await provider.Authorise(payment, cause.Order, e.Amount, e.Token, cancellationToken).ConfigureAwait(false);
        await Record(cause, new(payment, PaymentMovement.Authorisation, null, answer), cancellationToken).ConfigureAwait(false);
    }

    async Task Capture(HandledMessage cause, PaymentEvent.CaptureRequested e, CancellationToken cancellationToken)
    {
        var payment = PaymentId.For(cause.Order);
        var answer = await provider.Capture(payment, e.Capture, e.Amount, cancellationToken).ConfigureAwait(false);
        await Record(cause, new(payment, PaymentMovement.Capture, e.Capture, answer), cancellationToken).ConfigureAwait(false);
    }

    async Task Void(HandledMessage cause, CancellationToken cancellationToken)
    {
        var payment = PaymentId.For(cause.Order);
        var answer = await provider.Void(payment, cancellationToken).ConfigureAwait(false);
        await Record(cause, new(payment, PaymentMovement.Void, null, answer), cancellationToken).ConfigureAwait(false);
    }

    async Task Refund(HandledMessage cause, PaymentEvent.RefundRequested e, CancellationToken cancellationToken)
    {
        var payment = PaymentId.For(cause.Order);
        var answer = await provider.Refund(payment, e.Refund, e.Amount, cancellationToken).ConfigureAwait(false);
        await Record(cause, new(payment, PaymentMovement.Refund, e.Refund, answer), cancellationToken).ConfigureAwait(false);
    }

    async Task Record(HandledMessage cause, PaymentNews news, CancellationToken cancellationToken)
    {
        switch (await recorder.Record(news, cause.Command(null), cancellationToken).ConfigureAwait(false))
        {
            case NewsOutcome.Contradicts { Rejection: var rejection }:
                throw new PaymentProviderFaultException($"The provider's answer cannot be recorded: {rejection.Code}, {rejection.Detail}");
            case NewsOutcome.Unknown { Rejection: var rejection }:
                throw new InvalidOperationException($"The provider answered what was never asked: {rejection.Code}, {rejection.Detail}");
        }
    }
}
