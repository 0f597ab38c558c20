using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using Commerce.Benchmarks.Load;

namespace Commerce.Benchmarks;

/// <summary>One line: medians of its rounds.</summary>
/// <param name="Benchmark">The benchmark it belongs to.</param>
/// <param name="What">What was done.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="PerSecond">Units in a second.</param>
/// <param name="P50Ms">Median of the rounds' medians of latency; null where it was one long piece of work.</param>
/// <param name="P99Ms">The same of the 99th percentiles.</param>
/// <param name="P999Ms">The same of the 99.9th.</param>
/// <param name="Ratio">Units a second beside those of the line that it is compared with.</param>
/// <param name="Rounds">Units a second of each round.</param>
/// <param name="Processor">Processor time of one unit; null: not measured.</param>
sealed record Measure(string Benchmark, string What, string Unit, double PerSecond, double? P50Ms, double? P99Ms, double? P999Ms, double? Ratio, IReadOnlyList<double> Rounds, UnitTime? Processor);

/// <summary>Processor time of one unit, in milliseconds: medians of the rounds.</summary>
/// <param name="TotalMs">All of it.</param>
/// <param name="ProcessMs">The application, and clients that share its process.</param>
/// <param name="DatabaseMs">PostgreSQL.</param>
/// <param name="BrokerMs">RabbitMQ.</param>
sealed record UnitTime(double TotalMs, double ProcessMs, double DatabaseMs, double BrokerMs)
{
    /// <summary>Of these rounds; null: not measured.</summary>
    public static UnitTime? Of(IReadOnlyList<Round> rounds)
    {
        double Median(Func<ProcessorTime, TimeSpan> part) => Statistics.Median(rounds.Select(r => part(r.Processor ?? default).TotalMilliseconds / r.Units));
        return rounds.All(r => r.Processor is not null) ? new(Median(p => p.Total), Median(p => p.Process), Median(p => p.Database), Median(p => p.Broker)) : null;
    }
}

/// <summary>Prints what was measured, and where, and keeps it for the file.</summary>
sealed class Report
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    readonly List<Measure> _measures = [];
    readonly List<KeyValuePair<string, string>> _circumstances = [];
    readonly TextWriter _out;
    string _benchmark = "";

    Report(TextWriter output) => _out = output;

    /// <summary>Says on what and how it is measured.</summary>
    public static async Task<Report> Begin(ScratchServer server, Sizes sizes, TextWriter output, CancellationToken cancellationToken)
    {
        var report = new Report(output);
        var memoryGiB = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        report.Circumstance("commit", typeof(Report).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown");
        report.Circumstance("at", DateTimeOffset.UtcNow.ToString("u", CultureInfo.InvariantCulture));
        report.Circumstance("machine", Text($"{Environment.ProcessorCount} cores ({Processor()}), {memoryGiB:0.0} GiB, load {Load()}"));
        report.Circumstance("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
        report.Circumstance("postgresql", $"{await server.Setting("server_version", cancellationToken)}, fsync {await server.Setting("fsync", cancellationToken)}, on {FileSystem(server.Folder)}");
        report.Circumstance("seed", Text($"{sizes.Seed}"));
        report.Circumstance("rounds", Text($"{sizes.Rounds} after {sizes.WarmUps} to warm up, medians; clients, application and database share the cores"));
        return report;
    }

    /// <summary>The lines that follow are this benchmark's.</summary>
    public void BeginBenchmark(string name, string text)
    {
        _benchmark = name;
        _out.WriteLine();
        _out.WriteLine($"{name}: {text}");
    }

    /// <summary>How the benchmark was set up.</summary>
    public void Setting(FormattableString text)
    {
        var setting = FormattableString.Invariant(text);
        _out.WriteLine($"  {setting}");
        _circumstances.Add(new(_benchmark, setting));
    }

    /// <summary>One line, from the rounds of one candidate.</summary>
    /// <param name="what">What was done.</param>
    /// <param name="unit">What is counted.</param>
    /// <param name="rounds">Its rounds.</param>
    /// <param name="beside">What it is compared with.</param>
    /// <param name="besideName">What that is called.</param>
    public void Add(string what, string unit, IReadOnlyList<Round> rounds, IReadOnlyList<Round>? beside = null, string besideName = "the bare")
    {
        var latencies = rounds.Select(r => r.Latencies).OfType<Latencies>().ToList();
        double? Latency(Func<Latencies, double> percentile) => latencies.Count == rounds.Count ? Statistics.Median(latencies.Select(percentile)) : null;
        var perSecond = Statistics.Median(rounds.Select(r => r.PerSecond));
        double? ratio = beside is null ? null : perSecond / Statistics.Median(beside.Select(r => r.PerSecond));
        var measure = new Measure(_benchmark, what, unit, perSecond, Latency(l => l.P50Ms), Latency(l => l.P99Ms), Latency(l => l.P999Ms), ratio, [.. rounds.Select(r => r.PerSecond)], UnitTime.Of(rounds));
        _measures.Add(measure);
        _out.WriteLine(Line(measure, besideName));
    }

    /// <summary>Writes all of it to a file, if one is named.</summary>
    public async Task Write(string? path, CancellationToken cancellationToken)
    {
        if (path is null)
        {
            return;
        }

        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, new { circumstances = _circumstances, measures = _measures }, Json, cancellationToken);
    }

    static string Line(Measure m, string besideName)
    {
        var rate = Text($"{m.PerSecond,12:#,0} {m.Unit + "/s",-10}");
        var latency = m is { P50Ms: { } p50, P99Ms: { } p99, P999Ms: { } p999 } ? Text($"p50 {p50,8:0.000}  p99 {p99,8:0.000}  p99.9 {p999,8:0.000} ms") : new string(' ', 45);
        var ratio = m.Ratio is { } r ? Text($"  {r:0.00} of {besideName}") : "";
        var processor = m.Processor is { } p ? Text($"  cpu {p.TotalMs:0.00##} ms ({p.ProcessMs:0.00##} application, {p.DatabaseMs:0.00##} PostgreSQL, {p.BrokerMs:0.00##} RabbitMQ)") : "";
        return $"  {m.What,-58}{rate} {latency}{ratio}{processor}".TrimEnd();
    }

    void Circumstance(string name, string text)
    {
        _circumstances.Add(new(name, text));
        _out.WriteLine($"{name,-11} {text}");
    }

    static string Processor() => Lines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[^1].Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    static string Load() => Lines("/proc/loadavg").FirstOrDefault()?.Split(' ')[0] ?? "unknown";

    static IEnumerable<string> Lines(string path) => File.Exists(path) ? File.ReadLines(path) : [];

    static string FileSystem(string folder) =>
        DriveInfo.GetDrives().Where(d => folder.StartsWith(d.Name, StringComparison.Ordinal)).MaxBy(d => d.Name.Length)?.DriveFormat ?? "an unknown file system";

    static string Text(FormattableString text) => FormattableString.Invariant(text);
}
