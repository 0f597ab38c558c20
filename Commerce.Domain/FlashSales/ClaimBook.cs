using Commerce.Domain.Log;

namespace Commerce.Domain.FlashSales;

/// <summary>
/// The claims and customers of one sale. A million of them would be too fat and too slow as immutable dictionaries, so the book
/// is changed in place and its owner names the change that it stands at: whoever asks for an earlier one takes back what came
/// after, as far as an append that failed reaches; whoever asks for what was taken back is refused.
/// </summary>
/// <remarks>77 bytes a customer of 16 letters with one claim, where there are a million. Not for more than one thread at a time.</remarks>
sealed class ClaimBook
{
    /// <summary>Changes that can be taken back: those of one append, for what was appended stays.</summary>
    const int UndoableMax = IEventLog.AppendEventsMax;

    /// <summary>Of a sale that is not announced: nothing is in it, ever.</summary>
    public static readonly ClaimBook Empty = new();

    readonly ChunkedList<ClaimEntry> _claims = new();
    readonly HashedPlaces _byId = new();
    readonly CustomerBook _customers = new();
    readonly RecentStack<Undo> _undo = new(UndoableMax);
    readonly Func<int, Guid, bool> _isClaim;
    readonly Func<int, int> _hashOf;
    int _changes;

    /// <summary>A book without a claim.</summary>
    public ClaimBook() => (_isClaim, _hashOf) = ((place, id) => _claims[place].Id == id, place => _claims[place].Id.GetHashCode());

    /// <summary>The claim at a place, from 0.</summary>
    public ClaimEntry this[int place] => _claims[place];

    /// <summary>This book as it was after so many changes.</summary>
    /// <exception cref="InvalidOperationException">Those changes were taken back, or lie too far back.</exception>
    public ClaimBook At(int changes)
    {
        if (changes > _changes)
        {
            throw new InvalidOperationException("This state of the sale was taken back: a later one began from an earlier one.");
        }

        while (_changes > changes)
        {
            TakeBack(_undo.Pop());
        }

        return this;
    }

    /// <summary>Place of a claim, from 0; -1: there is none.</summary>
    public int Find(Guid id) => _byId.Find(id.GetHashCode(), id, _isClaim);

    /// <summary>Units that a customer has.</summary>
    public int UnitsOf(CustomerId customer) => _customers.Find(customer) is var number and >= 0 ? _customers.UnitsOf(number) : 0;

    /// <summary>Whether a claim is this customer's.</summary>
    public bool IsBy(ClaimEntry claim, CustomerId customer) => _customers.Find(customer) == claim.Customer;

    /// <summary>Whose claim it is.</summary>
    public CustomerId CustomerOf(ClaimEntry claim) => _customers.NameOf(claim.Customer);

    /// <summary>Adds a claim; the number of changes then.</summary>
    public int Add(FlashSaleEvent.Claimed claimed)
    {
        var customer = _customers.FindOrAdd(claimed.Customer, out var isNew);
        _customers.AddUnits(customer, claimed.Quantity);
        var claim = new ClaimEntry(claimed.Claim.Value, customer, claimed.Quantity, claimed.Part, claimed.PayUntil);
        _byId.Add(claim.Id.GetHashCode(), _claims.Count, _hashOf);
        _claims.Add(claim);
        return Done(new Undo(_claims.Count - 1, claim, isNew ? UndoKind.AddedWithCustomer : UndoKind.Added));
    }

    /// <summary>Notes a claim's payment; the number of changes then.</summary>
    public int Pay(Guid id, string token)
    {
        var place = Find(id);
        return Change(place, _claims[place].Paid(token));
    }

    /// <summary>Takes units from a claim; the number of changes then.</summary>
    public int Return(Guid id, int quantity)
    {
        var place = Find(id);
        return Change(place, _claims[place].Returned(quantity));
    }

    /// <summary>Writes all of it down, as it is now.</summary>
    public void Write(BinaryWriter to)
    {
        _customers.Write(to);
        to.Write7BitEncodedInt(_claims.Count);
        for (var place = 0; place < _claims.Count; place++)
        {
            _claims[place].Write(to);
        }
    }

    /// <summary>A book as it was written down, with nothing to take back.</summary>
    public static ClaimBook Read(BinaryReader from)
    {
        var book = new ClaimBook();
        book._customers.Read(from);
        for (var left = from.Read7BitEncodedInt(); left > 0; left--)
        {
            var claim = ClaimEntry.Read(from);
            book._byId.Add(claim.Id.GetHashCode(), book._claims.Count, book._hashOf);
            book._claims.Add(claim);
        }

        return book;
    }

    int Change(int place, ClaimEntry next)
    {
        var before = _claims[place];
        _claims[place] = next;
        _customers.AddUnits(before.Customer, next.Left - before.Left);
        return Done(new Undo(place, before, UndoKind.Changed));
    }

    int Done(Undo undo)
    {
        _undo.Push(undo);
        return ++_changes;
    }

    void TakeBack(Undo undo)
    {
        _changes--;
        var now = _claims[undo.Place];
        if (undo.Kind == UndoKind.Changed)
        {
            _claims[undo.Place] = undo.Before;
            _customers.AddUnits(now.Customer, undo.Before.Left - now.Left);
            return;
        }

        _customers.AddUnits(now.Customer, -now.Left);
        _byId.RemoveLast(now.Id.GetHashCode(), undo.Place);
        _claims.RemoveLast();
        if (undo.Kind == UndoKind.AddedWithCustomer)
        {
            _customers.RemoveLast();
        }
    }

    enum UndoKind : byte
    {
        Changed,
        Added,
        AddedWithCustomer,
    }

    readonly record struct Undo(int Place, ClaimEntry Before, UndoKind Kind);
}
