namespace Commerce.Projections.Documents;

/// <summary>The read database cannot be reached, does not answer, or has not been built yet. Commands go on; readers come back later.</summary>
public sealed class ReadModelUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the database answers and only lacks what the role projections makes in it.</summary>
    public bool IsNotBuilt { get; init; }
}

/// <summary>The projection's checkpoint is not where the changes start from: somebody else moved it.</summary>
public sealed class CheckpointMovedException(CheckpointMove move, Exception? inner = null)
    : Exception($"The checkpoint of {move.Projection} (version {move.Version}) is not at {move.From} any more.", inner);
