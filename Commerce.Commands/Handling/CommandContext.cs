namespace Commerce.Commands.Handling;

/// <summary>Who asks, and on what grounds: what a command carries beside its content.</summary>
/// <param name="Actor">Who asks: a client's name, <c>saga</c>, <c>import</c>, …</param>
public sealed record CommandContext(string Actor)
{
    /// <summary>The same id again is the same command, decided once; null: each time is a new command.</summary>
    public string? CommandId { get; init; }

    /// <summary>Hash of what the client sent; a known <see cref="CommandId"/> with another fingerprint is refused. Null: taken from the command itself.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Shared by everything that one request sets off.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The event or command that led to this one.</summary>
    public string? CausationId { get; init; }

    /// <summary>W3C trace context of what led to it, where that is not what is under way: its span then stands below that, and without listeners the events carry it on all the same.</summary>
    public string? TraceParent { get; init; }

    /// <summary>When it happened in the world; null: now.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>
    /// Whether the stream begins with this command as a rule: where it is not known it is taken for empty without reading it. The log
    /// tells, by the revision of the append, when it is not, and the command is decided anew on what it holds.
    /// </summary>
    public bool BeginsStream { get; init; }

    /// <summary>Revision that the stream must be at (-1: no event), else the command is not decided; null: any.</summary>
    public long? IfRevision { get; init; }
}
