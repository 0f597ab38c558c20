namespace Commerce.Commands.Numbering;

/// <summary>
/// The right to give numbers of one worker with a span of timestamps. Spans of one worker number never overlap, whoever
/// holds them: a number is unique because its timestamp is checked against the span, not because clocks agree.
/// </summary>
/// <param name="Worker">0 to <see cref="OrderNumberLayout.LeasedWorkersMax"/> - 1.</param>
/// <param name="Owner">Who holds it: one start of one process.</param>
/// <param name="FirstMs">Earliest timestamp, milliseconds since 1970 UTC: after all that an owner before may have used.</param>
/// <param name="LastMs">Latest timestamp, milliseconds since 1970 UTC: when the lease expires.</param>
public sealed record WorkerLease(int Worker, Guid Owner, long FirstMs, long LastMs);
