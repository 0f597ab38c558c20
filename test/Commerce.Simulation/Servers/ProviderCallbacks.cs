using System.Text.Json;
using Commerce.Commands.Payments;
using Commerce.Commands.Payments.Callbacks;
using Commerce.Domain;
using Commerce.Domain.Payments;
using Commerce.Simulation.Machinery;

namespace Commerce.Simulation.Servers;

/// <summary>
/// What the provider tells by itself: that a payment was authorised or declined. It tells until it is understood, a few
/// times, or as often as it takes where it gave no other answer; some of it comes twice, late, or never.
/// </summary>
sealed class ProviderCallbacks(Scheduler scheduler, Faults faults)
{
    const int TriesMax = 6;

    static readonly TimeSpan DelayMin = TimeSpan.FromMilliseconds(1);
    static readonly TimeSpan DelayMax = TimeSpan.FromMilliseconds(400);
    static readonly TimeSpan LateMax = TimeSpan.FromMinutes(10);
    static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>Who takes it: its id and what it says; calls back when it was understood.</summary>
    public Action<string, ReadOnlyMemory<byte>, Action>? Receive { get; set; }

    /// <summary>Tells what became of an authorisation; the same once more is the same callback.</summary>
    /// <param name="payment">Whose.</param>
    /// <param name="answer">What became of it.</param>
    /// <param name="insists">It is the only answer: it is told until it is understood.</param>
    public void Send(PaymentId payment, ProviderAnswer answer, bool insists = false)
    {
        if (!insists && faults.Strikes(Fault.CallbackLost))
        {
            return;
        }

        var news = ProviderCallback.Of(new(payment, PaymentMovement.Authorisation, null, answer), scheduler.Now);
        var body = JsonSerializer.SerializeToUtf8Bytes(news, ProviderJson.Default.ProviderCallback);
        for (var copies = faults.Strikes(Fault.CallbackTwice) ? 2 : 1; copies > 0; copies--)
        {
            var delay = scheduler.Between(DelayMin, faults.Strikes(Fault.CallbackLate) ? LateMax : DelayMax);
            scheduler.After(delay, () => Try($"authorisation-{payment}", body, 1, insists));
        }
    }

    void Try(string id, byte[] body, int attempt, bool insists)
    {
        var isUnderstood = false;
        Receive?.Invoke(id, body, () => isUnderstood = true);
        scheduler.After(TryAgainAfter * (1 << Math.Min(attempt, TriesMax)), () =>
        {
            if (!isUnderstood && (insists || attempt < TriesMax))
            {
                Try(id, body, attempt + 1, insists);
            }
        });
    }
}
