using System.Text;

namespace Commerce.Domain.FlashSales;

/// <summary>The customers of a sale by number, each with the units that are theirs: 8 bytes and the name's letters, one byte each.</summary>
sealed class CustomerBook
{
    const int NamesChunkLength = 65_536;

    readonly ChunkedList<Customer> _customers = new();
    readonly HashedPlaces _byName = new();
    readonly List<byte[]> _names = [];
    readonly Func<int, string, bool> _isCustomer;
    readonly Func<int, int> _hashOf;
    int _namesEnd;

    public CustomerBook() => (_isCustomer, _hashOf) = ((number, name) => Ascii.Equals(NameAt(_customers[number]), name), number => HashOf(NameAt(_customers[number])));

    /// <summary>Number of a customer; -1: not one.</summary>
    public int Find(CustomerId customer)
    {
        Span<byte> name = stackalloc byte[CustomerId.LengthMax];
        return _byName.Find(HashOf(name[..Encoding.ASCII.GetBytes(customer.Value, name)]), customer.Value, _isCustomer);
    }

    public int FindOrAdd(CustomerId customer, out bool isNew)
    {
        Span<byte> buffer = stackalloc byte[CustomerId.LengthMax];
        var name = buffer[..Encoding.ASCII.GetBytes(customer.Value, buffer)];
        var number = _byName.Find(HashOf(name), customer.Value, _isCustomer);
        isNew = number < 0;
        return isNew ? Add(name, 0) : number;
    }

    /// <summary>Writes all of them down, in the order of their numbers.</summary>
    public void Write(BinaryWriter to)
    {
        to.Write7BitEncodedInt(_customers.Count);
        for (var number = 0; number < _customers.Count; number++)
        {
            to.Write(_customers[number].NameLength);
            to.Write(NameAt(_customers[number]));
            to.Write(_customers[number].Units);
        }
    }

    /// <summary>Takes in those who were written down; there was nobody before.</summary>
    public void Read(BinaryReader from)
    {
        Span<byte> buffer = stackalloc byte[CustomerId.LengthMax];
        for (var left = from.Read7BitEncodedInt(); left > 0; left--)
        {
            var name = buffer[..from.ReadByte()];
            from.ReadExactly(name);
            Add(name, from.ReadUInt16());
        }
    }

    public CustomerId NameOf(int number) => CustomerId.Of(Encoding.ASCII.GetString(NameAt(_customers[number])));

    public int UnitsOf(int number) => _customers[number].Units;

    public void AddUnits(int number, int units) => _customers[number] = _customers[number] with { Units = (ushort)(_customers[number].Units + units) };

    public void RemoveLast()
    {
        var last = _customers[_customers.Count - 1];
        _byName.RemoveLast(HashOf(NameAt(last)), _customers.Count - 1);
        _customers.RemoveLast();
        _namesEnd = last.NameAt;
    }

    int Add(ReadOnlySpan<byte> name, ushort units)
    {
        _byName.Add(HashOf(name), _customers.Count, _hashOf);
        _customers.Add(new(Store(name), (byte)name.Length, units));
        return _customers.Count - 1;
    }

    // A name lies in one chunk: where it does not fit, it begins the next.
    int Store(ReadOnlySpan<byte> name)
    {
        var at = (_namesEnd % NamesChunkLength) + name.Length > NamesChunkLength ? (_namesEnd / NamesChunkLength + 1) * NamesChunkLength : _namesEnd;
        if (at / NamesChunkLength == _names.Count)
        {
            _names.Add(new byte[NamesChunkLength]);
        }

        name.CopyTo(_names[at / NamesChunkLength].AsSpan(at % NamesChunkLength));
        _namesEnd = at + name.Length;
        return at;
    }

    ReadOnlySpan<byte> NameAt(Customer customer) => _names[customer.NameAt / NamesChunkLength].AsSpan(customer.NameAt % NamesChunkLength, customer.NameLength);

    // Seeded anew in each process: nobody can choose names that collide.
    static int HashOf(ReadOnlySpan<byte> name)
    {
        var hash = new HashCode();
        hash.AddBytes(name);
        return hash.ToHashCode();
    }

    readonly record struct Customer(int NameAt, byte NameLength, ushort Units);
}
