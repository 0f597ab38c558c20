using System.Globalization;

namespace Commerce.Benchmarks.ReadModels;

/// <summary>The most memory that this process held at once. Known where the system has /proc, else zero.</summary>
static class PeakMemory
{
    const string Line = "VmHWM:";

    /// <summary>Begins anew, from what is held once the garbage is gone.</summary>
    public static void Reset()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (File.Exists("/proc/self/clear_refs"))
        {
            // 5: resets the peak to what is resident now; see proc(5).
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
    }

    /// <summary>In MiB.</summary>
    public static double Mib() => File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Line, StringComparison.Ordinal)) is { } line
        ? long.Parse(line[Line.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.Number, CultureInfo.InvariantCulture) / 1_024d
        : 0;
}
