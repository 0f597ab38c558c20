using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Snapshots;

/// <summary>What operators read of snapshots.</summary>
static partial class SnapshotLog
{
    [LoggerMessage(1, LogLevel.Debug, "Took a snapshot of {Stream} at revision {Revision}: {Bytes} bytes.")]
    public static partial void Taken(ILogger logger, StreamName stream, long revision, long bytes);

    [LoggerMessage(2, LogLevel.Warning, "The snapshot of {Stream} at revision {Revision} cannot be used, an older one or the stream itself is read instead.")]
    public static partial void Unusable(ILogger logger, Exception? exception, StreamName stream, long revision);

    [LoggerMessage(3, LogLevel.Warning, "A snapshot could not be taken; it is tried again when the stream has grown.")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "{Stream} has no snapshot: it would take {Bytes} bytes, {BytesMax} are allowed.")]
    public static partial void TooLarge(ILogger logger, StreamName stream, long bytes, int bytesMax);
}
