namespace Commerce.Simulation.Checks;

/// <summary>Something that no run may show.</summary>
/// <param name="Code">Which rule, kebab case.</param>
/// <param name="Detail">For who looks into it.</param>
sealed record Failure(string Code, string Detail)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code}: {Detail}";
}
