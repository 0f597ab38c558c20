namespace Commerce.Commands.Embedded;

/// <summary>The operating system's user that a server runs as: this process's own, or an unprivileged one where this process is root, whom servers refuse.</summary>
sealed class ServerAccount
{
    readonly IReadOnlyList<string> prefix;

    ServerAccount(string name, IReadOnlyList<string> prefix) => (Name, this.prefix) = (name, prefix);

    /// <summary>The user's name.</summary>
    public string Name { get; }

    /// <summary>Whether it is the user of this process, so that nothing has to be handed over.</summary>
    public bool IsOwn => prefix.Count == 0;

    /// <summary>The words that run <paramref name="words"/> as this user.</summary>
    public IReadOnlyList<string> As(IReadOnlyList<string> words) => [.. prefix, .. words];

    /// <summary>Runs <paramref name="words"/> as this user.</summary>
    public Task<CommandResult> Run(IReadOnlyList<string> words, string folder, CancellationToken ct) => LocalCommand.Run(As(words), folder, ct);

    /// <summary>This process's user, or, for root, the first of <paramref name="candidates"/> that exists and that this process may become.</summary>
    /// <exception cref="EmbeddedPostgresException">This process is root and may become none of them.</exception>
    public static async Task<ServerAccount> Choose(IReadOnlyList<string> candidates, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
            return new(Environment.UserName, []);
        foreach (var name in candidates)
        {
            var group = await LocalCommand.Run(["id", "-g", name], "/", ct);
            if (group.ExitCode != 0)
                continue;
            foreach (var prefix in WaysToBecome(name, group.Output))
            {
                if ((await LocalCommand.Run([.. prefix, "true"], "/", ct)).ExitCode == 0)
                    return new(name, prefix);
            }
        }
        throw new EmbeddedPostgresException(
            $"Servers refuse to run as root, and this process may become none of the users {string.Join(", ", candidates)}: run it as an ordinary user, or set ConnectionStrings__Postgres.");
    }

    /// <summary>Gives <paramref name="path"/> and all below it to this user.</summary>
    /// <exception cref="IOException">The operating system refused.</exception>
    public async Task Own(string path, CancellationToken ct)
    {
        if (IsOwn)
            return;
        var result = await LocalCommand.Run(["chown", "-R", Name, path], "/", ct);
        if (result.ExitCode != 0)
            throw new IOException($"{path} cannot be given to the user {Name}: {result.Output}");
    }

    /// <summary>setpriv becomes the program itself; runuser and su, where it is missing or the one of BusyBox, wait for it.</summary>
    static IEnumerable<IReadOnlyList<string>> WaysToBecome(string name, string group)
    {
        yield return ["setpriv", "--reuid", name, "--regid", group, "--init-groups", "--"];
        yield return ["runuser", "-u", name, "--"];
        yield return ["su", "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\"", name, "--"];
    }
}
