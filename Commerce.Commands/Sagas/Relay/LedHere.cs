using System.Collections.Concurrent;

namespace Commerce.Commands.Sagas.Relay;

/// <summary>What this process leads at the moment, of the work that one of many processes does alone.</summary>
public sealed class LedHere
{
    readonly ConcurrentDictionary<string, bool> _names = new(StringComparer.Ordinal);

    /// <summary>Its names, in order.</summary>
    public IReadOnlyList<string> Names => [.. _names.Keys.Order(StringComparer.Ordinal)];

    internal void Begin(string name) => _names[name] = true;

    internal void End(string name) => _names.TryRemove(name, out _);
}
