using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Commands.Importing;

/// <summary>How far an import is.</summary>
/// <param name="Bytes">Of all its files, read so far.</param>
/// <param name="BytesTotal">Of all its files.</param>
/// <param name="Lines">Read so far, those of earlier runs included.</param>
/// <param name="File">The file at hand.</param>
public sealed record ImportProgress(long Bytes, long BytesTotal, long Lines, string File);

/// <summary>
/// Imports Online Retail files as past trade, chunk by chunk: what a chunk leads to is planned, appended, then remembered.
/// The plan follows from the file and from what is remembered, and appending it twice is appending it once: an import that
/// was stopped anywhere, run again, ends as if nothing had happened, and run once more adds nothing.
/// </summary>
/// <remarks>See <see cref="ChunkPlanner"/> for what becomes of a line. Memory is that of one chunk and of bounded caches.</remarks>
public sealed class RetailImport(IEventLog log, IImportStore store)
{
    readonly ChunkWriter _writer = new(log);

    /// <summary>Lines of a chunk, roughly: more are fewer appends and more memory.</summary>
    public int ChunkLines { get; init; } = RetailFileReader.ChunkLinesDefault;

    /// <summary>Imports the files in this order.</summary>
    /// <param name="paths">CSV files.</param>
    /// <param name="progress">Told after each chunk, or null.</param>
    /// <param name="cancellationToken">Stops; another run goes on.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="ImportException">It cannot go on.</exception>
    public async Task<ImportReport> Run(IReadOnlyList<string> paths, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var bytesTotal = paths.Sum(p => new FileInfo(p).Length);
        var (bytes, reports) = (0L, new List<FileReport>());
        foreach (var path in paths)
        {
            await using var stream = File.OpenRead(path);
            var file = await Identify(path, stream, cancellationToken).ConfigureAwait(false);
            if (reports.FirstOrDefault(r => r.File.Sha256 == file.Sha256) is { } same)
            {
                reports.Add(new FileReport(file, new ImportFigures(), AddedLines: 0, SameAs: same.File.Name));
            }
            else
            {
                var before = bytes;
                var lines = reports.Sum(r => r.Figures.InFiles.Lines);
                reports.Add(await Import(file, stream, p => progress?.Report(new(before + p.NextOffset, bytesTotal, lines + p.Figures.InFiles.Lines, file.Name)), cancellationToken).ConfigureAwait(false));
            }

            bytes += file.Bytes;
        }

        return new ImportReport(reports);
    }

    static async Task<ImportFile> Identify(string path, FileStream stream, CancellationToken cancellationToken)
    {
        var hash = await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
        return new ImportFile(Convert.ToHexStringLower(hash), Path.GetFileName(path), stream.Length);
    }

    async Task<FileReport> Import(ImportFile file, FileStream stream, Action<FileProgress> tell, CancellationToken cancellationToken)
    {
        var before = await store.Progress(file, cancellationToken).ConfigureAwait(false);
        var reader = new RetailFileReader(stream, before);
        var now = before;
        while (!now.IsDone)
        {
            var chunk = reader.Read(ChunkLines, isFirst: now.NextOffset == 0);
            now = await Import(file, now, chunk, cancellationToken).ConfigureAwait(false);
            tell(now);
        }

        return new FileReport(file, now.Figures, now.Figures.InFiles.Lines - before.Figures.InFiles.Lines, SameAs: null);
    }

    async Task<FileProgress> Import(ImportFile file, FileProgress before, Chunk chunk, CancellationToken cancellationToken)
    {
        var known = await store.KnownInvoices([.. chunk.Lines.Select(l => l.Invoice).Distinct()], cancellationToken).ConfigureAwait(false);
        var open = await store.OpenSales(Wanted(chunk.Lines), cancellationToken).ConfigureAwait(false);
        var plan = ChunkPlanner.Plan(chunk.Lines, known, open);
        await _writer.Write(string.Create(CultureInfo.InvariantCulture, $"{file.Sha256}@{before.NextOffset}/{ChunkLines}"), plan, cancellationToken).ConfigureAwait(false);

        var figures = plan.Figures with { InFiles = chunk.InFile, Rejected = plan.Figures.Rejected + chunk.RejectedTally };
        var after = new FileProgress(chunk.NextOffset, chunk.NextLine, chunk.IsLast, before.Figures + figures);
        var rejected = chunk.Rejected.Concat(plan.Rejected).OrderBy(r => r.Line).ToImmutableArray();
        await store.Remember(new ChunkRecord(file, before, after, plan.Invoices, plan.Sales, rejected), cancellationToken).ConfigureAwait(false);
        return after;
    }

    static HashSet<(CustomerId Customer, Sku Sku)> Wanted(IEnumerable<RetailLine> lines) =>
        [.. lines.Where(l => l.IsCancellation && l.Quantity < 0).Select(l => (l.Customer, l.Sku)).Where(w => w.Customer is not null).Select(w => (w.Customer.GetValueOrDefault(), w.Sku))];
}
