using Commerce.Commands.Handling;
using Commerce.Commands.Payments;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;

namespace Commerce.Simulation.Processes;

/// <summary>Takes the provider's callbacks: records what they tell, once, and says that it understood when that is durable.</summary>
sealed class CallbackDesk(ICommandProcessor processor)
{
    /// <summary>Who it is recorded by.</summary>
    const string Actor = "callbacks";

    public async Task Take(PaymentId payment, ProviderAnswer answer, Action understood)
    {
        PaymentCommand command = answer switch
        {
            ProviderAnswer.Approved approved => new PaymentCommand.Authorise(approved.Reference),
            ProviderAnswer.Declined declined => new PaymentCommand.Decline(declined.Code),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        try
        {
            var outcome = await processor.Handle(Payment.Decider, Payment.StreamOf(payment), command, new CommandContext(Actor), CancellationToken.None).ConfigureAwait(false);

            // One that came too late changes nothing: whoever asked for the authorisation hears of it as well, and lets it go.
            if (outcome is CommandOutcome.Accepted or CommandOutcome.Rejected { Rejection.Kind: not RejectionKind.NotFound })
            {
                understood();
            }
        }
        catch (EventLogUnavailableException)
        {
            // Not understood: the provider tells it again.
        }
    }
}
