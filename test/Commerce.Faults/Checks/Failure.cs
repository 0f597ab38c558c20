namespace Commerce.Faults.Checks;

/// <summary>What no run may show.</summary>
/// <param name="Code">Stable, kebab case.</param>
/// <param name="Text">For a person.</param>
sealed record Failure(string Code, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code}: {Text}";
}
