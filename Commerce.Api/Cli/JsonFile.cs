using System.CommandLine;

namespace Commerce.Api.Cli;

/// <summary>The option <c>--json FILE</c> of verbs that report.</summary>
static class JsonFile
{
    /// <summary>The option.</summary>
    public static Option<string> Option() => new("--json") { HelpName = "FILE", Description = "Writes the whole report to this file as JSON as well." };

    /// <summary>Writes the file beside its place and then moves it there: whoever looks finds all of it or what was there before.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static async Task Write(string path, Func<Stream, Task> write)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? throw new IOException($"{path} is no file.");
        Directory.CreateDirectory(folder);
        var draft = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}.tmp");
        try
        {
            await using (var stream = File.Create(draft))
            {
                await write(stream).ConfigureAwait(false);
            }

            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
