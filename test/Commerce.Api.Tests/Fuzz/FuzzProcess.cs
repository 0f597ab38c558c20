using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Commerce.Api.Composition;
using Commerce.Commands.Customers;
using Commerce.Domain.Access;
using Commerce.Projections.Auditing;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>
/// An application and its fuzzing client in a process of their own, whose memory nobody else uses. By hand, on an empty database:
/// <c>dotnet Commerce.Api.Tests.dll fuzz SEED FROM TO 'Host=…'</c>; one that failed is sent alone as <c>fuzz-requests SEED NUMBER NUMBER+1</c>, a call of gRPC as
/// <c>fuzz-calls SEED NUMBER NUMBER+1</c>.
/// </summary>
static class FuzzProcess
{
    public const string Verb = "fuzz";

    /// <summary>The same with requests alone.</summary>
    public const string RequestsVerb = "fuzz-requests";

    /// <summary>The same with calls of gRPC alone.</summary>
    public const string CallsVerb = "fuzz-calls";

    /// <summary>Calls of gRPC that go after the requests.</summary>
    public const int Calls = 5_000;

    /// <summary>Exit code of a run in which something was wrong.</summary>
    public const int FaultyExitCode = 1;

    /// <summary>Share of the requests after which memory is measured first: by then caches are full and everything is compiled.</summary>
    const double WarmShare = 0.2;

    /// <summary>How much the heap may have grown since: what is kept of each order and key is bounded, but not all bounds are reached by then.</summary>
    const double GrowthMax = 1.5;

    /// <summary>Growth that is never a leak, bytes.</summary>
    const long NoiseBytes = 48L * 1024 * 1024;

    /// <summary>Starts it.</summary>
    public static Process Start(int seed, int requests, string connectionString)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(FuzzProcess).Assembly.Location, Verb, Values.Digits(seed), "0", Values.Digits(requests), connectionString]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");

        // It takes all that it gets: the tests beside it wait for servers that have to start.
        process.PriorityClass = ProcessPriorityClass.BelowNormal;
        return process;
    }

    /// <summary>What the process does: it sends requests and then calls, each from a number on up to another, which is not sent.</summary>
    public static async Task<int> Run(int seed, (int From, int To) requests, (int From, int To) calls, string connectionString)
    {
        var folder = Directory.CreateTempSubdirectory("commerce-fuzz-").FullName;
        try
        {
            await using var process = await CommerceProcess.Start(Settings(connectionString, folder), CancellationToken.None);
            return await Play(process, seed, requests, calls);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static CommerceSettings Settings(string connectionString, string folder) => CommerceSettings.Read(CommerceSettings.ReadSources(new Dictionary<string, string?>
    {
        [CommerceSettings.PostgresKey] = connectionString,
        [CommerceSettings.DataKey] = folder,
        [CommerceSettings.UrlsKey] = "http://127.0.0.1:0",
        [CommerceSettings.SandboxKey] = "true",
        [FulfilmentSettings.LocationsKey] = "main,annexe",
        [PersonalDataSettings.MasterKeyKey] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKeys.KeyBytes)),
        [AdmissionSettings.ClientBurstKey] = "1000000",
        [AdmissionSettings.ClientPerSecondKey] = "1000000",
        [AdmissionSettings.RefusalBurstKey] = "1000000",
        [AdmissionSettings.AddressBurstKey] = "1000000",
        [AdmissionSettings.AddressPerSecondKey] = "1000000",
        ["Logging:LogLevel:Default"] = "Error",
        ["Logging:LogLevel:Grpc"] = "None", // it tells of every call that cannot be read
    }));

    static async Task<int> Play(CommerceProcess process, int seed, (int From, int To) requests, (int From, int To) calls)
    {
        var key = await process.CreateKey(new("fuzz", AccessRole.Operator), CancellationToken.None);
        using var http = new HttpClient { BaseAddress = process.Address, DefaultRequestHeaders = { Authorization = new("Bearer", key.Text) } };
        var contract = new Contract(JsonElement.Parse(await http.GetStringAsync("/openapi/v1.json")));
        var values = await FuzzShop.Open(http);
        var run = new FuzzRun(process.Address, new(seed, contract, values, $"Bearer {key.Text}"), new(KnownCodes.All));
        var (sent, begun) = (requests.To - requests.From, Stopwatch.GetTimestamp());
        var warm = requests.From + (int)(sent * WarmShare);
        run.Send(requests.From, warm);
        var before = Heap();
        run.Send(warm, requests.To);
        var grpc = new CallRun(process.GrpcAddress ?? throw new InvalidOperationException("gRPC is not served."), new(seed, values), $"Bearer {key.Text}");
        await grpc.Send(calls.From, calls.To);
        var after = Heap();
        Say($"{sent} requests and {calls.To - calls.From} calls of seed {seed} in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s, the slowest {run.Longest.TotalSeconds:F1} s; heap {before / 1e6:F0} MB, then {after / 1e6:F0} MB");
        foreach (var (outcome, count) in run.Outcomes.OrderByDescending(o => o.Value).Concat(grpc.Outcomes.OrderByDescending(o => o.Value)))
        {
            Say($"  {count,7} {outcome}");
        }

        List<string> faults = [.. run.Faults, .. grpc.Faults, .. await FaultsOfState(process, http)];
        if (sent > 10_000 && after > (before * GrowthMax) + NoiseBytes)
        {
            faults.Add($"The heap grew from {before / 1e6:F0} MB to {after / 1e6:F0} MB.");
        }

        faults.ForEach(fault => Say($"FAULT {fault}"));
        return faults.Count == 0 ? 0 : FaultyExitCode;
    }

    // Nothing that came in stopped a projection or left a message that cannot be handled, and the log's sums are right.
    static async Task<IEnumerable<string>> FaultsOfState(CommerceProcess process, HttpClient http)
    {
        var projections = JsonElement.Parse(await http.GetStringAsync("/ops/projections")).GetProperty("items").EnumerateArray();
        var standing = projections.Where(p => p.GetProperty("state").GetString() == "standsStill").Select(p => $"a projection stands still: {p}");
        var letters = JsonElement.Parse(await http.GetStringAsync("/ops/dead-letters")).GetProperty("items").EnumerateArray().Select(l => $"a message could not be handled: {l}");
        var audit = await new Auditor(process.Host.Log).Run(new AuditOptions(), progress: null, CancellationToken.None);
        Say($"audit: {audit.Events} events, {audit.Offences.Count} offences");
        return [.. standing, .. letters, .. audit.Offences.Select(o => $"the audit: {o}")];
    }

    static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    static void Say(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
