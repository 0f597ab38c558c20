using System.Security.Cryptography;
using Commerce.Commands.Customers;
using Npgsql;

namespace Commerce.Api.Composition;

/// <summary>What customers' keys are stored with and where, from the configuration.</summary>
/// <param name="Masters">The master keys; null: none is configured.</param>
/// <param name="Keys">Npgsql connection string of the keys' database; null: that of the read models.</param>
sealed record PersonalDataSettings(MasterKeys? Masters, string? Keys)
{
    public const string MasterKeyKey = "Commerce:PersonalData:MasterKey";
    public const string OldMasterKeysKey = "Commerce:PersonalData:OldMasterKeys";
    public const string KeysKey = "Commerce:PersonalData:Keys";

    /// <summary>The master key of the embedded default, in its data folder.</summary>
    const string FileName = "personal-data.key";

    /// <summary>Reads and checks them.</summary>
    /// <exception cref="CommerceSettingsException">One of them is not valid.</exception>
    public static PersonalDataSettings Read(IConfiguration configuration)
    {
        var current = KeyOf(MasterKeyKey, configuration[MasterKeyKey]);
        var old = configuration[OldMasterKeysKey]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (old.Length >= MasterKeys.CountMax || (old.Length > 0 && current is null))
        {
            throw new CommerceSettingsException($"{OldMasterKeysKey} names the master keys before {MasterKeyKey}, {MasterKeys.CountMax - 1} at most, separated by commas.");
        }

        return new(current is null ? null : new(current, [.. old.Select(text => KeyOf(OldMasterKeysKey, text) ?? [])]), ConnectionString(configuration[KeysKey]));
    }

    /// <summary>To make a key takes a millisecond.</summary>
    static readonly TimeSpan TurnTimeMax = TimeSpan.FromSeconds(10);

    /// <summary>The master key in the data folder of the embedded default; made where there is none.</summary>
    /// <exception cref="IOException">It cannot be read or made.</exception>
    /// <exception cref="CommerceSettingsException">The file holds something else.</exception>
    public static MasterKeys OfFolder(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            Make(folder, path);
        }

        return new(KeyOf(path, File.ReadAllText(path)) ?? throw new CommerceSettingsException($"{path} is empty."));
    }

    // One process at a time, and whoever comes later takes what is there: a second key would lock away what was encrypted under the first.
    // Written beside its place and moved there: nobody reads half a key.
    static void Make(string folder, string path)
    {
        Directory.CreateDirectory(folder);
        FileStream? turn = null;
        if (!SpinWait.SpinUntil(() => (turn = TryTurn($"{path}.lock")) is not null, TurnTimeMax))
        {
            throw new IOException($"Another process has been making {path} for {TurnTimeMax.TotalSeconds} s.");
        }

        using (turn)
        {
            if (!File.Exists(path))
            {
                var draft = $"{path}.tmp";
                using (var file = new StreamWriter(draft, OfOwner()))
                {
                    file.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKeys.KeyBytes)));
                }

                File.Move(draft, path);
            }
        }
    }

    // Held by the operating system: who dies gives it back.
    static FileStream? TryTurn(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            return null;
        }
    }

    // Windows has no modes; there the folder's own rights are the file's.
    static FileStreamOptions OfOwner()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    // The text itself is never repeated: it is a secret, however wrong.
    static byte[]? KeyOf(string name, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var key = new byte[MasterKeys.KeyBytes + 1];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length == MasterKeys.KeyBytes
            ? key[..length]
            : throw new CommerceSettingsException($"{name} is {MasterKeys.KeyBytes} random bytes in base64, as `head -c {MasterKeys.KeyBytes} /dev/urandom | base64` makes them.");
    }

    static string? ConnectionString(string? text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : new NpgsqlConnectionStringBuilder(text).ConnectionString;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new CommerceSettingsException($"{KeysKey} is no Npgsql connection string (Host=…;Database=…;Username=…).");
        }
    }
}
