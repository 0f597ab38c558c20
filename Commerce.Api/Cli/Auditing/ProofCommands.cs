using System.CommandLine;
using Commerce.Api.Composition;
using Commerce.Domain.Seals;
using Commerce.Projections.Auditing.Sealing;

namespace Commerce.Api.Cli.Auditing;

/// <summary>The verbs <c>audit prove</c> and <c>audit check-proof</c>: that one event is in the log, shown to whoever does not have the log.</summary>
static class ProofCommands
{
    /// <summary>Bytes of a proof at most: an event of the largest size in base64, and its path.</summary>
    const long ProofBytesMax = 4 * 1024 * 1024;

    static readonly Option<string> EventId = new("--event") { HelpName = "ID", Required = true, Description = "Id of the event." };
    static readonly Option<string> Out = new("--out") { HelpName = "FILE", Description = "Writes the proof to this file instead of the output." };
    static readonly Argument<string> Proof = new("FILE") { Description = "The proof, as audit prove wrote it." };
    static readonly Option<string> Expect = new("--expect") { HelpName = "DIGEST", Description = "Demands that the seal has this digest, as it was kept elsewhere." };

    /// <summary>The verb that proves.</summary>
    public static Command CreateProve()
    {
        var command = new Command("prove", "Proves that an event is in the log: the event, its seal and what leads from one to the other.") { EventId, Out };
        command.SetAction(Prove);
        return command;
    }

    /// <summary>The verb that checks a proof.</summary>
    public static Command CreateCheck()
    {
        var command = new Command("check-proof", "Checks a proof without the log. Exit code 1 when it does not hold.") { Proof, Expect, SealKeyFile.Public };
        command.SetAction(Check);
        return command;
    }

    static Task<int> Prove(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        var id = Guid.TryParse(parsed.GetValue(EventId), out var known) ? known : throw new CommerceSettingsException("--event is an event's id, a UUID.");
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        var proof = (await new SealProver(host.Log).Prove(id, cancellationToken).ConfigureAwait(false)).ToJson();
        if (parsed.GetValue(Out) is { } path)
        {
            await JsonFile.Write(path, stream => stream.WriteAsync(proof, cancellationToken).AsTask()).ConfigureAwait(false);
        }
        else
        {
            await Console.Out.WriteLineAsync(System.Text.Encoding.UTF8.GetString(proof)).ConfigureAwait(false);
        }

        return 0;
    });

    static Task<int> Check(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        var file = new FileInfo(parsed.GetRequiredValue(Proof));
        if (file.Length > ProofBytesMax)
        {
            throw new CommerceSettingsException($"{file.Name} is too large for a proof.");
        }

        using var key = SealKeyFile.Read(parsed.GetValue(SealKeyFile.Public));
        var proof = InclusionProof.TryRead(await File.ReadAllBytesAsync(file.FullName, cancellationToken).ConfigureAwait(false)) ?? throw new CommerceSettingsException($"{file.Name} is no proof of inclusion.");
        var refuted = proof.Refuted() ?? Refuted(proof.Seal, key, parsed.GetValue(Expect));
        await Console.Out.WriteLineAsync(refuted is null
            ? $"The proof holds: {proof.Event.Type} {proof.Event.Id} is revision {proof.Event.Revision} of {proof.Event.Stream} under seal {proof.Seal.Number}, digest {proof.Seal.Digest}{(key is null ? string.Empty : $", signed by key {key.Id}")}."
            : $"The proof does not hold: {refuted}").ConfigureAwait(false);
        return refuted is null ? 0 : AuditCommand.OffendsExitCode;
    });

    static string? Refuted(SealEvent.Sealed seal, SealKey? key, string? expected) =>
        expected is not null && expected != seal.Digest ? $"Its seal has the digest {seal.Digest}, not the expected one."
        : key is not null && !key.Verifies(seal.ComputeDigest(), seal.Signature) ? "Its seal is not signed by this key."
        : null;
}
