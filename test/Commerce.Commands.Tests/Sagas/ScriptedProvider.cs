using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Commerce.Commands.Payments;
using Commerce.Domain;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>A payment provider that keeps books, answers a key once, declines what the token says, and can be down.</summary>
sealed class ScriptedProvider : IPaymentProvider
{
    public const string Declined = "tok_declined";

    /// <summary>Held, but not said so: a callback is to tell.</summary>
    public const string Pending = "tok_pending";

    readonly ConcurrentDictionary<string, ProviderAnswer> _answers = [];
    volatile bool _isDown;
    int _refusedCalls;

    public bool IsDown
    {
        get => _isDown;
        set => _isDown = value;
    }

    /// <summary>Calls that found it down.</summary>
    public int RefusedCalls => _refusedCalls;

    public ConcurrentQueue<(string Kind, PaymentId Payment, decimal Amount)> Books { get; } = [];

    /// <summary>What it refuses although it had agreed to it: <c>capture</c>, <c>void</c> or <c>refund</c>; null: nothing.</summary>
    public string? Refuses { get; set; }

    /// <summary>What it was asked for and refused.</summary>
    public ConcurrentQueue<string> Refusals { get; } = [];

    /// <summary>What it tells of when it is asked what it knows.</summary>
    public ConcurrentQueue<PaymentNews> Known { get; } = [];

    /// <summary>Authorisations wait for this.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public async Task<ProviderAnswer> Authorise(PaymentId payment, OrderId order, Money amount, string? token, CancellationToken cancellationToken)
    {
        await (Gate?.Task ?? Task.CompletedTask).WaitAsync(cancellationToken);
        var answer = Answer($"{payment}", () => token == Declined ? new ProviderAnswer.Declined("declined") : Book("authorise", payment, amount.Amount));
        return token == Pending ? new ProviderAnswer.Pending() : answer;
    }

    public Task<ProviderAnswer> Capture(PaymentId payment, Guid capture, Money amount, CancellationToken cancellationToken) =>
        Task.FromResult(Agreed("capture", $"{payment}/{capture}", payment, amount.Amount));

    public Task<ProviderAnswer> Void(PaymentId payment, CancellationToken cancellationToken) =>
        Task.FromResult(Agreed("void", $"{payment}/void", payment, 0));

    public Task<ProviderAnswer> Refund(PaymentId payment, Guid refund, Money amount, CancellationToken cancellationToken) =>
        Task.FromResult(Agreed("refund", $"{payment}/{refund}", payment, amount.Amount));

    ProviderAnswer Agreed(string kind, string key, PaymentId payment, decimal amount)
    {
        if (Refuses != kind)
        {
            return Answer(key, () => Book(kind, payment, amount));
        }

        Refusals.Enqueue(kind);
        return new ProviderAnswer.Declined("not-now");
    }

    public Task<IReadOnlyList<PaymentNews>> Find(PaymentId payment, CancellationToken cancellationToken)
    {
        RefuseWhileDown();
        return Task.FromResult<IReadOnlyList<PaymentNews>>([.. Known.Where(n => n.Payment == payment)]);
    }

    public async IAsyncEnumerable<PaymentNews> Statement(DateOnly date, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RefuseWhileDown();
        foreach (var news in Known.Where(n => n.At is { } at && DateOnly.FromDateTime(at.UtcDateTime) == date))
        {
            yield return news;
            await Task.CompletedTask;
        }
    }

    void RefuseWhileDown()
    {
        if (_isDown)
        {
            Interlocked.Increment(ref _refusedCalls);
            throw new PaymentProviderUnavailableException("It is down.");
        }
    }

    ProviderAnswer Answer(string key, Func<ProviderAnswer> first)
    {
        RefuseWhileDown();
        lock (_answers)
        {
            return _answers.GetOrAdd(key, _ => first());
        }
    }

    ProviderAnswer.Approved Book(string kind, PaymentId payment, decimal amount)
    {
        Books.Enqueue((kind, payment, amount));
        return new($"ref-{Books.Count}");
    }
}
