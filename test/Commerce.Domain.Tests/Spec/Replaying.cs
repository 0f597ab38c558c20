using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.Domain.Log;

namespace Commerce.Domain.Tests.Spec;

/// <summary>Decides a sequence of commands as the log would see it, then reads the log again.</summary>
static class Replaying
{
    static readonly JsonSerializerOptions Options = new() { IncludeFields = true };

    public static void GivesTheSame<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, IEnumerable<TCommand> commands)
        where TEvent : class
    {
        var (state, log) = (decider.Initial, new List<(string Name, byte[] Json)>());
        foreach (var command in commands)
        {
            foreach (var @event in decider.Decide(command, state).Events)
            {
                log.Add((EventCatalog.NameOf(@event), EventCatalog.ToJson(@event)));
                state = decider.Evolve(state, @event);
            }
        }

        var replayed = log.Aggregate(decider.Initial, (s, e) => decider.Evolve(s, EventCatalog.Read(e.Name, e.Json) as TEvent ?? throw new AssertionException(e.Name)));
        Assert.That(Canonical(replayed), Is.EqualTo(Canonical(state)));
    }

    /// <summary>Decides commands on a state that was written down and read back in their middle, beside one that was not.</summary>
    public static void GivesTheSameFromASnapshot<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, IReadOnlyList<TCommand> commands, int at, Func<TState, string>? canonical = null)
        where TEvent : class
    {
        var text = canonical ?? Canonical;
        TState After(TState state, IEnumerable<TCommand> asked) => asked.Aggregate(state, (s, command) => decider.Decide(command, s).Events.Aggregate(s, decider.Evolve));
        var split = commands.Count == 0 ? 0 : at % (commands.Count + 1);
        var snapshot = WrittenAndRead(decider, After(decider.Initial, commands.Take(split)));
        var whole = After(decider.Initial, commands);
        Assert.That(text(After(snapshot, commands.Skip(split))), Is.EqualTo(text(whole)));
    }

    static TState WrittenAndRead<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, TState state)
        where TEvent : class
    {
        var shape = decider.Shape ?? throw new AssertionException($"{decider.Category} has no snapshots.");
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        shape.Write(state, writer);
        bytes.Position = 0;
        using var reader = new BinaryReader(bytes);
        var read = shape.Read(reader);
        Assert.That(bytes.Position, Is.EqualTo(bytes.Length), "Not all of it was read.");
        return read;
    }

    /// <summary>A state as text with its dictionaries in order: equal texts, equal states.</summary>
    static string Canonical<TState>(TState state) => Sorted(JsonSerializer.SerializeToNode(state, Options))?.ToJsonString() ?? "null";

    static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
