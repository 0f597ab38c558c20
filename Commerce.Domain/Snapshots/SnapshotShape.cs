namespace Commerce.Domain.Snapshots;

/// <summary>How a state is written down, to be read back as the same state.</summary>
/// <param name="Version">Another number for another shape, and whenever Evolve makes another state of the same events: what was written with another one is not read.</param>
/// <param name="Write">Writes a state.</param>
/// <param name="Read">Reads what <paramref name="Write"/> wrote.</param>
/// <typeparam name="TState">State of an aggregate.</typeparam>
public sealed record SnapshotShape<TState>(int Version, Action<TState, BinaryWriter> Write, Func<BinaryReader, TState> Read);
