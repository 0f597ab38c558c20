using System.CommandLine;
using Commerce.Api.Composition;
using Commerce.Api.Sandbox;
using Commerce.Commands.Webhooks;

namespace Commerce.Api.Cli;

/// <summary>The verb <c>sandbox</c>: the sandbox payment provider as a process of its own.</summary>
static class SandboxCommand
{
    /// <summary>Port when nothing else is said.</summary>
    const int PortDefault = 5090;

    static readonly Option<int> Port = new("--port") { HelpName = "PORT", Description = $"Port on 127.0.0.1 (default {PortDefault}).", DefaultValueFactory = _ => PortDefault };
    static readonly Option<string> Books = new("--books") { HelpName = "FILE", Description = "File that its books are kept in; none: it forgets when it ends." };
    static readonly Option<string> Callbacks = new("--callbacks") { HelpName = "URL", Description = "Where it tells what became of calls, e.g. http://127.0.0.1:5080/payments/callbacks/provider; none: nowhere." };
    static readonly Option<string> Secret = new("--secret") { HelpName = "SECRET", Description = $"What it signs callbacks with, {WebhookSecret.Prefix}…; better in the environment, as the first of Commerce__Payments__CallbackSecrets." };

    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var command = new Command("sandbox", Description()) { Port, Books, Callbacks, Secret };
        command.SetAction(Run);
        return command;
    }

    static string Description() =>
        "Serves a payment provider to try things with. No money moves. What a payment is made with decides what happens:\n"
        + string.Join('\n', SandboxTokens.All.Select(t => $"  {t.Token}: {t.Does}"))
        + $"\nAn amount of {SandboxTokens.DeclinedAmount} is declined. Anything else is approved at once. GET /v1/behaviour shows, and PUT /v1/behaviour changes, how all calls, callbacks and statements behave: "
        + "down, slow, failing, declining, answers lost, pending, callbacks lost, twice, late and out of order, statements that differ.";

    static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        var callbacks = CallbacksOf(parsed.GetValue(Callbacks));
        var options = new SandboxOptions
        {
            Port = parsed.GetValue(Port),
            BooksFile = parsed.GetValue(Books),
            Callbacks = callbacks,
            Secret = callbacks is null ? null : SecretOf(parsed),
        };
        await using var provider = await SandboxProvider.Start(options, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        await Console.Out.WriteLineAsync($"The sandbox payment provider serves on {provider.Address}").ConfigureAwait(false);
        await provider.WaitForShutdown(cancellationToken).ConfigureAwait(false);
        return 0;
    });

    static Uri? CallbacksOf(string? text) => text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri
        : throw new CommerceSettingsException("--callbacks is an http or https address.");

    static WebhookSecret SecretOf(ParseResult parsed) => parsed.GetValue(Secret) is { } text
        ? WebhookSecret.TryParse(text, out var secret) ? secret : throw new CommerceSettingsException($"--secret cannot be used: {WebhookSecret.Rule}")
        : SharedOptions.SettingsWithoutRoles(parsed).Callbacks.Secrets is [var first, ..] ? first
        : throw new CommerceSettingsException($"--callbacks needs a secret to sign with: --secret, or Commerce__Payments__CallbackSecrets.");
}
