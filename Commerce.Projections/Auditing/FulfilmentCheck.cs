using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;

namespace Commerce.Projections.Auditing;

/// <summary>
/// Each process that fulfils an order: begun once, never both undone and confirmed, and at its end where all must be
/// settled: undone where it began to undo, else confirmed with stock and money moved once for every shipment and every return
/// that it noted, and a rest that was called off free again.
/// </summary>
sealed class FulfilmentCheck(AuditBook book) : AuditCheck(book)
{
    readonly Dictionary<StreamName, Process> _processes = [];

    public override void On(RecordedEvent recorded, object? @event)
    {
        if (@event is not FulfilmentEvent fulfilment)
        {
            return;
        }

        // A cancellation may overtake the placing, so the first event need not be the beginning.
        if (!_processes.TryGetValue(recorded.Stream, out var process))
        {
            process = new Process();
            _processes.Add(recorded.Stream, process);
        }

        process.LastSeen = Place.Of(recorded);
        if (process.Apply(fulfilment) is { } wrong)
        {
            Book.Offend(recorded, wrong, $"{recorded.Type} cannot follow what the process noted before.");
        }
    }

    public override void Finish()
    {
        if (!Book.Options.RequireSettled)
        {
            return;
        }

        foreach (var (stream, process) in _processes.Where(p => !p.Value.IsEnded))
        {
            var (code, detail) = process.IsCompensating
                ? ("fulfilment-compensating", $"Order {stream.Id} is still compensating: its process has begun to undo it, and has not noted that nothing is left.")
                : ("fulfilment-open", "The process that fulfils the order has not ended.");
            Book.Offend(process.LastSeen, code, detail);
        }
    }

    public override AuditReport Report(AuditReport report) => report with
    {
        Fulfilments = new FulfilmentFigures { Begun = _processes.Values.Count(p => p.IsBegun), Ended = _processes.Values.Count(p => p.IsEnded) },
    };

    /// <summary>One order's process as its stream tells it.</summary>
    sealed class Process
    {
        readonly HashSet<Guid> _stockDue = [];
        readonly HashSet<Guid> _moneyDue = [];
        readonly HashSet<Guid> _moneyMoved = [];
        readonly HashSet<Guid> _noted = [];
        bool _isConfirmed;
        bool _isUndoing;
        bool _isUndone;
        bool _isRestCancelled;
        bool _isRestReleased;

        public Place LastSeen { get; set; }

        public bool IsBegun { get; private set; }

        public bool IsCompensating => _isUndoing ? !_isUndone : _isRestCancelled && !_isRestReleased;

        public bool IsEnded => IsBegun && !IsCompensating && (_isUndone || _isConfirmed) && _stockDue.Count == 0 && _moneyDue.Count == 0 && _moneyMoved.IsSubsetOf(_noted);

        /// <summary>The code of what is wrong with it, or null.</summary>
        public string? Apply(FulfilmentEvent @event)
        {
            switch (@event)
            {
                case FulfilmentEvent.Started or FulfilmentEvent.Imported:
                    (var again, IsBegun) = (IsBegun, true);
                    _isConfirmed |= @event is FulfilmentEvent.Imported;
                    return again ? "fulfilment-begun-twice" : null;
                case FulfilmentEvent.OrderConfirmed:
                    _isConfirmed = true;
                    return _isUndone ? "fulfilment-confirmed-though-undone" : null;
                case FulfilmentEvent.OrderCancelled or FulfilmentEvent.OrderRejected or FulfilmentEvent.PaymentDeclined or FulfilmentEvent.PaymentExpired:
                    _isUndoing = true;
                    return null;
                case FulfilmentEvent.RestCancelled:
                    // Word of it may overtake word of the shipment before it, and of the confirmation; it implies them.
                    (var called, _isRestCancelled, _isConfirmed) = (_isRestCancelled, true, true);
                    return called ? "fulfilment-rest-twice" : null;
                case FulfilmentEvent.RestReleased:
                    (var released, _isRestReleased) = (_isRestReleased, true);
                    return released || !_isRestCancelled ? "fulfilment-rest-released" : null;
                case FulfilmentEvent.Undone:
                    (var undone, _isUndone, _isUndoing) = (_isUndone, true, true);
                    return undone ? "fulfilment-undone-twice" : null;
                case FulfilmentEvent.ShipmentNoted e:
                    // Word of a shipment may overtake word of the confirmation; it implies it.
                    _isConfirmed = true;
                    return Note(e.Shipment, e.Amount.Amount);
                case FulfilmentEvent.ReturnNoted e:
                    return Note(e.Return, e.Amount.Amount);
                case FulfilmentEvent.StockShipped e:
                    return _stockDue.Remove(e.Shipment) ? null : "fulfilment-stock-twice";
                case FulfilmentEvent.StockReturned e:
                    return _stockDue.Remove(e.Return) ? null : "fulfilment-stock-twice";
                case FulfilmentEvent.PaymentAuthorised or FulfilmentEvent.PaymentAuthorisedLate:
                    // An attempt that was cut short may have asked for it, or it was given up before: then there is something to undo again.
                    _isUndone = false;
                    _isUndoing |= @event is FulfilmentEvent.PaymentAuthorisedLate;
                    return null;
                case FulfilmentEvent.PaymentCaptured e:
                    return Move(e.Shipment);
                case FulfilmentEvent.PaymentRefunded e:
                    return Move(e.Return);
                default:
                    return null;
            }
        }

        string? Note(Guid id, decimal amount)
        {
            _stockDue.Add(id);
            if (amount != 0 && !_moneyMoved.Contains(id))
            {
                _moneyDue.Add(id);
            }

            return _noted.Add(id) ? null : "fulfilment-noted-twice";
        }

        // Word of the money may overtake word of the shipment or return that it is for.
        string? Move(Guid id)
        {
            _moneyDue.Remove(id);
            return _moneyMoved.Add(id) ? null : "fulfilment-money-twice";
        }
    }
}
