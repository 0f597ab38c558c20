using System.Globalization;
using System.Text.RegularExpressions;

namespace Commerce.Commands.Embedded;

/// <summary>A folder of PostgreSQL's server programs and their major version.</summary>
sealed partial record PostgresBinaries(string Folder, int Major)
{
    /// <summary>What the oldest supported server is: 13 brought DROP DATABASE … WITH (FORCE).</summary>
    public const int MajorMin = 13;

    /// <summary>Where distributions put the server's programs, which mostly are not on the PATH: Debian, Fedora, SUSE, Arch, Alpine, Homebrew, MacPorts, Postgres.app.</summary>
    static readonly string[] Places =
    [
        "/usr/lib/postgresql/*/bin", "/usr/lib/postgresql*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql@*/bin",
        "/opt/homebrew/bin", "/usr/local/opt/postgresql@*/bin", "/usr/local/bin", "/usr/bin", "/opt/local/lib/postgresql*/bin", "/Applications/Postgres.app/Contents/Versions/*/bin",
    ];

    /// <summary>A program of this version.</summary>
    public string Program(string name) => Path.Combine(Folder, name);

    /// <summary>The newest PostgreSQL on this machine, or, for data that exists, the one whose major version wrote it.</summary>
    /// <param name="only">Look nowhere but in this folder; null: wherever distributions put it.</param>
    /// <param name="writtenBy">The major version that wrote the data; null: there is none yet.</param>
    /// <param name="ct">Gives up looking.</param>
    /// <exception cref="EmbeddedPostgresException">There is none.</exception>
    public static async Task<PostgresBinaries> Find(string? only, int? writtenBy, CancellationToken ct)
    {
        var found = new List<PostgresBinaries>();
        foreach (var folder in only is null ? Candidates() : [only])
        {
            if (await Ask(folder, ct) is { } binaries)
                found.Add(binaries);
        }
        var usable = found.Where(x => writtenBy is null ? x.Major >= MajorMin : x.Major == writtenBy).MaxBy(x => x.Major);
        return usable ?? throw new EmbeddedPostgresException(writtenBy is null
            ? $"PostgreSQL {MajorMin} or newer is not on this machine: install it (apt-get install postgresql), or start compose.yaml and set ConnectionStrings__Postgres."
            : $"The data was written by PostgreSQL {writtenBy}, which is not on this machine: install that version, or name another folder with --data DIR.");
    }

    static IEnumerable<string> Candidates()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return path.Concat(Places.SelectMany(Expand)).Distinct().Where(HasServer);
    }

    /// <summary>initdb and pg_ctl too: client packages put a few programs on the PATH, and the server's are elsewhere.</summary>
    static bool HasServer(string folder) => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl"));

    static IEnumerable<string> Expand(string pattern)
    {
        var folders = new List<string> { "/" };
        foreach (var part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            folders = part.Contains('*', StringComparison.Ordinal)
                ? [.. folders.Where(Directory.Exists).SelectMany(x => Directory.EnumerateDirectories(x, part))]
                : [.. folders.Select(x => Path.Combine(x, part))];
        }
        return folders;
    }

    static async Task<PostgresBinaries?> Ask(string folder, CancellationToken ct)
    {
        if (!HasServer(folder))
            return null;
        var answer = await LocalCommand.Run([Path.Combine(folder, "postgres"), "--version"], "/", ct);
        var version = Version().Match(answer.Output);
        return answer.ExitCode == 0 && version.Success ? new(folder, int.Parse(version.Groups[1].ValueSpan, CultureInfo.InvariantCulture)) : null;
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex Version();
}
