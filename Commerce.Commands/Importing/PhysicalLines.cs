namespace Commerce.Commands.Importing;

/// <summary>One line of a file as it lies there.</summary>
/// <param name="Number">From 1.</param>
/// <param name="NextOffset">Byte at which the next line begins.</param>
/// <param name="Bytes">Its bytes without the line break; null: longer than <see cref="PhysicalLines.LineBytesMax"/>.</param>
readonly record struct PhysicalLine(long Number, long NextOffset, ReadOnlyMemory<byte>? Bytes);

/// <summary>The lines of a file from an offset on, with a look ahead. Line breaks are LF or CR LF; a last line needs none.</summary>
sealed class PhysicalLines
{
    /// <summary>Bytes of one line at most: a sale has a hundred or so, and a file without line breaks must not fill the memory.</summary>
    public const int LineBytesMax = 16 * 1024;

    const int BufferBytes = 64 * 1024;

    readonly Stream _stream;
    readonly byte[] _buffer = new byte[BufferBytes];
    readonly List<PhysicalLine> _ahead = [];
    int _start;
    int _end;
    long _offset;
    long _number;

    /// <summary>Reads on from a place that an earlier line named.</summary>
    public PhysicalLines(Stream stream, long offset, long number)
    {
        (_stream, _offset, _number) = (stream, offset, number);
        stream.Seek(offset, SeekOrigin.Begin);
    }

    /// <summary>The line so many places ahead (0: the next one), or null behind the last.</summary>
    public PhysicalLine? Peek(int ahead)
    {
        while (_ahead.Count <= ahead)
        {
            if (Next() is not { } line)
            {
                return null;
            }

            _ahead.Add(line);
        }

        return _ahead[ahead];
    }

    /// <summary>Goes on behind so many lines.</summary>
    public void Advance(int lines) => _ahead.RemoveRange(0, lines);

    PhysicalLine? Next()
    {
        var length = FindBreak();
        if (length < 0 && _end - _start == 0)
        {
            return null;
        }

        var number = ++_number;
        if (length > LineBytesMax || (length < 0 && _end - _start > LineBytesMax))
        {
            return SkipLong(number);
        }

        var taken = length < 0 ? _end - _start : length;
        var bytes = _buffer.AsSpan(_start, taken);
        ReadOnlyMemory<byte> line = (bytes is [.., (byte)'\r'] ? bytes[..^1] : bytes).ToArray();
        Take(length < 0 ? taken : taken + 1);
        return new PhysicalLine(number, _offset, line);
    }

    // Length up to the next line break; -1: none within the limit, or none before the end.
    int FindBreak()
    {
        while (true)
        {
            var found = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (found >= 0 || _end - _start > LineBytesMax || !Fill())
            {
                return found;
            }
        }
    }

    PhysicalLine SkipLong(long number)
    {
        do
        {
            var found = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (found >= 0)
            {
                Take(found + 1);
                break;
            }

            Take(_end - _start);
        }
        while (Fill());
        return new PhysicalLine(number, _offset, null);
    }

    void Take(int bytes)
    {
        _start += bytes;
        _offset += bytes;
    }

    bool Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}
