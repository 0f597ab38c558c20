using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Embedded;

/// <summary>A folder in which a server may work, and the user that it runs as there.</summary>
/// <param name="Path">Absolute and free of symbolic links, so that two processes call it the same.</param>
/// <param name="Account">The user that the server runs as.</param>
sealed record ServerFolder(string Path, ServerAccount Account)
{
    /// <summary>Where root's servers may work when their user cannot enter the wanted folder. Only root writes there, so nobody can put a folder in the way.</summary>
    const string FallbackRoot = "/var/lib";

    /// <summary>In the wanted folder: the user that the server runs as, so that a later start by root keeps it.</summary>
    const string AccountFile = "server-user";

    /// <summary>In the wanted folder: where the server's folder is instead.</summary>
    public const string PointerFile = "server-folder";

    const UnixFileMode OpenToOthers = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>A file or folder within.</summary>
    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes <paramref name="wanted"/> usable for a server, or another folder where the server's user cannot enter it; the choice is kept in the wanted folder. Callers hold the folder's gate.</summary>
    /// <exception cref="EmbeddedPostgresException">No folder can be had.</exception>
    public static async Task<ServerFolder> Prepare(string wanted, IReadOnlyList<string> users, ILogger logger, CancellationToken ct)
    {
        wanted = System.IO.Path.GetFullPath(wanted);
        try
        {
            Directory.CreateDirectory(wanted);
            var kept = Read(wanted, AccountFile);
            var account = await ServerAccount.Choose(kept is null ? users : [kept, .. users], ct);
            if (kept is null)
                await File.WriteAllTextAsync(System.IO.Path.Combine(wanted, AccountFile), account.Name, ct);
            return Read(wanted, PointerFile) is not { } moved || account.IsOwn
                ? await Enter(wanted, account, ct) ?? await FallBack(wanted, account, logger, ct)
                : await Enter(moved, account, ct) ?? throw new IOException($"{moved}, where its data lies, cannot be entered.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedPostgresException($"The data folder {wanted} cannot be used ({e.Message}); name another with --data DIR, or set ConnectionStrings__Postgres.", e);
        }
    }

    static async Task<ServerFolder?> Enter(string folder, ServerAccount account, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var entered = await account.Run(["sh", "-c", "cd \"$1\" && pwd -P", "sh", folder], "/", ct);
        return entered.ExitCode == 0 ? new(entered.Output, account) : null;
    }

    static async Task<ServerFolder> FallBack(string wanted, ServerAccount account, ILogger logger, CancellationToken ct)
    {
        // The random part: a folder that was removed and made again starts afresh, and does not find the data of its predecessor.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(wanted)))[..12];
        var other = System.IO.Path.Combine(FallbackRoot, $"commerce-{hash}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}");
        Directory.CreateDirectory(other);
        File.SetUnixFileMode(other, OpenToOthers); // whatever the umask says
        var folder = await Enter(other, account, ct) ?? throw new IOException($"The user {account.Name} can enter neither it nor {other}.");
        await File.WriteAllTextAsync(System.IO.Path.Combine(wanted, PointerFile), other, ct);
        ServerFolderLog.Moved(logger, wanted, account.Name, other);
        return folder;
    }

    static string? Read(string folder, string name)
    {
        var path = System.IO.Path.Combine(folder, name);
        return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } text ? text : null;
    }
}

/// <summary>Beside the record, since messages are generated into classes only.</summary>
static partial class ServerFolderLog
{
    [LoggerMessage(1, LogLevel.Information, "{Wanted} is closed to the user {User} that the server runs as: its data lies in {Folder}.")]
    public static partial void Moved(ILogger logger, string wanted, string user, string folder);
}
