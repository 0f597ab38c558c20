using System.Buffers;
using System.Buffers.Binary;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>
/// An array as the server sends it (array_send in PostgreSQL's arrayfuncs.c), element by element: dimensions, a flag for nulls, the type of elements; length
/// and lower bound of each dimension; then each element's length and its bytes. Npgsql's own reading costs a multiple of that for each element.
/// </summary>
readonly ref struct SentArray : IDisposable
{
    /// <summary>Of an array with one dimension.</summary>
    const int HeaderBytes = 5 * sizeof(int);

    readonly byte[] _rented;
    readonly Span<byte> _sent;

    SentArray(byte[] rented, int length)
    {
        _rented = rented;
        _sent = rented.AsSpan(0, length);
    }

    /// <summary>Takes it from a column; to be disposed of.</summary>
    /// <param name="reader">At the row.</param>
    /// <param name="ordinal">A column that is selected with array_send.</param>
    public static SentArray Take(NpgsqlDataReader reader, int ordinal)
    {
        var length = (int)reader.GetBytes(ordinal, 0, null, 0, 0);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        reader.GetBytes(ordinal, 0, rented, 0, length);
        return new(rented, length);
    }

    /// <summary>Its elements, in their order.</summary>
    public Enumerator GetEnumerator() => new(_sent[HeaderBytes..]);

    /// <summary>Gives its bytes back: elements are good until then.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);

    /// <summary>Walks over the elements.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> _rest = rest;

        /// <summary>The element's bytes.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Goes on to the next.</summary>
        /// <returns>False: there is none.</returns>
        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            var end = sizeof(int) + BinaryPrimitives.ReadInt32BigEndian(_rest);
            Current = _rest[sizeof(int)..end];
            _rest = _rest[end..];
            return true;
        }
    }
}
