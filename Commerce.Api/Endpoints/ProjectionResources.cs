using System.Collections.Immutable;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;

namespace Commerce.Api.Endpoints;

/// <summary>A projection.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State"><c>notBuilt</c>, <c>running</c>, <c>rebuilding</c> (this version's rows are being made), <c>paused</c> or <c>standsStill</c>.</param>
/// <param name="Version">Version of the code that made its rows; 0: there are none.</param>
/// <param name="Position">Every event up to here is in its rows.</param>
/// <param name="Head">Newest position of the log.</param>
/// <param name="LagEvents">Events that it lacks, counted up to a thousand.</param>
/// <param name="LagMs">Age of the first of them, milliseconds.</param>
/// <param name="IsLedHere">Whether the process that answers runs it.</param>
/// <param name="Error">Why it stands still.</param>
/// <param name="StoppedAt">Place in the log of the event that it cannot apply.</param>
/// <param name="StoppedBy">That event's name.</param>
/// <param name="Rebuild">What is being built beside the rows that people read; missing: nothing.</param>
/// <param name="ReplacedVersion">Version of the rows that a rebuild replaced and nobody dropped; missing: there are none.</param>
sealed record ProjectionResource(
    string Name, string State, int Version, string Position, string Head, int LagEvents, long LagMs, bool IsLedHere, string? Error, string? StoppedAt, string? StoppedBy,
    RebuildResource? Rebuild, int? ReplacedVersion)
{
    /// <summary>As it is now.</summary>
    public static ProjectionResource Of(ProjectionStatus p) => new(
        p.Name, Words.Of(p.State), p.Version, p.Position.ToString(), p.Head.ToString(), p.LagEvents, (long)p.Lag.TotalMilliseconds, p.IsLedHere,
        p.Error, p.StoppedAt?.ToString(), p.StoppedBy, p.Rebuild is { } rebuild ? RebuildResource.Of(rebuild, p.Head) : null, p.Replaced?.Version);
}

/// <summary>A rebuild that is under way.</summary>
/// <param name="Version">Version of the code that makes the rows.</param>
/// <param name="Position">Every event up to here is in them.</param>
/// <param name="Percent">Part of the log that is, 0 to 100.</param>
/// <param name="PerSecond">Positions of the log in a second.</param>
/// <param name="LeftMs">How long it takes at that rate, milliseconds; missing: not known yet.</param>
/// <param name="Error">Why it stands still; people go on reading what was there before.</param>
/// <param name="StoppedAt">Place in the log of the event that it cannot apply.</param>
/// <param name="StoppedBy">That event's name.</param>
sealed record RebuildResource(int Version, string Position, double Percent, long PerSecond, long? LeftMs, string? Error, string? StoppedAt, string? StoppedBy)
{
    /// <summary>As it is now.</summary>
    public static RebuildResource Of(RebuildStatus r, LogPosition head) => new(
        r.Version, r.Position.ToString(), PercentOf(r, head), (long)r.PerSecond, r.Left is { } left ? (long)left.TotalMilliseconds : null, r.Error, r.StoppedAt?.ToString(), r.StoppedBy);

    /// <summary>Part of the log that a rebuild has gone through, 0 to 100.</summary>
    public static double PercentOf(RebuildStatus r, LogPosition head) => head.Value == 0 ? 100 : Math.Min(100, Math.Round(100d * r.Position.Value / head.Value, 1));
}

/// <summary>Every projection.</summary>
/// <param name="Items">Each by name.</param>
sealed record ProjectionList(ImmutableArray<ProjectionResource> Items);

/// <summary>Leaves out the event at which a projection stands still.</summary>
/// <param name="Position">Place of the event in the log, as the projection's <c>stoppedAt</c> says.</param>
/// <param name="Reason">Why.</param>
sealed record SkipProjectionEvent(string Position, string Reason);

/// <summary>Has a projection that stands still try again.</summary>
/// <param name="Reason">Why.</param>
sealed record RetryProjection(string Reason);

/// <summary>Rebuilds, pauses or resumes a projection, or drops what a rebuild of it replaced.</summary>
/// <param name="Reason">Why.</param>
sealed record DecideProjection(string Reason);

/// <summary>A decision about a projection is recorded.</summary>
/// <param name="Name">The projection.</param>
/// <param name="Position">Place of the decision in the log.</param>
sealed record ProjectionDecided(string Name, string Position);
