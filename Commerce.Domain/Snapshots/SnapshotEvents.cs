using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;

namespace Commerce.Domain.Snapshots;

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>
/// The state of a long stream, kept beside it so that it need not be replayed from its first event. Nothing is ever decided on it that the
/// stream would not say as well: who proves what happened reads the stream.
/// </summary>
public abstract record SnapshotEvent
{
    /// <summary>Some bytes of a state, in <see cref="SnapshotStreams.PartsOf"/>: a state is larger than the log takes at once.</summary>
    /// <param name="Data">Base64url.</param>
    [EventName("snapshot-part.v1")]
    public sealed record Part(string Data) : SnapshotEvent;

    /// <summary>The state after an event of the stream is kept, in parts that are all there.</summary>
    /// <param name="Revision">Revision of that event.</param>
    /// <param name="Event">Its id: another one there means another past.</param>
    /// <param name="Shape">Version of the shape in which the state is written.</param>
    /// <param name="FirstPart">Revision of the first part in the stream of parts.</param>
    /// <param name="Parts">Parts that follow on each other, 1 or more.</param>
    /// <param name="Sha256">Hash of what they hold together, base64url.</param>
    [EventName("snapshot-taken.v1")]
    public sealed record Taken(long Revision, Guid Event, int Shape, long FirstPart, int Parts, string Sha256) : SnapshotEvent;
}

/// <summary>Where the snapshots of a stream are.</summary>
public static class SnapshotStreams
{
    /// <summary>Category of the streams that say which snapshots there are.</summary>
    public const string Category = "snapshot";

    /// <summary>Category of the streams that hold them.</summary>
    public const string PartsCategory = "snapshotpart";

    /// <summary>Says which snapshots of the stream there are; null: its name is too long to have any.</summary>
    public static StreamName? Of(StreamName stream) => StreamName.TryParse($"{Category}-{stream}", null, out var name) ? name : null;

    /// <summary>Holds them; null: the name is too long.</summary>
    public static StreamName? PartsOf(StreamName stream) => StreamName.TryParse($"{PartsCategory}-{stream}", null, out var name) ? name : null;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SnapshotEvent.Part))]
[JsonSerializable(typeof(SnapshotEvent.Taken))]
sealed partial class SnapshotsJson : JsonSerializerContext;
