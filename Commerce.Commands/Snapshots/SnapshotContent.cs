using System.Text;
using Commerce.Commands.Handling;
using Commerce.Domain.Log;
using Commerce.Domain.Snapshots;

namespace Commerce.Commands.Snapshots;

/// <summary>What is kept of a stream: its state, and the command ids that it remembers, oldest first.</summary>
sealed record SnapshotContent<TState>(TState State, IReadOnlyList<KeyValuePair<string, SeenCommand>> Seen)
{
    /// <summary>Version of what this writes around the state: a part of the shape's number in the log.</summary>
    const int Version = 1;

    /// <summary>Shapes of states that can be told apart.</summary>
    const int ShapeVersions = 10_000;

    /// <summary>The number under which this shape is kept.</summary>
    public static int NumberOf(SnapshotShape<TState> shape) => (Version * ShapeVersions) + shape.Version;

    /// <summary>The command ids as they are remembered, so many of the latest.</summary>
    public SeenCommands SeenCommands(int countMax)
    {
        var remembered = new SeenCommands(countMax);
        foreach (var (id, seen) in Seen)
        {
            remembered.Add(id, seen);
        }

        return remembered;
    }

    /// <summary>Writes it down. Not compressed: ids and tokens are random, and it would take longer than to read them.</summary>
    public void Write(SnapshotShape<TState> shape, Stream to)
    {
        using var writer = new BinaryWriter(to, Encoding.UTF8, leaveOpen: true);
        writer.Write7BitEncodedInt(Seen.Count);
        foreach (var (id, seen) in Seen)
        {
            writer.Write(id);
            writer.Write(seen.Fingerprint ?? string.Empty);
            writer.Write(seen.FirstRevision);
            writer.Write(seen.LastRevision);
            writer.Write(seen.Position.Value);
        }

        shape.Write(State, writer);
    }

    /// <summary>What <see cref="Write"/> wrote.</summary>
    public static SnapshotContent<TState> Read(SnapshotShape<TState> shape, Stream from)
    {
        using var reader = new BinaryReader(from, Encoding.UTF8, leaveOpen: true);
        var seen = new List<KeyValuePair<string, SeenCommand>>();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var (id, fingerprint) = (reader.ReadString(), reader.ReadString());
            seen.Add(new(id, new(fingerprint.Length == 0 ? null : fingerprint, reader.ReadInt64(), reader.ReadInt64(), new LogPosition(reader.ReadInt64()))));
        }

        return new(shape.Read(reader), seen);
    }
}
