using Commerce.Commands.Handling;
using Commerce.Commands.Sagas;
using Commerce.Domain.FlashSales;

namespace Commerce.Commands.FlashSales;

/// <summary>Tells a sale what time it is, and has it do all that is due.</summary>
sealed class FlashSaleTicker(ICommandProcessor commands, TimeProvider time)
{
    /// <summary>Who its commands are recorded by.</summary>
    public const string Actor = "flash-sale-clock";

    /// <summary>Brings the time; false: nothing will ever be due in it again.</summary>
    public async Task<bool> Tick(OpenSale sale, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var context = new CommandContext(Actor) { CausationId = sale.Cause.ToString(), CorrelationId = sale.Correlation, TraceParent = sale.TraceParent };
        CommandOutcome outcome;
        do
        {
            outcome = await commands.InsistOnAnswer(FlashSale.Decider, sale.Stream, new FlashSaleCommand.Tick(now), context, time, cancellationToken).ConfigureAwait(false);
        }
        while (outcome is CommandOutcome.Accepted { Events.Count: >= FlashSale.LapsesMax });

        // What was claimed in the last moment is paid or returned by then.
        return now < sale.EndsAt;
    }
}
