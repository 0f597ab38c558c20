using System.CommandLine;
using System.Globalization;
using Commerce.Api.Composition;
using Commerce.Api.Sandbox;
using Commerce.Commands.Payments;
using Commerce.Commands.Reconciliation;

namespace Commerce.Api.Cli.Reconciling;

/// <summary>The verb <c>reconcile</c>: holds a day of the payment provider's statement against our log.</summary>
static class ReconcileCommand
{
    /// <summary>Exit code where something is left for a person.</summary>
    public const int LeftExitCode = 1;

    static readonly Option<string> Date = new("--date") { HelpName = "DATE", Description = "The day (UTC), like 2026-01-31; today or before.", Required = true };
    static readonly Option<bool> DryRun = new("--dry-run") { Description = "Writes nothing at all: tells what differs and what would be done." };
    static readonly Option<string> Provider = new("--provider") { HelpName = "URL", Description = "Base address of the payment provider (default: as configured; else the sandbox's books in the data folder)." };
    static readonly Option<string> Json = JsonFile.Option();

    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var command = new Command("reconcile", "Holds a day of the payment provider's statement against the log, both ways, repairs what a rule allows and lists the rest. Exit code 1 when something is left for a person.")
        {
            Date,
            DryRun,
            Provider,
            Json,
        };
        command.SetAction(Run);
        return command;
    }

    static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        var date = DateOnly.TryParseExact(parsed.GetValue(Date), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new CommerceSettingsException("--date is a day like 2026-01-31.");
        await using var host = await CommerceHost.Open(Settings(parsed), cancellationToken).ConfigureAwait(false);
        await using var sandbox = host.Settings is { PaymentProvider: null, IsSandbox: true } ? await StartSandbox(host, cancellationToken).ConfigureAwait(false) : null;
        var address = sandbox?.Address ?? host.Settings.PaymentProvider ?? throw new CommerceSettingsException($"There is no payment provider to reconcile with: set {CommerceSettings.ProviderKey}.");
        using var provider = new HttpPaymentProvider(new HttpPaymentProviderOptions { BaseAddress = address }, host.Time);
        var report = await new Reconciler(host.Log, host.Commands, provider, new ReconciliationOptions(), host.Time)
            .Run(date, parsed.GetValue(DryRun), cancellationToken).ConfigureAwait(false);
        foreach (var line in ReconcileText.Lines(report))
        {
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        if (parsed.GetValue(Json) is { } path)
        {
            await JsonFile.Write(path, stream => ReconcileJson.Write(stream, report, cancellationToken)).ConfigureAwait(false);
        }

        return report.Left == 0 ? 0 : LeftExitCode;
    });

    static CommerceSettings Settings(ParseResult parsed) => parsed.GetValue(Provider) is { } provider
        ? SharedOptions.SettingsWithoutRoles(parsed, KeyValuePair.Create(CommerceSettings.ProviderKey, (string?)provider))
        : SharedOptions.SettingsWithoutRoles(parsed);

    // The sandbox of a process that serves keeps its books in the data folder: they are read beside it.
    static Task<SandboxProvider> StartSandbox(CommerceHost host, CancellationToken cancellationToken) =>
        SandboxProvider.Start(new() { BooksFile = CommerceProcess.SandboxBooksOf(host.Settings), IsReadOnly = true }, host.Time, cancellationToken);
}
