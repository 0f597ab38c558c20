using System.Globalization;
using Commerce.Benchmarks.FlashSales;
using Commerce.Benchmarks.Load;
using Commerce.Faults.Site;

namespace Commerce.Benchmarks;

/// <summary>Short links that are followed over HTTP, and guesses at them, beside a bare web server that redirects.</summary>
static class LinksBenchmark
{
    const int Connections = 64;

    /// <summary>Its check is wrong: it is refused without looking anywhere.</summary>
    const string Guess = "/s/Commerce1234";

    static readonly AnswerShape Redirections = new(null, null, [], AcceptedStatus: 302);
    static readonly AnswerShape Refusals = new(null, null, [], AcceptedStatus: 404);

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        bench.Report.Setting($"{Connections} links, {Connections} connections; the application, the generator, the bare web server and the database are processes of their own");
        await using var shop = await SaleShop.Start(bench.Server, cancellationToken);
        await using var bare = await BareWebServer.Start(database: null, cancellationToken);
        var links = await Make(shop.Address, cancellationToken);
        var rounds = await Round.InTurn(
            bench.Sizes.Rounds,
            bench.Sizes.WarmUps,
            () => Get(bench, bare.Address, bare.ProcessId, links, Redirections, cancellationToken),
            () => Get(bench, shop.Address, shop.ProcessId, links, Redirections, cancellationToken),
            () => Get(bench, shop.Address, shop.ProcessId, [Guess], Refusals, cancellationToken));
        bench.Report.Add("bare ASP.NET Core redirect", "request", rounds[0]);
        bench.Report.Add("links that are followed, clicks counted", "request", rounds[1], rounds[0]);
        bench.Report.Add("guesses that are refused", "request", rounds[2], rounds[0]);
    }

    static async Task<IReadOnlyList<string>> Make(Uri address, CancellationToken cancellationToken)
    {
        using var http = new JsonClient(address, ServingProcess.Credentials, 1);
        var paths = new List<string>();
        for (var n = 0; n < Connections; n++)
        {
            var made = await http.Post("/links", """{"url":"/docs"}""", string.Create(CultureInfo.InvariantCulture, $"link-{n}"), cancellationToken);
            paths.Add(made.GetProperty("path").GetString() ?? throw new BenchmarkFailedException("A link has no path."));
        }

        return paths;
    }

    static async Task<Round> Get(Bench bench, Uri address, int process, IReadOnlyList<string> paths, AnswerShape answers, CancellationToken cancellationToken) => Round.Of(await LoadProcess.Play(
        new(address.Port, Connections, [new(bench.Sizes.BareRound.TotalSeconds, null)], paths, null, "", 0, answers, null), process, bench.Server.ProcessId, cancellationToken));
}
