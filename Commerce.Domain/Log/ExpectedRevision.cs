namespace Commerce.Domain.Log;

/// <summary>What an append demands of its stream. Revisions count from 0; a stream without events has none (-1).</summary>
public readonly record struct ExpectedRevision
{
    const long AnyValue = -2;
    const long ExistsValue = -4;

    readonly long _value;

    ExpectedRevision(long value) => _value = value;

    /// <summary>The stream has no event yet.</summary>
    public static ExpectedRevision None { get; } = new(-1);

    /// <summary>Whatever the stream holds.</summary>
    public static ExpectedRevision Any { get; } = new(AnyValue);

    /// <summary>The stream has at least one event.</summary>
    public static ExpectedRevision Exists { get; } = new(ExistsValue);

    /// <summary>The stream's last event has just this revision; -1 is <see cref="None"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below -1.</exception>
    public static ExpectedRevision Exact(long revision)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(revision, -1);
        return new(revision);
    }

    /// <summary>The revision asked for where it is one (-1: none), else null.</summary>
    public long? Revision => _value >= -1 ? _value : null;

    /// <summary>Whether a stream whose last revision is <paramref name="actual"/> (-1: no event) meets this.</summary>
    public bool IsMetBy(long actual) => _value switch
    {
        AnyValue => true,
        ExistsValue => actual >= 0,
        _ => actual == _value,
    };

    /// <inheritdoc/>
    public override string ToString() => _value switch
    {
        AnyValue => "any",
        ExistsValue => "exists",
        -1 => "none",
        _ => _value.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
