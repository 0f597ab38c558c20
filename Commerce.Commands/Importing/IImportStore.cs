using System.Collections.Immutable;
using Commerce.Domain;

namespace Commerce.Commands.Importing;

/// <summary>A file by its content: under another name it is the same.</summary>
/// <param name="Sha256">Of its bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Name">As the person named it, without folders.</param>
/// <param name="Bytes">How long it is.</param>
public sealed record ImportFile(string Sha256, string Name, long Bytes);

/// <summary>How far a file is imported.</summary>
/// <param name="NextOffset">Byte at which to go on; 0: nothing of it is imported.</param>
/// <param name="NextLine">Number of the line there, from 1.</param>
/// <param name="IsDone">Whether all of it is imported.</param>
/// <param name="Figures">Where its lines went so far.</param>
public sealed record FileProgress(long NextOffset, long NextLine, bool IsDone, ImportFigures Figures)
{
    /// <summary>Nothing yet.</summary>
    public static readonly FileProgress None = new(0, 1, IsDone: false, new ImportFigures());
}

/// <summary>What is to be remembered of a chunk, all at once, when its events are in the log.</summary>
/// <param name="File">Of which file.</param>
/// <param name="Before">Its progress before the chunk.</param>
/// <param name="After">Its progress behind it.</param>
/// <param name="Invoices">Invoices of the chunk with the line where each begins.</param>
/// <param name="Sales">Sales to known customers, new or changed.</param>
/// <param name="Rejected">Lines that are not imported.</param>
public sealed record ChunkRecord(
    ImportFile File,
    FileProgress Before,
    FileProgress After,
    IReadOnlyDictionary<string, long> Invoices,
    IReadOnlyList<SaleLine> Sales,
    ImmutableArray<RejectedLine> Rejected);

/// <summary>A chunk that is being appended: should the import end now, some of it is in the log.</summary>
/// <param name="Sha256">Of which file.</param>
/// <param name="Name">Its name.</param>
/// <param name="Offset">Byte at which the chunk begins.</param>
/// <param name="ChunkLines">Lines that were wanted of it: with the offset, this says where it ends.</param>
public sealed record OpenChunk(string Sha256, string Name, long Offset, int ChunkLines);

/// <summary>
/// What an import remembers between chunks and runs: how far each file is, which invoices are known, what customers bought.
/// One import at a time holds it.
/// </summary>
public interface IImportStore
{
    /// <summary>How far a file is imported.</summary>
    Task<FileProgress> Progress(ImportFile file, CancellationToken cancellationToken);

    /// <summary>Which of these invoices are imported, each with a word on where from.</summary>
    Task<IReadOnlyDictionary<string, string>> KnownInvoices(IReadOnlyCollection<string> invoices, CancellationToken cancellationToken);

    /// <summary>Sales of these SKUs to these customers of which something can still come back.</summary>
    Task<IReadOnlyList<SaleLine>> OpenSales(IReadOnlyCollection<(CustomerId Customer, Sku Sku)> wanted, CancellationToken cancellationToken);

    /// <summary>The chunk that was begun and not remembered, or null.</summary>
    Task<OpenChunk?> Interrupted(CancellationToken cancellationToken);

    /// <summary>Notes, durably, that a chunk is about to be appended.</summary>
    Task Begin(OpenChunk chunk, CancellationToken cancellationToken);

    /// <summary>Remembers a chunk, durably, all of it or nothing; then none is open.</summary>
    Task Remember(ChunkRecord chunk, CancellationToken cancellationToken);

    /// <summary>Lines of a file that were rejected, in order.</summary>
    IAsyncEnumerable<RejectedLine> Rejected(ImportFile file, CancellationToken cancellationToken);
}
