namespace Commerce.Commands.Importing;

/// <summary>A stretch of a file that is imported at once: lines of whole invoices as far as their lines stand together.</summary>
/// <param name="Lines">Lines that could be read.</param>
/// <param name="Rejected">Lines that could not.</param>
/// <param name="InFile">What all of them count, those that cannot be read as lines only.</param>
/// <param name="RejectedTally">The same for the rejected alone.</param>
/// <param name="NextOffset">Byte at which the file goes on.</param>
/// <param name="NextLine">Number of the line there.</param>
/// <param name="IsLast">Whether the file ends there.</param>
sealed record Chunk(
    IReadOnlyList<RetailLine> Lines,
    IReadOnlyList<RejectedLine> Rejected,
    Tally InFile,
    Tally RejectedTally,
    long NextOffset,
    long NextLine,
    bool IsLast);

/// <summary>Reads an Online Retail file chunk by chunk, from its beginning or from where an earlier chunk ended.</summary>
sealed class RetailFileReader(Stream file, FileProgress from)
{
    /// <summary>Lines after which a chunk ends with the invoice at hand: large enough that a SKU is written once for many sales, some megabytes of memory.</summary>
    public const int ChunkLinesDefault = 10_000;

    readonly CsvRecords _records = new(file, RetailLineReader.ColumnCount, from.NextOffset, from.NextLine - 1);
    CsvRecord? _ahead;

    /// <summary>The next chunk. A file without the right header is one rejected line, all others counted.</summary>
    /// <param name="linesWanted">Lines after which the chunk ends with the invoice at hand; at twice as many it ends in any case.</param>
    /// <param name="isFirst">Whether it begins with the header.</param>
    public Chunk Read(int linesWanted, bool isFirst)
    {
        var (offset, next) = (from.NextOffset, from.NextLine);
        if (isFirst && Header() is { } fault)
        {
            return WithoutHeader(fault);
        }

        var lines = new List<RetailLine>();
        var rejected = new List<RejectedLine>();
        Tally inFile = default, rejectedTally = default;
        string? invoice = null;
        while (Peek() is { } record)
        {
            var read = RetailLineReader.Read(record);
            var count = lines.Count + rejected.Count;
            if (count >= 2 * linesWanted || (count >= linesWanted && read.Line is { } line && line.Invoice != invoice))
            {
                break;
            }

            _ahead = null;
            (offset, next) = (record.NextOffset, record.NextLine);
            inFile += read.InFile;
            if (read.Line is { } good)
            {
                lines.Add(good);
                invoice = good.Invoice;
            }
            else if (read.Rejected is { } bad)
            {
                rejected.Add(bad);
                rejectedTally += read.InFile;
            }
        }

        return new(lines, rejected, inFile, rejectedTally, offset, next, IsLast: Peek() is null);
    }

    CsvRecord? Peek() => _ahead ??= _records.Read();

    string? Header()
    {
        var header = Peek();
        if (header is not null && RetailLineReader.IsHeader(header))
        {
            _ahead = null;
            return null;
        }

        return header is null ? "the file is empty" : $"the header is not {RetailLineReader.Header}; no line of the file is imported";
    }

    Chunk WithoutHeader(string fault)
    {
        var (lines, last) = (-1L, Peek());
        for (var record = last; record is not null; record = _records.Read())
        {
            (lines, last) = (lines + 1, record);
        }

        lines = Math.Max(lines, 0);
        var tally = new Tally(lines, 0, 0);
        return new([], [new RejectedLine(1, fault, lines)], tally, tally, last?.NextOffset ?? 0, last?.NextLine ?? 1, IsLast: true);
    }
}
