using System.Globalization;
using System.Security.Cryptography;

namespace Commerce.Commands.Embedded;

/// <summary>The files of the private server: its data, password, port and settings. Nothing here runs the server.</summary>
sealed class Cluster(ServerFolder folder)
{
    /// <summary>The server's superuser, and the database that connection strings name.</summary>
    public const string User = "commerce";

    /// <summary>256 bits: nobody guesses it.</summary>
    const int PasswordBytes = 32;

    /// <summary>The folder and the user that the server runs as.</summary>
    public ServerFolder Folder => folder;

    /// <summary>The server's data folder (PGDATA).</summary>
    public string Data => folder.At("postgres");

    /// <summary>What the server says.</summary>
    public string Log => Path.Combine(Data, "server.log");

    /// <summary>Written by the server while it runs, and left behind when it is killed.</summary>
    public string PidFile => Path.Combine(Data, "postmaster.pid");

    /// <summary>The password, mode 0600.</summary>
    public string PasswordFile => folder.At("password");

    /// <summary>The port of the last start, tried again at the next so that tools find the server where it was.</summary>
    public string PortFile => folder.At("port");

    string Settings => folder.At("server.conf");

    /// <summary>The major version that wrote the data; null: there is none yet.</summary>
    public int? WrittenBy => Directory.Exists(Data) ? int.Parse(File.ReadAllText(Path.Combine(Data, "PG_VERSION")), CultureInfo.InvariantCulture) : null;

    /// <summary>Reads the password.</summary>
    /// <exception cref="EmbeddedPostgresException">The file is missing or not this user's.</exception>
    public string ReadPassword()
    {
        try
        {
            return File.ReadAllText(PasswordFile).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedPostgresException($"The password of the private PostgreSQL cannot be read ({e.Message}); run as the user who made {folder.Path}, or name another folder with --data DIR.", e);
        }
    }

    /// <summary>Makes the data folder if there is none. It is made under another name and renamed when done, so that a crash leaves none that is half made.</summary>
    /// <exception cref="EmbeddedPostgresException">initdb failed.</exception>
    public async Task CreateIfMissing(PostgresBinaries binaries, CancellationToken ct)
    {
        if (WrittenBy is null)
        {
            var unfinished = Data + ".unfinished";
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
            Directory.CreateDirectory(unfinished);
            await folder.Account.Own(unfinished, ct);
            await Initialise(binaries, unfinished, ct);
            Directory.Move(unfinished, Data);
        }
        await File.WriteAllTextAsync(Settings, PostgresSettings.Text, ct);
        File.SetUnixFileMode(Settings, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    async Task Initialise(PostgresBinaries binaries, string data, CancellationToken ct)
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes));
        // The server's user reads it once from a file of its own, which goes away with initdb.
        var handedOver = folder.At("password.initdb");
        WritePrivate(handedOver, password);
        await folder.Account.Own(handedOver, ct);
        try
        {
            var result = await folder.Account.Run(
                [binaries.Program("initdb"), "-D", data, "-U", User, "--pwfile", handedOver, "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--data-checksums"],
                folder.Path, ct);
            if (result.ExitCode != 0)
                throw new EmbeddedPostgresException($"PostgreSQL could not make its data folder in {folder.Path}: {result.Output}");
        }
        finally
        {
            File.Delete(handedOver);
        }
        await File.AppendAllTextAsync(Path.Combine(data, "postgresql.conf"), "\ninclude '../server.conf'\n", ct);
        WritePrivate(PasswordFile, password);
    }

    static void WritePrivate(string path, string text)
    {
        File.Delete(path);
        using var writer = new StreamWriter(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        writer.Write(text);
    }
}
