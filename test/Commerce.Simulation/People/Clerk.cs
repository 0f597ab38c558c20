using Commerce.Commands.Payments;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.People;

/// <summary>
/// Who looks after dead letters: what the provider refused is given back to the bus after a while, again and again until the
/// provider has changed its mind. Any other letter is a defect: no order's story leads to it.
/// </summary>
sealed class Clerk(World world)
{
    static readonly TimeSpan LooksAfterMin = TimeSpan.FromMinutes(1);
    static readonly TimeSpan LooksAfterMax = TimeSpan.FromMinutes(8);

    /// <summary>A defect that is made on purpose: nobody looks.</summary>
    public bool IsAway { get; init; }

    /// <summary>Takes a letter in.</summary>
    public void Receive(Delivery letter, Exception reason)
    {
        world.Trace.Note("world", $"gives up for {reason.Message}", letter);
        if (reason is not PaymentProviderFaultException)
        {
            world.Offend("dead-letter", $"{letter}: {reason.GetType().Name}: {reason.Message}");
        }
        else if (!IsAway)
        {
            world.Scheduler.After(world.Scheduler.Between(LooksAfterMin, LooksAfterMax), () => world.Broker.Take(letter));
        }
    }
}
