using System.ComponentModel.DataAnnotations;
using Commerce.Domain.Log;

namespace Commerce.Projections.Auditing;

/// <summary>What an audit demands, and how much it may hold.</summary>
public sealed class AuditOptions
{
    /// <summary>
    /// Whether every order must have ended: paid and confirmed, or fully undone. While orders are in flight an order
    /// that has not ended is counted as open; where trade is at rest it is an offence.
    /// </summary>
    public bool RequireSettled { get; init; }

    /// <summary>Offences listed in the report; all are counted. A person reads the first few, a program hardly more than this.</summary>
    [Range(1, 100_000)]
    public int OffencesListedMax { get; init; } = 1_000;

    /// <summary>
    /// Event ids, and beside them command ids, that are remembered to find one used twice: some 50 bytes each.
    /// Ids beyond this are not compared, and the report says so.
    /// </summary>
    [Range(1, 100_000_000)]
    public int IdsRememberedMax { get; init; } = 20_000_000;

    /// <summary>Unknown event types named in the report; all unknown events are counted.</summary>
    internal const int UnknownTypesMax = 100;

    /// <summary>Events of one read: few enough to hold, enough that a round trip does not count.</summary>
    internal const int ReadEventsMax = 4_096;
}

/// <summary>How far an audit is.</summary>
/// <param name="Events">Events looked at.</param>
/// <param name="Position">Position of the last one.</param>
/// <param name="Head">Position at which the audit ends: the log's head when it began.</param>
public readonly record struct AuditProgress(long Events, LogPosition Position, LogPosition Head);
