using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Commerce.Commands.Embedded;

namespace Commerce.Testing.Servers;

/// <summary>One broker with a node name, ports, port mapper, data and log of its own, on loopback only. It can be stopped, killed and started again on what it has stored.</summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    // It makes every virtual host at its start: seconds by itself, minutes where other tests take all processors.
    static readonly TimeSpan StartTimeMax = TimeSpan.FromMinutes(4);
    static readonly TimeSpan StopTimeMax = TimeSpan.FromSeconds(30);
    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    readonly ServerFolder folder;
    readonly FileLock alive;
    readonly RabbitMqFiles files;
    Process? portMapper;
    Process? broker;
    int virtualHosts;

    RabbitMqServer(ServerFolder folder, FileLock alive, RabbitMqFiles files)
    {
        this.folder = folder;
        this.alive = alive;
        this.files = files;
    }

    /// <summary>The default virtual host; the password is RabbitMQ's own default, which it takes from loopback only.</summary>
    public Uri Uri => new($"amqp://guest:guest@127.0.0.1:{files.Port}/");

    /// <summary>The broker's process; null: it was not started.</summary>
    public int? ProcessId => broker?.Id;

    /// <summary>A virtual host that nobody used before, so that tests do not see each other's queues.</summary>
    /// <exception cref="InvalidOperationException">All <see cref="RabbitMqFiles.VirtualHostsMax"/> are used.</exception>
    public Uri NewVirtualHost()
    {
        var number = Interlocked.Increment(ref virtualHosts);
        return number <= RabbitMqFiles.VirtualHostsMax
            ? new(Uri, RabbitMqFiles.VirtualHost(number))
            : throw new InvalidOperationException($"All {RabbitMqFiles.VirtualHostsMax} virtual hosts are used: raise {nameof(RabbitMqFiles)}.{nameof(RabbitMqFiles.VirtualHostsMax)}.");
    }

    /// <summary>Starts the broker unless it runs, and returns when it takes connections.</summary>
    public async Task Start(CancellationToken ct = default)
    {
        portMapper ??= await StartPortMapper(ct);
        if (broker is { HasExited: false })
            return;
        broker?.Dispose();
        broker = await StartAndNote([RabbitMqFiles.FindProgram()], "server.pid", ct);
        var since = TimeProvider.System.GetTimestamp();
        while (!await TakesConnections(files.Port, greeting: "AMQP\0\0\u0009\u0001"u8.ToArray(), ct))
        {
            if (broker.HasExited || TimeProvider.System.GetElapsedTime(since) > StartTimeMax)
                throw new InvalidOperationException($"RabbitMQ did not start: {string.Join(" | ", files.LastWords())}");
            await Task.Delay(PollInterval, ct);
        }
    }

    /// <summary>Ends the broker as power loss does (SIGKILL).</summary>
    public async Task Kill(CancellationToken ct = default)
    {
        if (broker is null)
            return;
        broker.Kill(entireProcessTree: true);
        await broker.WaitForExitAsync(ct);
    }

    /// <summary>Lets the broker close its connections and end.</summary>
    public async Task Stop(CancellationToken ct = default)
    {
        if (broker is not { HasExited: false })
            return;
        await LocalCommand.Run(["kill", "-TERM", $"{broker.Id}"], "/", ct);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(StopTimeMax);
        try
        {
            await broker.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await Kill(ct);
        }
    }

    /// <summary>Ends the broker and its port mapper and removes what they stored.</summary>
    public async ValueTask DisposeAsync()
    {
        await Kill(); // nothing it stored is wanted any more
        portMapper?.Kill(entireProcessTree: true);
        portMapper?.Dispose();
        broker?.Dispose();
        Remove(files.Folder);
        alive.Dispose();
    }

    internal static async Task<RabbitMqServer> Create(ServerFolder parent, CancellationToken ct)
    {
        var path = parent.At($"node-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        var alive = FileLock.TryExclusive(LockOf(path)) ?? throw new IOException($"{LockOf(path)} is taken");
        var folder = parent with { Path = path };
        var files = RabbitMqFiles.Write(path);
        await folder.Account.Own(path, ct);
        return new(folder, alive, files);
    }

    /// <summary>A lock that nobody holds is of a test process that ended without stopping its broker.</summary>
    internal static void ClearAwayWhatKilledRunsLeft(ServerFolder parent)
    {
        foreach (var path in Directory.EnumerateDirectories(parent.Path, "node-*"))
        {
            using var orphaned = FileLock.TryExclusive(LockOf(path));
            if (orphaned is null)
                continue;
            foreach (var pidFile in Directory.EnumerateFiles(path, "*.pid"))
                KillIfOurs(File.ReadAllText(pidFile), path);
            Remove(path);
        }
    }

    /// <summary>The port mapper (epmd) of this node alone: the machine's own would outlive the tests.</summary>
    async Task<Process> StartPortMapper(CancellationToken ct)
    {
        var process = await StartAndNote([files.PortMapper, "-port", $"{files.PortMapperPort}", "-address", "127.0.0.1"], "epmd.pid", ct);
        while (!process.HasExited && !await TakesConnections(files.PortMapperPort, greeting: [], ct))
            await Task.Delay(PollInterval, ct);
        return process;
    }

    async Task<Process> StartAndNote(IReadOnlyList<string> words, string pidFile, CancellationToken ct)
    {
        // Standard output goes to a file: nobody reads a pipe when the test process is gone.
        IReadOnlyList<string> quiet = ["sh", "-c", "exec \"$@\" >> console.log 2>&1", "sh", .. words];
        var start = LocalCommand.Describe(folder.Account.As(quiet), folder.Path);
        files.SetEnvironment(start.Environment);
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{words[0]} did not start");
        process.StandardInput.Close();
        await File.WriteAllTextAsync(folder.At(pidFile), $"{process.Id}\n", ct);
        return process;
    }

    /// <summary>Whether something listens, and, given a greeting, answers it.</summary>
    static async Task<bool> TakesConnections(int port, byte[] greeting, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, ct);
            if (greeting.Length == 0)
                return true;
            await socket.SendAsync(greeting, ct);
            return await socket.ReceiveAsync(new byte[1], ct) == 1;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    static void KillIfOurs(string processId, string path)
    {
        var commandLine = $"/proc/{processId.Trim()}/cmdline";
        if (!int.TryParse(processId, out var id) || !File.Exists(commandLine) || !File.ReadAllText(commandLine).Contains(path, StringComparison.Ordinal))
            return;
        using var process = Process.GetProcessById(id);
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    static void Remove(string path)
    {
        try
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            File.Delete(LockOf(path));
        }
        catch (IOException)
        {
            // A child of the killed broker may still be closing its files: the next run removes the rest.
        }
    }

    static string LockOf(string path) => path + ".lock";
}
