using System.CommandLine;
using System.Globalization;
using Commerce.Api.Composition;
using Commerce.Commands.Sealing;
using Commerce.Domain.Seals;
using Commerce.Projections.Auditing.Sealing;

namespace Commerce.Api.Cli.Auditing;

/// <summary>The verbs <c>audit seal</c> and <c>audit verify</c>: what vouches for the log, and whether the log is what was vouched for.</summary>
static class SealCommands
{
    /// <summary>Findings that are printed; the JSON report has more.</summary>
    const int FindingsShownMax = 20;

    static readonly Option<long> FromSeal = new("--from-seal") { HelpName = "N", Description = "Begins at this seal and believes what lies before it (default: 0, the whole log)." };
    static readonly Option<string> Expect = new("--expect") { HelpName = "DIGEST", Description = "Demands a seal with this digest, as it was kept elsewhere: finds out when all seals were made anew." };
    static readonly Option<string> Json = JsonFile.Option();

    /// <summary>The verb that seals.</summary>
    public static Command CreateSeal()
    {
        var command = new Command("seal", "Seals now what the log holds and no seal covers yet, and prints the digests: keep one elsewhere, and nobody can change the log up to it without a trace.") { SealKeyFile.Private };
        command.SetAction(Seal);
        return command;
    }

    /// <summary>The verb that verifies.</summary>
    public static Command CreateVerify()
    {
        var command = new Command("verify", "Reads the whole log again and holds it against its seals: finds every event that was changed, added, removed or moved. Exit code 1 when one is.")
        {
            FromSeal,
            Expect,
            SealKeyFile.Public,
            Json,
        };
        command.SetAction(Verify);
        return command;
    }

    static Task<int> Seal(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        using var key = SealKeyFile.Read(parsed.GetValue(SealKeyFile.Private) ?? host.Settings.Sealing.KeyFile);
        var seals = await new Sealer(host.Log, key, host.Time).SealAll(cancellationToken).ConfigureAwait(false);
        foreach (var seal in seals)
        {
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Seal {seal.Number}: {seal.Count:N0} events, digest {seal.Digest}")).ConfigureAwait(false);
        }

        if (seals.Count == 0)
        {
            // A process that serves seals by itself, so this is what mostly happens, and the digest is what was asked for.
            var last = await SealedLog.Last(host.Log, cancellationToken).ConfigureAwait(false);
            await Console.Out.WriteLineAsync(last is { Seal: var seal } ? $"Everything is sealed already: seal {seal.Number}, digest {seal.Digest}" : "There is nothing to seal.").ConfigureAwait(false);
        }

        return 0;
    });

    static Task<int> Verify(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        var options = Options(parsed);
        using var key = SealKeyFile.Read(parsed.GetValue(SealKeyFile.Public));
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        var report = await CliProgress.Run<SealProgress, SealReport>(
            "Verifying",
            p => (p.Total == 0 ? 1 : (double)p.Events / p.Total, string.Create(CultureInfo.InvariantCulture, $"{p.Events:N0} events")),
            progress => new SealVerifier(host.Log).Run(options with { Key = key }, progress, cancellationToken)).ConfigureAwait(false);
        foreach (var line in report.Summary().Concat(report.Findings.Take(FindingsShownMax).Select(f => $"  {f}")))
        {
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        if (parsed.GetValue(Json) is { } path)
        {
            await JsonFile.Write(path, stream => stream.WriteAsync(report.ToJson(), cancellationToken).AsTask()).ConfigureAwait(false);
        }

        return report.IsClean ? 0 : AuditCommand.OffendsExitCode;
    });

    static SealOptions Options(ParseResult parsed)
    {
        var options = new SealOptions { FromSeal = parsed.GetValue(FromSeal), ExpectedDigest = parsed.GetValue(Expect) };
        return options.FromSeal < 0 ? throw new CommerceSettingsException("--from-seal is a number from 0.")
            : options.ExpectedDigest is { } digest && Hash256.TryParse(digest) is null ? throw new CommerceSettingsException("--expect is a digest of 64 hexadecimal digits.")
            : options;
    }
}
