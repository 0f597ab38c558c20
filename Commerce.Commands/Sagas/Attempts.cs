namespace Commerce.Commands.Sagas;

/// <summary>
/// How often one message is tried, and what is waited for in between. Lost resources come back: it waits for them, however long that
/// takes, and they count for nothing. A race that was lost is run again at once. Any other failure has so many attempts as there are pauses.
/// </summary>
sealed class Attempts(SagaOptions options)
{
    /// <summary>Times that a message is handled anew at once after another node was faster; then that is a failure like any other.</summary>
    public const int ConflictsMax = 10;

    TimeSpan _outagePause = options.OutagePauseMin;
    TimeSpan _outage;
    int _conflicts;
    int _failures;

    /// <summary>Notes that an attempt failed.</summary>
    /// <returns>The pause before the next one; null: there is none, it is given up.</returns>
    public TimeSpan? After(Exception failure) => failure switch
    {
        _ when Outage.Is(failure) => AfterOutage(),
        OperationCanceledException => null,
        SagaConflictException when _conflicts++ < ConflictsMax => TimeSpan.Zero,
        _ when _failures < options.RetryPauses.Count => options.RetryPauses[_failures++],
        _ => null,
    };

    TimeSpan? AfterOutage()
    {
        if (_outage >= options.OutageMax)
        {
            return null;
        }

        var pause = _outagePause;
        _outage += pause;
        _outagePause = pause * 2 < options.OutagePauseMax ? pause * 2 : options.OutagePauseMax;
        return pause;
    }
}
