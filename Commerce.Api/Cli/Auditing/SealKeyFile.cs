using System.CommandLine;
using Commerce.Domain.Seals;

namespace Commerce.Api.Cli.Auditing;

/// <summary>The option <c>--key FILE</c> of verbs that sign or check seals.</summary>
static class SealKeyFile
{
    /// <summary>Of verbs that sign.</summary>
    public static readonly Option<string> Private = new("--key") { HelpName = "FILE", Description = "PEM file of the private ECDSA key that signs (default: as configured; else seals are not signed)." };

    /// <summary>Of verbs that check.</summary>
    public static readonly Option<string> Public = new("--key") { HelpName = "FILE", Description = "PEM file of the public ECDSA key that signatures are checked with (default: they are not checked)." };

    /// <summary>Reads the key; no file: null.</summary>
    /// <exception cref="SealKeyException">It holds none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SealKey? Read(string? file) => file is null ? null : SealKey.Read(File.ReadAllText(file));
}
