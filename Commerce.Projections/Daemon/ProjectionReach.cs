using Commerce.Domain.Log;

namespace Commerce.Projections.Daemon;

/// <summary>How far a projection had come when this process led it last, which may be further than its checkpoint: what came after that was none of its events.</summary>
/// <param name="Version">Version of the code that says which events are its own.</param>
/// <param name="Position">Every event up to here that is its own is in the rows.</param>
/// <param name="Saved">The checkpoint then.</param>
/// <param name="IsLedHere">Whether this process leads it still.</param>
sealed record ProjectionReach(int Version, LogPosition Position, LogPosition Saved, bool IsLedHere)
{
    /// <summary>How far it is now, by a checkpoint that was read after <paramref name="seen"/>: what was told once is told again when nobody leads it any more.</summary>
    public static LogPosition Now(ProjectionReach? seen, Checkpoint checkpoint) =>
        seen is not null && seen.Position > checkpoint.Position && seen.Holds(checkpoint) ? seen.Position : checkpoint.Position;

    /// <summary>The reach after this one: never behind it, unless rows were lost.</summary>
    public ProjectionReach Then(ProjectionReach next) => Version == next.Version && next.Saved >= Saved && next.Position < Position ? next with { Position = Position } : next;

    // A checkpoint that is behind was taken back, by a crash of the server or by hand; another version has other events of its own.
    bool Holds(Checkpoint checkpoint) => checkpoint.Version == Version && checkpoint.Position >= Saved;
}
