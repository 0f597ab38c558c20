using System.Globalization;

namespace Commerce.Simulation.Machinery;

/// <summary>The steps of a run in words, for who looks into a failure; a run has some ten thousand.</summary>
sealed class Trace(Scheduler scheduler, bool isOn)
{
    readonly List<string> _steps = [];

    /// <summary>The steps, oldest first.</summary>
    public IReadOnlyList<string> Steps => _steps;

    public void Note(string who, string what, object? of = null)
    {
        if (isOn)
        {
            _steps.Add(string.Create(CultureInfo.InvariantCulture, $"{(scheduler.Now - Scheduler.Begin).TotalSeconds,10:0.000} s  {who,-7} {what} {of}"));
        }
    }
}
