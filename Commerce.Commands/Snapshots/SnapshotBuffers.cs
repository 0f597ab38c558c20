using Microsoft.IO;

namespace Commerce.Commands.Snapshots;

/// <summary>Where a snapshot lies while it is written or read, tens of megabytes of some: in blocks, which are neither copied as it grows nor large to the collector.</summary>
static class SnapshotBuffers
{
    /// <summary>Bytes of a block: fewer than those of the collector's large objects, 85,000.</summary>
    const int BlockBytes = 64 * 1024;

    /// <summary>Bytes of blocks that are kept for the next snapshot at most.</summary>
    const int KeptBytesMax = 4 * 1024 * 1024;

    static readonly RecyclableMemoryStreamManager Blocks = new(new RecyclableMemoryStreamManager.Options { BlockSize = BlockBytes, MaximumSmallPoolFreeBytes = KeptBytesMax });

    /// <summary>An empty one. Whoever takes it disposes of it.</summary>
    public static MemoryStream New() => Blocks.GetStream();
}
