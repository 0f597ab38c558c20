using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Commerce.Api.Composition;
using Commerce.Benchmarks.Load;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain;
using Commerce.Faults.Site;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Benchmarks.FlashSales;

/// <summary>The application as a process of its own on a database of its own, playing the role api; what becomes of claims is for other processes.</summary>
sealed class SaleShop : IAsyncDisposable
{
    /// <summary>No client is limited: one generator stands for all of them.</summary>
    const int Unlimited = 1_000_000;

    static readonly AnswerShape Claims = new("claimId", "place", ["sold-out", "sale-busy", "overloaded"]);

    readonly ServingProcess _process;
    readonly ScratchServer _server;
    readonly JsonClient _http;
    int _sales;
    long _number = 1;

    SaleShop(ServingProcess process, ScratchServer server, PostgresEventLog log)
    {
        (_process, _server, Log) = (process, server, log);
        _http = new(process.Address, ServingProcess.Credentials, 1);
    }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Where it serves.</summary>
    public Uri Address => _process.Address;

    /// <summary>Its log, read beside it.</summary>
    public PostgresEventLog Log { get; }

    /// <summary>Starts it.</summary>
    public static async Task<SaleShop> Start(ScratchServer server, CancellationToken cancellationToken) =>
        await StartOn(server, await server.CreateDatabase(cancellationToken), cancellationToken);

    /// <summary>Starts it on a database that others may use as well.</summary>
    /// <param name="server">The database server.</param>
    /// <param name="database">The database.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="grpcUrls">Where it serves gRPC as well.</param>
    public static async Task<SaleShop> StartOn(ScratchServer server, string database, CancellationToken cancellationToken, string grpcUrls = "none")
    {
        var process = ServingProcess.Serve("api", ["--roles", "api"], new Dictionary<string, string>
        {
            ["ConnectionStrings__Postgres"] = database,
            ["Logging__LogLevel__Default"] = "Warning",
            [Variable(CommerceSettings.GrpcUrlsKey)] = grpcUrls,
            [Variable(AdmissionSettings.ClientBurstKey)] = Text(Unlimited),
            [Variable(AdmissionSettings.ClientPerSecondKey)] = Text(Unlimited),
            [Variable(AdmissionSettings.AddressBurstKey)] = Text(Unlimited),
            [Variable(AdmissionSettings.AddressPerSecondKey)] = Text(Unlimited),
        }, readyPath: "health/live");
        try
        {
            await process.Start(cancellationToken);
            return new(process, server, await PostgresEventLog.Open(new() { ConnectionString = database }, TimeProvider.System, NullLogger<PostgresEventLog>.Instance, cancellationToken));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Announces a sale of so many units of a product of its own, over so many streams.</summary>
    public async Task<FlashSaleId> Announce(int units, CancellationToken cancellationToken, int shards = 1)
    {
        var sku = $"HOT-{++_sales}";
        var now = DateTimeOffset.UtcNow;
        await _http.Post("/products", $$$"""{"sku":"{{{sku}}}","name":"Hot","price":{"amount":"9.95","currency":"GBP"}}""", $"{sku}-product", cancellationToken);
        await _http.Post($"/stock/{sku}/receipts", $$"""{"quantity":{{units}},"reference":"bench"}""", $"{sku}-receipt", cancellationToken);
        var body = string.Create(CultureInfo.InvariantCulture, $$$"""
            {"sku":"{{{sku}}}","units":{{{units}}},"unitPrice":{"amount":"4.95","currency":"GBP"},"opens":"{{{now.AddMinutes(-1):O}}}","closes":"{{{now.AddDays(1):O}}}","shards":{{{shards}}}}
            """);
        var answer = await _http.Post("/flash-sales", body, $"{sku}-sale", cancellationToken);
        return FlashSaleId.Parse(answer.GetProperty("saleId").GetString() ?? "", null);
    }

    /// <summary>Claims one unit; how long the answer took.</summary>
    public async Task<TimeSpan> ClaimOne(FlashSaleId sale, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"single-{_process.Address.Port}-{_number++}");
        var begins = Stopwatch.GetTimestamp();
        await _http.Post($"/flash-sales/{sale}/claims", $$"""{"customerId":"{{name}}","quantity":1}""", name, cancellationToken);
        return Stopwatch.GetElapsedTime(begins);
    }

    /// <summary>
    /// Claims units of these sales, one a claim, each customer once. Where the phases are to end when a sale is sold out, they do; what was
    /// accepted is in the log once, and nothing else.
    /// </summary>
    public async Task<LoadResult> Claim(IReadOnlyList<FlashSaleId> sales, int connections, IReadOnlyList<LoadPhase> phases, bool endsSoldOut, CancellationToken cancellationToken)
    {
        var before = await SaleAudit.Read(Log, sales, cancellationToken);
        var (result, acknowledged) = await Load(sales, connections, phases, endsSoldOut ? Claims with { EndingRefusal = "sold-out" } : Claims, cancellationToken);
        var after = await SaleAudit.Read(Log, sales, cancellationToken);
        after.DemandGrownBy(before, MemoryMarshal.Cast<byte, Guid>(acknowledged).ToArray());
        return result;
    }

    /// <summary>Claims units of a sale, without a look at the log.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="connections">Connections of the generator.</param>
    /// <param name="time">How long.</param>
    /// <param name="isSharded">Whether places are counted in each of its streams.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What came of it, and the ids of the claims, 16 bytes each.</returns>
    public Task<(LoadResult Result, byte[] Acknowledged)> Load(FlashSaleId sale, int connections, TimeSpan time, bool isSharded, CancellationToken cancellationToken) =>
        Load([sale], connections, [new(time.TotalSeconds, null)], isSharded ? Claims with { PlaceField = null } : Claims, cancellationToken);

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        await Log.DisposeAsync();
    }

    async Task<(LoadResult Result, byte[] Acknowledged)> Load(
        IReadOnlyList<FlashSaleId> sales, int connections, IReadOnlyList<LoadPhase> phases, AnswerShape answers, CancellationToken cancellationToken)
    {
        var acknowledged = Path.GetTempFileName();
        try
        {
            // The port keeps the customers of several generators apart.
            var port = _process.Address.Port;
            var body = string.Create(CultureInfo.InvariantCulture, $$"""{"customerId":"c-{{port}}-{{RequestTemplate.NumberMark}}","quantity":1}""");
            var plan = new LoadPlan(port, connections, phases, [.. sales.Select(s => $"/flash-sales/{s}/claims")], body, Text(port) + "-", _number, answers, acknowledged, Authorization: ServingProcess.Credentials.ToString());
            var result = await LoadProcess.Play(plan, _process.Id, _server.ProcessId, cancellationToken);
            _number = result.NextNumber;
            return (result, await File.ReadAllBytesAsync(acknowledged, cancellationToken));
        }
        finally
        {
            File.Delete(acknowledged);
        }
    }

    static string Variable(string key) => key.Replace(":", "__", StringComparison.Ordinal);

    static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
