using System.Globalization;

namespace Commerce.Simulation.Machinery;

/// <summary>The last steps of a run, for who looks into a failure.</summary>
sealed class Trace(Scheduler scheduler, int stepsMax)
{
    readonly Queue<string> _steps = [];

    /// <summary>Whether anybody wants to know.</summary>
    public bool IsOn => stepsMax > 0;

    /// <summary>The steps, oldest first.</summary>
    public IReadOnlyCollection<string> Steps => _steps;

    public void Note(string who, string what, object? of = null)
    {
        if (!IsOn)
        {
            return;
        }

        _steps.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{(scheduler.Now - Scheduler.Begin).TotalSeconds,10:0.000} s  {who,-7} {what} {of}"));
        if (_steps.Count > stepsMax)
        {
            _steps.Dequeue();
        }
    }
}
