using Commerce.Domain;
using Commerce.Simulation.Machinery;

namespace Commerce.Simulation.Servers;

/// <summary>For a while the provider refuses what it had agreed to: captures, voids and refunds of a payment. Then it changes its mind.</summary>
sealed class ProviderMoods(Scheduler scheduler, Faults faults)
{
    static readonly TimeSpan RefusesMin = TimeSpan.FromSeconds(1);

    /// <summary>Longer than all retries of a message take.</summary>
    static readonly TimeSpan RefusesMax = TimeSpan.FromMinutes(5);

    readonly Dictionary<PaymentId, DateTimeOffset> _until = [];

    /// <summary>Whether it refuses now.</summary>
    public bool Refuses(PaymentId payment)
    {
        if (faults.Strikes(Fault.ProviderRefuses))
        {
            _until[payment] = scheduler.Now + scheduler.Between(RefusesMin, RefusesMax);
        }

        return !faults.IsOver && scheduler.Now < _until.GetValueOrDefault(payment);
    }
}
