using Commerce.Benchmarks.FlashSales;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Benchmarks;

/// <summary>
/// A web server as the application's, in a process of its own, whose endpoints read an order or a claim and answer as if they had taken it, or
/// answer with an order, or redirect.
/// With a database it is also the shop that is written by hand.
/// </summary>
sealed class BareWebServer : IAsyncDisposable
{
    /// <summary>The verb that serves until its input ends; a connection string may follow.</summary>
    public const string Verb = "web";

    /// <summary>Connections of the shop that is written by hand: with more of them, more wait for the same row and each claim takes longer.</summary>
    public const int PeerConnectionsMax = 16;

    readonly OwnProcess _process;

    BareWebServer(OwnProcess process, Uri address) => (_process, Address) = (process, address);

    /// <summary>Where it serves.</summary>
    public Uri Address { get; }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts it on a free port.</summary>
    /// <param name="database">Connection string of the database of the shop that is written by hand; null: there is none.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static async Task<BareWebServer> Start(string? database, CancellationToken cancellationToken)
    {
        var process = OwnProcess.Start(database is null ? [Verb] : [Verb, database]);
        try
        {
            var address = await process.Output.ReadLineAsync(cancellationToken) ?? throw new BenchmarkFailedException("The bare web server did not start.");
            return new(process, new(address));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Serves until the input ends.</summary>
    /// <returns>Exit code.</returns>
    public static async Task<int> Run(string? database, TextReader input, TextWriter output)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        await using var app = builder.Build();
        app.UseRouting();
        MapBare(app);
        await using var source = database is null ? null : Pool(database);
        if (source is not null)
        {
            MapPeers(app, new(source));
        }

        await app.StartAsync();
        await output.WriteLineAsync(app.Urls.First());
        await input.ReadToEndAsync();
        return 0;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    static void MapBare(WebApplication app)
    {
        var place = 0L;
        app.MapPost("/claims", (WantedClaim claim) =>
        {
            var id = Guid.NewGuid();
            return TypedResults.Created($"/claims/{id}", new TakenClaim(id, Interlocked.Add(ref place, claim.Quantity), "0"));
        });
        app.MapPost("/orders", (WantedOrder order) =>
        {
            var id = Guid.NewGuid();
            return TypedResults.Created($"/orders/{id}", new TakenOrder(id, $"{order.Lines.Count}", "placed", "1"));
        });
        app.MapGet("/orders/{id:guid}", (Guid id) => TypedResults.Ok(KnownOrder.Of(id)));
        app.MapGet("/s/{code}", (string code) => TypedResults.Redirect(code.Length == 0 ? "/" : "/docs"));
    }

    static void MapPeers(WebApplication app, PeerShop shop)
    {
        app.MapPost("/by-update/{sale:int}/claims", async (int sale, WantedClaim claim, HttpRequest request, CancellationToken ct) =>
            Answer(await shop.ClaimByUpdate(sale, claim, request.Headers["Idempotency-Key"].ToString(), ct)));
        app.MapPost("/by-lock/{sale:int}/claims", async (int sale, WantedClaim claim, HttpRequest request, CancellationToken ct) =>
            Answer(await shop.ClaimByLock(sale, claim, request.Headers["Idempotency-Key"].ToString(), ct)));
    }

    static IResult Answer(TakenClaim? taken) =>
        taken is null ? TypedResults.Problem(statusCode: 409, extensions: [new("code", "sold-out")]) : TypedResults.Created($"/claims/{taken.ClaimId}", taken);

    static NpgsqlDataSource Pool(string database) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { MaxPoolSize = PeerConnectionsMax, MaxAutoPrepare = PeerConnectionsMax }.ConnectionString);

    sealed record WantedOrder(string Currency, string Country, string CustomerId, string PaymentToken, IReadOnlyList<WantedLine> Lines);

    sealed record WantedLine(string Sku, int Quantity);

    sealed record TakenOrder(Guid OrderId, string Number, string Status, string Position);
}
