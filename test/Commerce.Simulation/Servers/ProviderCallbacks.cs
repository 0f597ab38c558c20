using Commerce.Commands.Payments;
using Commerce.Domain;
using Commerce.Simulation.Machinery;

namespace Commerce.Simulation.Servers;

/// <summary>
/// What the provider tells by itself: that a payment was authorised or declined. It tells until it is understood, a few
/// times; some of it comes twice, late, or never.
/// </summary>
sealed class ProviderCallbacks(Scheduler scheduler, Faults faults)
{
    const int TriesMax = 6;

    static readonly TimeSpan DelayMin = TimeSpan.FromMilliseconds(1);
    static readonly TimeSpan DelayMax = TimeSpan.FromMilliseconds(400);
    static readonly TimeSpan LateMax = TimeSpan.FromMinutes(10);
    static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>Who takes it: a payment and what became of it; calls back with whether it was understood.</summary>
    public Action<PaymentId, ProviderAnswer, Action>? Receive { get; set; }

    /// <summary>A defect that is made on purpose: no callback ever arrives.</summary>
    public bool AreLost { get; set; }

    public void Send(PaymentId payment, ProviderAnswer answer)
    {
        if (AreLost || faults.Strikes(Fault.CallbackLost))
        {
            return;
        }

        for (var copies = faults.Strikes(Fault.CallbackTwice) ? 2 : 1; copies > 0; copies--)
        {
            var delay = scheduler.Between(DelayMin, faults.Strikes(Fault.CallbackLate) ? LateMax : DelayMax);
            scheduler.After(delay, () => Try(payment, answer, 1));
        }
    }

    void Try(PaymentId payment, ProviderAnswer answer, int attempt)
    {
        var isUnderstood = false;
        Receive?.Invoke(payment, answer, () => isUnderstood = true);
        scheduler.After(TryAgainAfter * (1 << attempt), () =>
        {
            if (!isUnderstood && attempt < TriesMax)
            {
                Try(payment, answer, attempt + 1);
            }
        });
    }
}
