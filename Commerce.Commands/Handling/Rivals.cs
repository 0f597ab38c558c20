namespace Commerce.Commands.Handling;

/// <summary>
/// Other nodes that write to the same stream. Two who race for each append waste half of them, and the one that has to read what the other
/// wrote comes too late again and again. So whoever knows of another reads before it decides, and after an append that it won lets the other
/// have the next: they take turns, with all that came meanwhile. Who lost tries again at once, for the time that it is given is short.
/// </summary>
sealed class Rivals(TimeProvider time, CommandProcessorOptions options)
{
    DateTimeOffset? _seenAt;
    DateTimeOffset _begunAt;
    TimeSpan _roundTook;
    bool _hadLast;

    /// <summary>Whether another node wrote to the stream a short while ago.</summary>
    public bool AreThere => _seenAt is { } at && time.GetUtcNow() - at < options.RivalsWithin;

    /// <summary>Whether it is another's turn.</summary>
    public bool AreNext => _hadLast && AreThere;

    /// <summary>Another node's events were found where ours were to stand, or before them.</summary>
    public void Seen() => (_seenAt, _hadLast) = (time.GetUtcNow(), false);

    /// <summary>A round of ours begins: what others wrote is read, then it is decided and appended.</summary>
    public void Begin() => _begunAt = time.GetUtcNow();

    /// <summary>Our append went in, which ends the round.</summary>
    public void Won()
    {
        var now = time.GetUtcNow();
        (_roundTook, _begunAt, _hadLast) = (now - _begunAt, now, true);
    }

    /// <summary>Waits as long as another's turn takes: as ours did, for it has as much to read, to decide and to append.</summary>
    public async Task LetOneGo(CancellationToken cancellationToken)
    {
        _hadLast = false;
        await Task.Delay(_roundTook < options.PauseMax ? _roundTook : options.PauseMax, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
