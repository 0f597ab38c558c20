using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Commerce.Testing.Telemetry;

/// <summary>What an instrument of the meter <c>Commerce</c> measures from now on. Tests beside this one measure as well: look at the tags.</summary>
public sealed class HeardFigures : IDisposable
{
    readonly MeterListener _listener = new();
    readonly ConcurrentQueue<(double Value, IReadOnlyDictionary<string, object?> Tags)> _heard = [];

    /// <summary>Listens to the instruments of this name, those included that are made later.</summary>
    public HeardFigures(string name)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Commerce" && instrument.Name == name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, value, tags, _) => Hear(value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Hear(value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, _) => Hear(value, tags));
        _listener.Start();
    }

    /// <summary>What a counter counted with tags like these.</summary>
    public double Sum(Func<IReadOnlyDictionary<string, object?>, bool> isSo) => _heard.Where(h => isSo(h.Tags)).Sum(h => h.Value);

    /// <summary>How often something was measured with tags like these.</summary>
    public int Count(Func<IReadOnlyDictionary<string, object?>, bool> isSo) => _heard.Count(h => isSo(h.Tags));

    /// <summary>What gauges of this name show now, of which other tests may have some.</summary>
    public IReadOnlyList<double> Read()
    {
        _heard.Clear();
        _listener.RecordObservableInstruments();
        return [.. _heard.Select(h => h.Value)];
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    void Hear(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var named = new Dictionary<string, object?>();
        foreach (var (name, tag) in tags)
        {
            named[name] = tag;
        }

        _heard.Enqueue((value, named));
    }
}
