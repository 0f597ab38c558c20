using Commerce.Domain;
using Commerce.Domain.Payments;

namespace Commerce.Projections.Auditing;

/// <summary>What the log says of one payment.</summary>
sealed class PaymentAccount(string stream)
{
    public string Stream { get; } = stream;

    public PaymentStatus Status { get; set; }

    public Currency Currency { get; set; }

    public decimal Amount { get; set; }

    /// <summary>Until when the provider's answer was waited for; null: there was no such moment.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>Whether the provider's yes came when the payment was given up.</summary>
    public bool IsLate { get; set; }

    public Transfers Captures { get; } = new();

    public Transfers Refunds { get; } = new();
}

/// <summary>Captures or refunds of one payment.</summary>
sealed class Transfers
{
    readonly Dictionary<Guid, decimal> _open = [];
    readonly HashSet<Guid> _done = [];

    /// <summary>Asked for, done or not.</summary>
    public decimal Requested { get; private set; }

    public decimal Done { get; private set; }

    public bool AreAllDone => _open.Count == 0;

    public bool AreAny => _open.Count + _done.Count > 0;

    /// <summary>Whether the id is new.</summary>
    public bool Request(Guid id, decimal amount)
    {
        Requested += amount;
        return !_done.Contains(id) && _open.TryAdd(id, amount);
    }

    /// <summary>What was asked for under the id and is not done yet; null: nothing.</summary>
    public decimal? Complete(Guid id, decimal amount)
    {
        Done += amount;
        return _open.Remove(id, out var asked) && _done.Add(id) ? asked : null;
    }
}
