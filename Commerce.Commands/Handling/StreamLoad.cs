namespace Commerce.Commands.Handling;

/// <summary>How many commands come to a stream, counted second by second. Used by one worker at a time.</summary>
sealed class StreamLoad(TimeProvider time)
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    long _began = time.GetTimestamp();
    int _running;
    int _before;

    /// <summary>Those of the running second or of the one before, whichever are more.</summary>
    public int PerSecond => Math.Max(_running, _before);

    /// <summary>Counts commands that were dealt with now.</summary>
    public void Count(int commands)
    {
        var since = time.GetElapsedTime(_began);
        if (since >= Second)
        {
            (_before, _running, _began) = (since < Second + Second ? _running : 0, 0, time.GetTimestamp());
        }

        _running += commands;
    }
}
