using System.Diagnostics;
using System.Globalization;

namespace Commerce.Commands.Embedded;

/// <summary>What the server's own pid file says: its process and port.</summary>
readonly record struct Postmaster(int ProcessId, int Port)
{
    /// <summary>Linux gives no process a number above 4,194,304: this one never runs.</summary>
    const string NobodysProcessId = "2147483646";

    const int ProcessIdLine = 0;
    const int PortLine = 3;

    /// <summary>The server that runs on <paramref name="cluster"/>, or null.</summary>
    public static async Task<Postmaster?> Running(Cluster cluster, CancellationToken ct)
    {
        var lines = await ReadLines(cluster.PidFile, ct);
        if (lines.Length <= ProcessIdLine || !int.TryParse(lines[ProcessIdLine], CultureInfo.InvariantCulture, out var processId) || !await IsServer(processId, cluster, ct))
            return null;
        // The port is written a moment after the process id.
        return new(processId, lines.Length > PortLine && int.TryParse(lines[PortLine], CultureInfo.InvariantCulture, out var port) ? port : 0);
    }

    /// <summary>
    /// Makes a pid file that a killed server left harmless, when its number meanwhile belongs to another process: PostgreSQL would take that one for itself and refuse to start.
    /// The file itself stays, because it also names the shared memory by which PostgreSQL knows whether children of the killed server still work on the data.
    /// </summary>
    public static async Task DisownStale(Cluster cluster, CancellationToken ct)
    {
        var lines = await ReadLines(cluster.PidFile, ct);
        if (lines.Length <= ProcessIdLine)
        {
            File.Delete(cluster.PidFile); // killed between making the file and writing it: PostgreSQL refuses an empty one
            return;
        }
        lines[ProcessIdLine] = NobodysProcessId;
        await File.WriteAllTextAsync(cluster.PidFile, string.Join('\n', lines) + "\n", ct);
    }

    /// <summary>A number alone proves nothing: after a restart of the machine it may be anybody's.</summary>
    static async Task<bool> IsServer(int processId, Cluster cluster, CancellationToken ct)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
        }
        catch (ArgumentException)
        {
            return false;
        }
        var words = Directory.Exists("/proc/self") ? await ReadText($"/proc/{processId}/cmdline", ct) : (await LocalCommand.Run(["ps", "-o", "command=", "-p", $"{processId}"], "/", ct)).Output;
        return words.Contains(cluster.Data, StringComparison.Ordinal);
    }

    static async Task<string[]> ReadLines(string path, CancellationToken ct) => (await ReadText(path, ct)).Split('\n', StringSplitOptions.TrimEntries) is [.., ""] lines ? lines[..^1] : [];

    /// <summary>Nothing where there is no such file, or no such process any more.</summary>
    static async Task<string> ReadText(string path, CancellationToken ct)
    {
        try
        {
            return await File.ReadAllTextAsync(path, ct);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
