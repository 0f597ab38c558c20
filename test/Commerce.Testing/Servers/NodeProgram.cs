using System.Diagnostics;
using System.Text;

namespace Commerce.Testing.Servers;

/// <summary>What a Node program said, and how it ended.</summary>
/// <param name="ExitCode">Zero: well.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
public sealed record NodeResult(int ExitCode, string Output, string Errors);

/// <summary>Runs programs of the folder test/Clients: clients of Commerce that are written in another language, with libraries that are not ours.</summary>
public static class NodeProgram
{
    /// <summary>How long a program may take: it starts in a second, on a busy machine in ten.</summary>
    public static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(120);

    /// <summary>Where the programs and their packages lie.</summary>
    public static string Folder { get; } = Path.Combine(Checkout.Root, "test", "Clients");

    /// <summary>Runs a script of the folder, or of a package below <c>node_modules</c>.</summary>
    /// <param name="script">Its path within the folder.</param>
    /// <param name="arguments">Given to it as they are.</param>
    /// <param name="environment">Set for it beside what this process has.</param>
    /// <exception cref="InvalidOperationException">Node or the packages are not here.</exception>
    /// <exception cref="TimeoutException">It did not end; it was killed.</exception>
    public static async Task<NodeResult> Run(string script, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
        {
            throw new InvalidOperationException($"The packages of {Folder} are not installed: ./build.sh test does it, or npm ci in that folder.");
        }

        using var process = Process.Start(Start(script, arguments, environment)) ?? throw new InvalidOperationException("Node did not start.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeMax);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{script} did not end within {TimeMax.TotalSeconds:0} s. It said: {await output}{await errors}");
        }

        return new(process.ExitCode, await output, await errors);
    }

    static ProcessStartInfo Start(string script, IEnumerable<string> arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
