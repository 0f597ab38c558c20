using System.ComponentModel;
using System.Diagnostics;

namespace Commerce.Commands.Embedded;

/// <summary>How a program ended and all that it wrote.</summary>
readonly record struct CommandResult(int ExitCode, string Output);

/// <summary>Runs a program of this machine to its end.</summary>
static class LocalCommand
{
    /// <summary>The exit code that shells give for a program that is not there.</summary>
    public const int NotFound = 127;

    /// <summary>Runs <paramref name="words"/> (program, then arguments) in <paramref name="folder"/>; a program that does not exist ends with <see cref="NotFound"/>.</summary>
    public static async Task<CommandResult> Run(IReadOnlyList<string> words, string folder, CancellationToken ct)
    {
        using var process = new Process { StartInfo = Describe(words, folder) };
        process.StartInfo.RedirectStandardOutput = true;
        process.StartInfo.RedirectStandardError = true;
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new(NotFound, e.Message);
        }
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return new(process.ExitCode, (await output + await errors).Trim());
    }

    /// <summary>Says how to start <paramref name="words"/> without the caller's terminal and without what its environment says about other servers.</summary>
    public static ProcessStartInfo Describe(IReadOnlyList<string> words, string folder)
    {
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { WorkingDirectory = folder, RedirectStandardInput = true };
        // PGDATA, PGPORT, PGHOST and their like are about the machine's own servers.
        foreach (var name in start.Environment.Keys.Where(x => x.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        return start;
    }
}
