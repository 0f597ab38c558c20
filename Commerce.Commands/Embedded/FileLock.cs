namespace Commerce.Commands.Embedded;

/// <summary>
/// An advisory lock on a file (<c>flock(2)</c>, by way of <see cref="FileShare"/>), shared or exclusive, between processes and within one.
/// The operating system releases it when its process ends, however it ends: a crash never leaves one behind.
/// </summary>
sealed class FileLock : IDisposable
{
    /// <summary>How often a waiter looks again: flock has no wait with a deadline.</summary>
    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    readonly FileStream file;

    FileLock(FileStream file) => this.file = file;

    /// <summary>The lock together with other sharers, or null while somebody holds it alone.</summary>
    public static FileLock? TryShared(string path) => TryOpen(path, FileShare.ReadWrite);

    /// <summary>The lock alone, or null while anybody else holds it.</summary>
    public static FileLock? TryExclusive(string path) => TryOpen(path, FileShare.None);

    /// <summary>Waits for the lock alone.</summary>
    /// <exception cref="TimeoutException">Somebody held it for longer than <paramref name="waitMax"/>.</exception>
    public static async Task<FileLock> Exclusive(string path, TimeSpan waitMax, CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (TryExclusive(path) is { } taken)
                return taken;
            if (TimeProvider.System.GetElapsedTime(since) > waitMax)
                throw new TimeoutException($"Another process has held {path} for more than {waitMax.TotalSeconds:0} s.");
            await Task.Delay(PollInterval, ct);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    static FileLock? TryOpen(string path, FileShare share)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(path))
        {
            return null;
        }
    }
}
