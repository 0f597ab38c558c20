namespace Commerce.Projections.Auditing;

/// <summary>Something in the log that the rules of the trade do not allow.</summary>
/// <param name="Stream">Where.</param>
/// <param name="Revision">The event in its stream that shows it; for what is missing at the end, the stream's last.</param>
/// <param name="Position">Position of that event in the log.</param>
/// <param name="Code">Which rule; stable, kebab case.</param>
/// <param name="Detail">One sentence for a person.</param>
public sealed record Offence(string Stream, long Revision, long Position, string Code, string Detail)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Stream} revision {Revision} (position {Position}) {Code}: {Detail}";
}
