namespace Commerce.Commands.Handling;

/// <summary>
/// Other nodes that write to the same stream. Two who race for each append waste half of them, and the one that has to read what the other
/// wrote comes too late again and again. So whoever knows of another reads before it decides, and after an append that it won lets the other
/// have the next: they take turns, with all that came meanwhile.
/// </summary>
sealed class Rivals(TimeProvider time, CommandProcessorOptions options)
{
    /// <summary>An other's turn in appends of ours: it reads what we wrote, decides, and appends.</summary>
    const int TurnInAppends = 2;

    DateTimeOffset? _seenAt;
    TimeSpan _appendTook;
    bool _hadLast;

    /// <summary>Whether another node wrote to the stream a short while ago.</summary>
    public bool AreThere => _seenAt is { } at && time.GetUtcNow() - at < options.RivalsWithin;

    /// <summary>Whether it is another's turn.</summary>
    public bool AreNext => _hadLast && AreThere;

    /// <summary>Another node's events were found where ours were to stand, or before them.</summary>
    public void Seen() => (_seenAt, _hadLast) = (time.GetUtcNow(), false);

    /// <summary>An append of ours went in.</summary>
    /// <param name="took">How long it took.</param>
    public void Won(TimeSpan took) => (_appendTook, _hadLast) = (took, true);

    /// <summary>Waits as long as another's turn takes.</summary>
    public async Task LetOneGo(CancellationToken cancellationToken)
    {
        _hadLast = false;
        var turn = _appendTook * TurnInAppends;
        await Task.Delay(turn < options.PauseMax ? turn : options.PauseMax, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
