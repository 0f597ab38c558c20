using System.CommandLine;
using System.Globalization;
using Commerce.Api.Composition;
using Commerce.Commands.Access;
using Commerce.Domain.Access;

namespace Commerce.Api.Cli.Demo;

/// <summary>The verb <c>demo</c>: serves, plays a shop's busy day over HTTP, shows what came of it, and audits it.</summary>
static class DemoCommand
{
    /// <summary>Exit code where something is not as it must be.</summary>
    public const int OffendsExitCode = 1;

    static readonly Option<bool> Keep = new("--keep") { Description = "Goes on serving afterwards, until Ctrl-C." };

    static readonly Option<int> Seed = new("--seed") { Description = "Draws the customers' wishes; the same seed, the same wishes.", HelpName = "N", DefaultValueFactory = _ => 1 };

    // Who watches the demo reads its report; what an operator would act on is still told.
    static readonly KeyValuePair<string, string?> Quiet = new("Logging:LogLevel:Default", nameof(LogLevel.Warning));

    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var command = new Command("demo", "Serves, plays a shop's busy day over HTTP with a sandbox payment provider, prints what came of it and audits it.") { Keep, Seed };
        command.SetAction(Run);
        return command;
    }

    static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        await using var process = await CommerceProcess.Start(SharedOptions.Settings(parsed, Quiet), cancellationToken).ConfigureAwait(false);
        var url = process.Address.GetLeftPart(UriPartial.Authority);
        var keep = parsed.GetValue(Keep);
        var key = await process.CreateKey(Grant(process.Host, keep), cancellationToken).ConfigureAwait(false);
        var exitCode = await Play(process.Host, url, key, parsed.GetValue(Seed), cancellationToken).ConfigureAwait(false);
        if (keep)
        {
            PrintWhatToOpen(url, key);
            await process.WaitForShutdown(cancellationToken).ConfigureAwait(false);
        }

        return exitCode;
    });

    static async Task<int> Play(CommerceHost host, string url, ApiKey key, int seed, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key.Text);
        var run = host.Time.GetUtcNow().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var report = DemoReport.ToStandardOutput();
        report.Line($"Commerce serves on {url}; this is run {run}.");
        try
        {
            return await new DemoDay(new ShopClient(http), new DemoPlan(seed, run), host, report).Play(run, cancellationToken).ConfigureAwait(false)
                ? 0
                : OffendsExitCode;
        }
        catch (DemoFailedException failed)
        {
            await Console.Error.WriteLineAsync($"commerce: {failed.Message}").ConfigureAwait(false);
            return OffendsExitCode;
        }
    }

    // A key of the demo's own, which is forgotten with it: long enough for whoever goes on with the shop, and for the slowest machine.
    static AccessGrant Grant(CommerceHost host, bool keep) => new("demo", AccessRole.Operator) { ExpiresAt = host.Time.GetUtcNow() + (keep ? TimeSpan.FromDays(7) : TimeSpan.FromHours(1)) };

    static void PrintWhatToOpen(string url, ApiKey key) => Console.WriteLine($"""

        Still serving. Open, or curl with -H "Authorization: Bearer {key.Text}":
          {url}/docs                              the API, to read and to try
          {url}/orders?limit=5                    the newest orders
          {url}/analytics/sales?by=country,sku    sales, as JSON or with &format=csv
          {url}/health/ready                      what works, and how far the read models are
        Ctrl-C ends it; what was sold stays in the data folder.
        """);
}
