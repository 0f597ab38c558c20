// The targets of build.sh. A target that a person calls has a description: build.sh lists those.
using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;

var target = Argument("target", "");
var arguments = (EnvironmentVariable("COMMERCE_ARGUMENTS") ?? "").Split('\x1f', StringSplitOptions.RemoveEmptyEntries);
var artifacts = System.IO.Path.GetFullPath("artifacts");

// Test projects that run beside each other: they wait for servers more than they compute, and each has servers or databases of its own.
const int TestLanes = 2;

// A test that takes longer than this hangs: its process is ended and the test named.
const string TestHangsAfter = "5m";

// Where distributions put servers, which mostly are not on the PATH. The application looks in the same places (Commerce.Commands/Embedded/PostgresBinaries.cs).
string[] postgresPlaces =
{
    "/usr/lib/postgresql/*/bin", "/usr/lib/postgresql*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql@*/bin",
    "/opt/homebrew/bin", "/usr/local/opt/postgresql@*/bin", "/usr/local/bin", "/usr/bin", "/opt/local/lib/postgresql*/bin", "/Applications/Postgres.app/Contents/Versions/*/bin",
};
string[] rabbitPlaces =
{
    "/usr/lib/rabbitmq/bin", "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin", "/opt/rabbitmq/sbin", "/usr/sbin", "/opt/homebrew/sbin", "/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/sbin",
};

string[] nodePlaces = { "/usr/local/bin", "/usr/bin" };

const string clients = "test/Clients";

// Where tests keep their databases if there is plenty of it (test/Commerce.Testing/Servers/MemoryFolder.cs).
const string memory = "/dev/shm";

Task("run").Description("Runs the application: run [VERB] [ARGUMENTS], run --help says which").IsDependentOn("application");

Task("demo").Description("Shows all of it at work in three minutes; --keep leaves it serving").IsDependentOn("postgres").IsDependentOn("application");

Task("test").Description("Builds everything and runs all tests; arguments go to dotnet test").IsDependentOn("postgres").IsDependentOn("rabbitmq").IsDependentOn("clients").Does(() =>
{
    Build("Commerce.sln");
    // Most code runs a few times only: to watch it, and compile it once more for what was seen, costs more than that saves; so does keeping what is being compiled from being run.
    Environment.SetEnvironmentVariable("DOTNET_TieredPGO", "0");
    Environment.SetEnvironmentVariable("DOTNET_EnableWriteXorExecute", "0");
    // Nor do processes that live for seconds earn a collector with threads and heaps for every core.
    Environment.SetEnvironmentVariable("DOTNET_gcServer", "0");
    Environment.SetEnvironmentVariable("DOTNET_gcConcurrent", "0");
    var total = InLanes(GetFiles("test/*.Tests/*.csproj").Select(x => x.FullPath).Order(), Test).Aggregate((x, y) => x + y);
    foreach (var failure in total.Failures)
        Console.WriteLine(failure);
    RemoveServerFoldersIn(memory);
    if (total.Passed + total.Failed == 0)
        Console.WriteLine("No test ran.");
    Console.WriteLine(total);
    Environment.Exit(total.Failed > 0 || total.Passed == 0 ? 1 : 0);
});

Task("bench").Description("Measures it: bench [ARGUMENTS] runs test/Commerce.Benchmarks").IsDependentOn("postgres").IsDependentOn("rabbitmq").Does(() => Build("test/Commerce.Benchmarks"));

Task("simulate").Description("Plays seeds of the system with everything that can go wrong: simulate [--seeds N] [--seed S]").Does(() => Build("test/Commerce.Simulation"));

Task("faults").Description("Kills and cuts off every part of a real shop under load, then audits it: faults [--minutes M] [--seed S]").IsDependentOn("postgres").IsDependentOn("rabbitmq").Does(() => Build("test/Commerce.Faults"));

Task("clean").Description("Stops the private servers of this folder and removes all that was built and stored").Does(() =>
{
    foreach (var data in ServerFolders())
        Stop(data);
    RemoveServerFoldersIn("/var/lib");
    RemoveServerFoldersIn(memory);
    DeleteDirectories(GetDirectories("./**/bin") + GetDirectories("./**/obj") + GetDirectories("./**/TestResults") + GetDirectories(clients + "/node_modules"), new() { Recursive = true, Force = true });
    foreach (var folder in new[] { "artifacts", ".commerce" }.Where(x => DirectoryExists(x)))
        DeleteDirectory(folder, new() { Recursive = true, Force = true });
});

Task("application").Does(() => Build("Commerce.Api"));

Task("postgres").WithCriteria(() => !Has(postgresPlaces, "initdb")).Does(() => Install("PostgreSQL", "postgresql", postgresPlaces, "initdb"));

Task("rabbitmq").WithCriteria(() => !Has(rabbitPlaces, "rabbitmq-server")).Does(() => Install("RabbitMQ", "rabbitmq-server", rabbitPlaces, "rabbitmq-server"));

Task("node").WithCriteria(() => !Has(nodePlaces, "npm")).Does(() => Install("Node.js", "nodejs npm", nodePlaces, "npm"));

// The packages of the clients that are not written in .NET, by their lock file; npm leaves a copy of it with what it installed.
Task("clients").IsDependentOn("node").WithCriteria(() => !IsNewer(clients + "/node_modules/.package-lock.json", clients + "/package-lock.json")).Does(() =>
{
    var (code, output) = Capture("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", clients);
    if (code != 0)
        Fail($"npm ci in {clients} does not install the packages of its lock file: {output.Trim().Split('\n').Last()}");
});

RunTarget(target);

// --- building and testing

void Build(string what)
{
    var watch = Stopwatch.StartNew();
    Console.Write($"Building {what} … ");
    var (code, output) = Capture("dotnet", "build", what, "-c", "Release", "-v", "quiet", "-p:RestoreLockedMode=true", "--tl:off");
    Console.WriteLine(code == 0 ? $"{watch.Elapsed.TotalSeconds:0} s" : "failed");
    if (code == 0)
        return;
    foreach (var line in output.Split('\n').Where(x => x.Contains(": error ") || x.Contains("error :")).Distinct().DefaultIfEmpty(output))
        Console.Error.WriteLine(line.Trim());
    Environment.Exit(1);
}

// A lane that is free takes the next.
IReadOnlyList<TestCounts> InLanes(IEnumerable<string> projects, Func<string, TestCounts> test)
{
    var waiting = new System.Collections.Concurrent.ConcurrentQueue<string>(projects);
    List<TestCounts> Lane()
    {
        var counts = new List<TestCounts>();
        while (waiting.TryDequeue(out var project))
            counts.Add(test(project));
        return counts;
    }

    return Enumerable.Range(0, TestLanes).Select(_ => System.Threading.Tasks.Task.Run(Lane)).ToList().SelectMany(x => x.Result).ToList();
}

TestCounts Test(string project)
{
    var name = System.IO.Path.GetFileNameWithoutExtension(project);
    var results = System.IO.Path.Combine(artifacts, "tests", name + ".trx");
    EnsureDirectoryExists("artifacts/tests");
    System.IO.File.Delete(results);
    var watch = Stopwatch.StartNew();
    var (code, output) = Capture([
        "dotnet", "test", project, "-c", "Release", "--no-build", "--logger", $"trx;LogFileName={results}",
        "--blame-hang-timeout", TestHangsAfter, "--blame-hang-dump-type", "none", .. arguments]);
    var counts = System.IO.File.Exists(results) ? TestCounts.Read(results) : new(0, 0, 0, []);
    // A test process that ended early has no failed test to show: the run itself is the failure.
    if (code != 0 && counts.Failed == 0)
        counts = counts with { Failed = 1, Failures = [$"{name} ended with exit code {code}: {string.Join('\n', output.Trim().Split('\n').TakeLast(40))}"] };
    Console.WriteLine($"{name}: {counts} ({watch.Elapsed.TotalSeconds:0} s)");
    return counts;
}

// What failed is told at the end, where it is found: what the tests wrote meanwhile is in the results.
record TestCounts(int Passed, int Failed, int Skipped, IReadOnlyList<string> Failures)
{
    public static TestCounts operator +(TestCounts x, TestCounts y) => new(x.Passed + y.Passed, x.Failed + y.Failed, x.Skipped + y.Skipped, [.. x.Failures, .. y.Failures]);

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    // The file's own counter of what was not executed is always 0: what neither passed nor failed was skipped.
    public static TestCounts Read(string trx)
    {
        var elements = XDocument.Load(trx).Descendants().ToLookup(x => x.Name.LocalName);
        int Count(string name) => int.Parse(elements["Counters"].Single().Attribute(name)?.Value ?? "0");
        var failed = Count("failed") + Count("error") + Count("timeout") + Count("aborted");
        var classes = elements["UnitTest"].ToDictionary(x => x.Attribute("id").Value, x => x.Elements().Single(y => y.Name.LocalName == "TestMethod").Attribute("className").Value);
        var failures = elements["UnitTestResult"].Where(x => x.Attribute("outcome").Value == "Failed").Select(x => $"""
            Failed {classes[x.Attribute("testId").Value]}.{x.Attribute("testName").Value} ({x.Attribute("duration")?.Value})
            {x.Descendants().FirstOrDefault(y => y.Name.LocalName == "ErrorInfo")?.Value}

            """);
        return new(Count("passed"), failed, Count("total") - Count("passed") - failed, failures.ToList());
    }
}

// --- what must be on the machine

bool Has(string[] places, string program) =>
    (EnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Concat(places.SelectMany(Expand)).Select(x => new System.IO.FileInfo(System.IO.Path.Combine(x, program))).Any(IsThere);

// A link that a removed package left behind counts as existing.
bool IsThere(System.IO.FileInfo file) => file.Exists && (file.ResolveLinkTarget(returnFinalTarget: true)?.Exists ?? true);

bool IsNewer(string file, string than) => System.IO.File.Exists(file) && System.IO.File.GetLastWriteTimeUtc(file) >= System.IO.File.GetLastWriteTimeUtc(than);

IEnumerable<string> Expand(string pattern) => pattern.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(
    new[] { "/" }.AsEnumerable(),
    (folders, part) => part.Contains('*')
        ? folders.Where(System.IO.Directory.Exists).SelectMany(x => System.IO.Directory.EnumerateDirectories(x, part)).ToList()
        : folders.Select(x => System.IO.Path.Combine(x, part)));

void Install(string what, string package, string[] places, string program)
{
    string[] shell = Environment.UserName == "root" ? ["bash", "-c"] : ["sudo", "-n", "bash", "-c"];
    if (Has(["/usr/bin"], "apt-get") && Capture([.. shell, "true"]).Code == 0)
    {
        Console.Write($"Installing {what} … ");
        // Cake joins a script's lines with CRLF, which bash does not read.
        var (code, output) = Capture([.. shell, InstallScript.ReplaceLineEndings("\n"), "install", .. package.Split(' ')]);
        Console.WriteLine(code == 0 ? "done" : "failed");
        if (code == 0 && Has(places, program))
            return;
        Console.Error.WriteLine(string.Join('\n', output.Trim().Split('\n').TakeLast(3)));
    }
    Fail($"{what} is not on this machine: install it (apt-get install {package}), or use compose.yaml.");
}

// Only the programs are wanted: no service is started, now or at the next boot, and no cluster is made.
const string InstallScript = """
    export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy
        trap "rm -f $policy" EXIT
    fi
    conf=/etc/postgresql-common/createcluster.conf
    if [ ! -e $conf ]; then
        mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' > $conf
    fi
    apt-get update -q || true
    apt-get install -y -q --no-install-recommends "$@" || exit 1
    if [ "$1" = rabbitmq-server ] && [ -d /run/systemd/system ]; then systemctl disable rabbitmq-server; fi
    exit 0
    """;

// --- the private servers of this folder

// Data folders of servers below .commerce, and the stand-ins of those that lie elsewhere.
IEnumerable<string> ServerFolders()
{
    if (!DirectoryExists(".commerce"))
        return [];
    var here = System.IO.Path.GetFullPath(".commerce");
    var elsewhere = new[] { "server-folder", "memory-folder" }
        .SelectMany(x => System.IO.Directory.EnumerateFiles(here, x, System.IO.SearchOption.AllDirectories)).Select(x => System.IO.File.ReadAllText(x).Trim());
    return elsewhere.Where(System.IO.Directory.Exists).Append(here).ToList();
}

// But those of servers that run: somebody else is using them.
void RemoveServerFoldersIn(string place)
{
    foreach (var folder in ServerFolders().Where(x => x.StartsWith(place + "/commerce-") && !RunningIn(x).Any()).ToList())
        DeleteDirectory(folder, new() { Recursive = true, Force = true });
}

// PostgreSQL and RabbitMQ leave their process id in a file; the process is theirs only if its command line names the folder.
IEnumerable<(string Id, string Signal)> RunningIn(string folder) =>
    from file in new[] { "postmaster.pid", "server.pid", "epmd.pid" }.SelectMany(x => System.IO.Directory.EnumerateFiles(folder, x, System.IO.SearchOption.AllDirectories))
    let id = System.IO.File.ReadLines(file).FirstOrDefault()?.Trim()
    where Runs(id, folder)
    // A private PostgreSQL with clients ends in order at SIGINT only.
    select (id, file.EndsWith("postmaster.pid") ? "-INT" : "-TERM");

bool Runs(string id, string folder) => System.IO.File.Exists($"/proc/{id}/cmdline") && System.IO.File.ReadAllText($"/proc/{id}/cmdline").Contains(folder);

void Stop(string folder)
{
    foreach (var (id, signal) in RunningIn(folder).ToList())
    {
        Capture("kill", signal, id);
        for (var waited = 0; Runs(id, folder) && waited < 100; waited++)
            System.Threading.Thread.Sleep(100);
        if (Runs(id, folder))
            Capture("kill", "-KILL", id);
    }
}

// --- processes

(int Code, string Output) Capture(params string[] words)
{
    var start = new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
    try
    {
        using var process = Process.Start(start);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return (process.ExitCode, output);
    }
    catch (System.ComponentModel.Win32Exception e)
    {
        return (127, e.Message);
    }
}

void Fail(string sentence)
{
    Console.Error.WriteLine(sentence);
    Environment.Exit(2);
}
