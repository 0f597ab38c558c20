namespace Commerce.Commands.Importing;

/// <summary>What became of one file.</summary>
/// <param name="File">Which.</param>
/// <param name="Figures">Where its lines went, in this run and earlier ones.</param>
/// <param name="AddedLines">Lines that this run imported.</param>
/// <param name="SameAs">Name of a file of this run with the same content, which counts instead; or null.</param>
public sealed record FileReport(ImportFile File, ImportFigures Figures, long AddedLines, string? SameAs);

/// <summary>What became of all files of an import.</summary>
/// <param name="Files">In the order in which they were read.</param>
public sealed record ImportReport(IReadOnlyList<FileReport> Files)
{
    /// <summary>The files together.</summary>
    public ImportFigures Figures { get; } = Files.Aggregate(new ImportFigures(), (sum, f) => sum + f.Figures);

    /// <summary>Lines that this run imported; 0 where all was imported before.</summary>
    public long AddedLines => Files.Sum(f => f.AddedLines);
}
