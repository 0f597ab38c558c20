using System.Security.Cryptography;
using System.Text;

namespace Commerce.Testing.Servers;

/// <summary>
/// A folder in memory for a server of tests, where the machine has plenty: a new database is three hundred files, most tests want one, and a disk takes
/// longer to make and drop them than most tests take. What has to outlast a crash is tested on servers that keep their data on disk.
/// </summary>
static class MemoryFolder
{
    const string Root = "/dev/shm";

    /// <summary>All that the tests store at once, several times.</summary>
    const long FreeBytesMin = 8L << 30;

    /// <summary>The folder that stands in for <paramref name="wanted"/>; there, a file says so to those who clean up. The wanted one itself where memory is short.</summary>
    public static string InsteadOf(string wanted)
    {
        var folder = Path.Combine(Root, $"commerce-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(wanted)))[..12]}");
        if (!Directory.Exists(folder) && !HasPlenty())
            return wanted;

        Directory.CreateDirectory(wanted);
        File.WriteAllText(Path.Combine(wanted, "memory-folder"), folder);
        return Directory.CreateDirectory(folder).FullName;
    }

    static bool HasPlenty() =>
        OperatingSystem.IsLinux() && Directory.Exists(Root) && new DriveInfo(Root).AvailableFreeSpace >= FreeBytesMin && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >= 2 * FreeBytesMin;
}
