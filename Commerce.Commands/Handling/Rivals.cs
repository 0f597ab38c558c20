using Commerce.Commands.EventLog;
using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>
/// Other nodes that write to the same stream. Two who race for each append waste half of them, and the one that has to read what the other
/// wrote comes too late again and again. So whoever knows of another reads before it decides, and they take turns, with all that came
/// meanwhile: in the order in which they ask the log for one, where it lends turns; else whoever won an append lets the other have the next.
/// Who lost tries again at once, for the time that it is given is short.
/// </summary>
sealed class Rivals(StreamName stream, ITakesTurns? turns, TimeProvider time, CommandProcessorOptions options)
{
    DateTimeOffset? _seenAt;
    DateTimeOffset _begunAt;
    TimeSpan _roundTook;
    bool _hadLast;

    /// <summary>Whether another node wrote to the stream a short while ago.</summary>
    public bool AreThere => _seenAt is { } at && time.GetUtcNow() - at < options.RivalsWithin;

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

    /// <summary>Waits until it is our turn.</summary>
    /// <returns>To be given back after the append; null: the others know nothing of it.</returns>
    public async Task<IAsyncDisposable?> TakeTurn(CancellationToken cancellationToken)
    {
        var turn = turns is null ? null : await turns.TakeTurn(stream, cancellationToken).ConfigureAwait(false);
        if (turn is null && _hadLast)
        {
            await LetOneGo(cancellationToken).ConfigureAwait(false);
        }

        return turn;
    }

    // As long as another's turn takes: as ours did, for it has as much to read, to decide and to append.
    async Task LetOneGo(CancellationToken cancellationToken)
    {
        _hadLast = false;
        await Task.Delay(_roundTook < options.PauseMax ? _roundTook : options.PauseMax, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
