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

    /// <summary>Imports the files in this order; a chunk that an earlier run left open comes first.</summary>
    /// <param name="paths">CSV files.</param>
    /// <param name="progress">Told after each chunk, or null.</param>
    /// <param name="cancellationToken">Stops; another run goes on.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="ImportException">It cannot go on.</exception>
    public async Task<ImportReport> Run(IReadOnlyList<string> paths, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var files = new List<Source>();
        foreach (var path in paths)
        {
            files.Add(await Identify(path, files, cancellationToken).ConfigureAwait(false));
        }

        await FinishInterrupted(files, cancellationToken).ConfigureAwait(false);
        var bytesTotal = files.Sum(f => f.File.Bytes);
        var (bytes, reports) = (0L, new List<FileReport>());
        foreach (var file in files)
        {
            var (before, lines) = (bytes, reports.Sum(r => r.Figures.InFiles.Lines));
            reports.Add(file.SameAs is null
                ? await Import(file, p => progress?.Report(new(before + p.NextOffset, bytesTotal, lines + p.Figures.InFiles.Lines, file.File.Name)), cancellationToken).ConfigureAwait(false)
                : new FileReport(file.File, new ImportFigures(), AddedLines: 0, file.SameAs));
            bytes += file.File.Bytes;
        }

        return new ImportReport(reports);
    }

    async Task<Source> Identify(string path, List<Source> others, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
        var file = new ImportFile(hash, Path.GetFileName(path), stream.Length);
        var same = others.Find(o => o.File.Sha256 == hash && o.SameAs is null);
        return new Source(path, file, await store.Progress(file, cancellationToken).ConfigureAwait(false), same?.File.Name);
    }

    // Some of it may be in the log, decided on what was remembered then: nothing else may be remembered before it.
    async Task FinishInterrupted(List<Source> files, CancellationToken cancellationToken)
    {
        if (await store.Interrupted(cancellationToken).ConfigureAwait(false) is { } open)
        {
            var file = files.Find(f => f.File.Sha256 == open.Sha256)
                ?? throw new ImportException($"The import of {open.Name} was interrupted: name that file as well, and it is finished first.");
            await using var stream = File.OpenRead(file.Path);
            var chunk = new RetailFileReader(stream, file.Before).Read(open.ChunkLines, isFirst: file.Before.NextOffset == 0);
            await Import(file.File, file.Before, chunk, open.ChunkLines, cancellationToken).ConfigureAwait(false);
        }
    }

    async Task<FileReport> Import(Source file, Action<FileProgress> tell, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file.Path);
        var now = await store.Progress(file.File, cancellationToken).ConfigureAwait(false);
        var reader = new RetailFileReader(stream, now);
        while (!now.IsDone)
        {
            var chunk = reader.Read(ChunkLines, isFirst: now.NextOffset == 0);
            now = await Import(file.File, now, chunk, ChunkLines, cancellationToken).ConfigureAwait(false);
            tell(now);
        }

        return new FileReport(file.File, now.Figures, now.Figures.InFiles.Lines - file.Before.Figures.InFiles.Lines, SameAs: null);
    }

    async Task<FileProgress> Import(ImportFile file, FileProgress before, Chunk chunk, int chunkLines, CancellationToken cancellationToken)
    {
        var known = await store.KnownInvoices([.. chunk.Lines.Select(l => l.Invoice).Distinct()], cancellationToken).ConfigureAwait(false);
        var open = await store.OpenSales(Wanted(chunk.Lines), cancellationToken).ConfigureAwait(false);
        var plan = ChunkPlanner.Plan(chunk.Lines, known, open);
        await store.Begin(new OpenChunk(file.Sha256, file.Name, before.NextOffset, chunkLines), cancellationToken).ConfigureAwait(false);
        await _writer.Write(string.Create(CultureInfo.InvariantCulture, $"{file.Sha256}@{before.NextOffset}"), plan, cancellationToken).ConfigureAwait(false);

        var figures = plan.Figures with { InFiles = chunk.InFile, Rejected = plan.Figures.Rejected + chunk.RejectedTally };
        var after = new FileProgress(chunk.NextOffset, chunk.NextLine, chunk.IsLast, before.Figures + figures);
        var rejected = chunk.Rejected.Concat(plan.Rejected).OrderBy(r => r.Line).ToImmutableArray();
        await store.Remember(new ChunkRecord(file, before, after, plan.Invoices, plan.Sales, rejected), cancellationToken).ConfigureAwait(false);
        return after;
    }

    static HashSet<(CustomerId Customer, Sku Sku)> Wanted(IEnumerable<RetailLine> lines) =>
        [.. lines.Where(l => l.IsCancellation && l.Quantity < 0).Select(l => (l.Customer, l.Sku)).Where(w => w.Customer is not null).Select(w => (w.Customer.GetValueOrDefault(), w.Sku))];

    /// <summary>A file of this run.</summary>
    /// <param name="Path">Where it lies.</param>
    /// <param name="File">What it is.</param>
    /// <param name="Before">How far it was when the run began.</param>
    /// <param name="SameAs">Name of an earlier file with the same content, or null.</param>
    sealed record Source(string Path, ImportFile File, FileProgress Before, string? SameAs);
}
