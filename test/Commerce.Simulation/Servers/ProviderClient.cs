using System.Runtime.CompilerServices;
using Commerce.Commands.Payments;
using Commerce.Domain;
using Commerce.Simulation.Machinery;

namespace Commerce.Simulation.Servers;

/// <summary>
/// The provider as one process reaches it: attempts with a timeout, repeats with growing pauses and a circuit breaker, with
/// the figures of <see cref="HttpPaymentProviderOptions"/>.
/// </summary>
sealed class ProviderClient(ProviderBooks books, ProviderCallbacks callbacks, ProviderMoods moods, Node node, Link link, Scheduler scheduler, Faults faults) : IPaymentProvider
{
    static readonly HttpPaymentProviderOptions Options = new();

    readonly Breaker _breaker = new(Options, scheduler);

    /// <summary>A defect that is made on purpose: each capture is asked for a second time, as another.</summary>
    public bool CapturesTwice { get; init; }

    public Task<ProviderAnswer> Authorise(PaymentId payment, OrderId order, Money amount, string? token, CancellationToken cancellationToken) => Ask("authorise", payment, () =>
    {
        var answer = books.Authorise(payment, order, amount, token);
        var isPending = faults.Strikes(Fault.ProviderPending);
        callbacks.Send(payment, answer, insists: isPending);
        return isPending ? new ProviderAnswer.Pending() : answer;
    });

    public async Task<ProviderAnswer> Capture(PaymentId payment, Guid capture, Money amount, CancellationToken cancellationToken)
    {
        var answer = await Agreed("capture of", payment, () => books.Capture(payment, capture, amount)).ConfigureAwait(false);
        if (CapturesTwice && answer is ProviderAnswer.Approved)
        {
            books.Capture(payment, Uuid.FromName(capture, "again"), amount);
        }

        return answer;
    }

    public Task<ProviderAnswer> Void(PaymentId payment, CancellationToken cancellationToken) => Agreed("void", payment, () => books.Void(payment));

    public Task<ProviderAnswer> Refund(PaymentId payment, Guid refund, Money amount, CancellationToken cancellationToken) =>
        Agreed("refund of", payment, () => books.Refund(payment, refund, amount));

    // What it has agreed to it may refuse all the same, and then nothing is done.
    Task<ProviderAnswer> Agreed(string what, PaymentId of, Func<ProviderAnswer> serve) =>
        Ask(what, of, () => moods.Refuses(of) ? new ProviderAnswer.Declined("not-now") : serve());

    public Task<IReadOnlyList<PaymentNews>> Find(PaymentId payment, CancellationToken cancellationToken) => Ask("find", payment, () => books.Find(payment));

    /// <summary>A run is over before the day is.</summary>
    public async IAsyncEnumerable<PaymentNews> Statement(DateOnly date, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    async Task<T> Ask<T>(string what, PaymentId of, Func<T> serve)
    {
        for (var retry = 0; ; retry++)
        {
            try
            {
                return await Attempt(what, of, serve).ConfigureAwait(false);
            }
            catch (PaymentProviderUnavailableException) when (retry < Options.RetriesMax)
            {
                await node.Pause(Options.RetryPause * (1 << retry)).ConfigureAwait(false);
            }
        }
    }

    async Task<T> Attempt<T>(string what, PaymentId of, Func<T> serve)
    {
        _breaker.ThrowIfOpen();
        try
        {
            var answer = await Exchange(what, of, serve).ConfigureAwait(false);
            _breaker.Note(isFailure: false);
            return answer;
        }
        catch (PaymentProviderUnavailableException)
        {
            _breaker.Note(isFailure: true);
            throw;
        }
    }

    async Task<T> Exchange<T>(string what, PaymentId of, Func<T> serve)
    {
        if (faults.Strikes(Fault.ProviderError))
        {
            return await link.Call<T>(what, of, () => throw new PaymentProviderUnavailableException("The payment provider answers 500.")).ConfigureAwait(false);
        }

        if (faults.Strikes(Fault.ProviderSlow))
        {
            // It takes effect when nobody waits any more, perhaps after later attempts or requests.
            scheduler.After(scheduler.Between(Options.AttemptTimeout, Options.AttemptTimeout * 10), () => Late(serve));
            await node.Pause(Options.AttemptTimeout).ConfigureAwait(false);
            throw new PaymentProviderUnavailableException("The payment provider does not answer in time.");
        }

        return await link.Call(what, of, serve).ConfigureAwait(false);
    }

    static void Late<T>(Func<T> serve)
    {
        try
        {
            serve();
        }
        catch (PaymentProviderFaultException)
        {
            // It came too late to make sense, and the provider refused it.
        }
    }
}

/// <summary>Opens when too many calls fail, and lets one try again after a while.</summary>
sealed class Breaker(HttpPaymentProviderOptions options, Scheduler scheduler)
{
    readonly Queue<(DateTimeOffset At, bool IsFailure)> _calls = [];
    DateTimeOffset _openUntil;
    bool _isTrying;

    public void ThrowIfOpen()
    {
        if (scheduler.Now < _openUntil || _isTrying)
        {
            throw new PaymentProviderUnavailableException("The payment provider is not asked: it failed too often a moment ago.");
        }

        _isTrying = _openUntil != default;
    }

    public void Note(bool isFailure)
    {
        if (_isTrying)
        {
            _isTrying = false;
            _openUntil = isFailure ? scheduler.Now + options.BreakerOpens : default;
            _calls.Clear();
            return;
        }

        _calls.Enqueue((scheduler.Now, isFailure));
        while (_calls.Peek().At + options.BreakerSampling < scheduler.Now)
        {
            _calls.Dequeue();
        }

        if (_calls.Count >= options.BreakerCallsMin && _calls.Count(c => c.IsFailure) >= options.BreakerFailureRatio * _calls.Count)
        {
            _openUntil = scheduler.Now + options.BreakerOpens;
        }
    }
}
