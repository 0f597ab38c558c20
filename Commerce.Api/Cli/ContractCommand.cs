using System.CommandLine;
using Commerce.Api.Contract;

namespace Commerce.Api.Cli;

/// <summary><c>contract</c>: prints the documents of the contract that need no server.</summary>
static class ContractCommand
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var events = new Command("events", "Prints the AsyncAPI document: every event of the log with its JSON schema.");
        events.SetAction(async (_, _) => await Console.Out.WriteLineAsync(EventDocument.Text).ConfigureAwait(false));
        return new Command("contract", "Prints documents of the contract; the one of the HTTP API is served at /openapi/v1.json.") { events };
    }
}
