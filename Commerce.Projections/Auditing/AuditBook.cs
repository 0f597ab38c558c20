using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Projections.Auditing;

/// <summary>What the checks share: the account of each order, and the offences found.</summary>
/// <remarks>Memory grows with the number of streams and of lines ordered, not with the number of events.</remarks>
sealed class AuditBook(AuditOptions options)
{
    readonly List<Offence> _listed = [];
    readonly SortedDictionary<string, long> _byCode = new(StringComparer.Ordinal);
    readonly Dictionary<OrderId, OrderAccount> _orders = [];
    long _total;

    public AuditOptions Options { get; } = options;

    public IReadOnlyCollection<OrderAccount> Orders => _orders.Values;

    /// <summary>The account of an order, opened at the first event that names it.</summary>
    public OrderAccount Order(OrderId id, RecordedEvent seen)
    {
        if (!_orders.TryGetValue(id, out var account))
        {
            account = new OrderAccount(id, Place.Of(seen));
            _orders.Add(id, account);
        }

        return account;
    }

    public void Offend(RecordedEvent at, string code, string detail) => Offend(Place.Of(at), code, detail);

    public void Offend(Place at, string code, string detail)
    {
        _total++;
        _byCode[code] = _byCode.GetValueOrDefault(code) + 1;
        if (_listed.Count < Options.OffencesListedMax)
        {
            _listed.Add(new Offence(at.Stream, at.Revision, at.Position, code, detail));
        }
    }

    public AuditReport Report(AuditReport report) => report with
    {
        RequireSettled = Options.RequireSettled,
        OffencesTotal = _total,
        OffencesByCode = _byCode,
        Offences = _listed,
    };
}

/// <summary>One event's place in the log.</summary>
readonly record struct Place(string Stream, long Revision, long Position)
{
    public static Place Of(RecordedEvent recorded) => new(recorded.Stream.Value, recorded.Revision, recorded.Position.Value);
}

/// <summary>One rule book: sees every event once, in the log's order, then the end.</summary>
abstract class AuditCheck(AuditBook book)
{
    protected AuditBook Book { get; } = book;

    /// <summary>The next event; null where its type is not known.</summary>
    public abstract void On(RecordedEvent recorded, object? @event);

    /// <summary>The log has ended.</summary>
    public virtual void Finish()
    {
    }

    /// <summary>The report with this check's figures.</summary>
    public virtual AuditReport Report(AuditReport report) => report;
}
