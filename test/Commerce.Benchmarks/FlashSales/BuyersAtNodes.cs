using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Commerce.Domain;
using Commerce.Faults.Site;

namespace Commerce.Benchmarks.FlashSales;

/// <summary>Buyers who come to either node, press twice, insist where no answer comes, and some of whom want more than they may have. One node is killed meanwhile.</summary>
sealed class BuyersAtNodes(FlashSaleId sale, IReadOnlyList<SaleShop> nodes, Sizes sizes)
{
    /// <summary>Units that are sold when the node dies, of a hundred.</summary>
    public const int KillAtPercent = 40;

    /// <summary>Buyers under way at once.</summary>
    const int BuyersAtOnceMax = 128;

    /// <summary>Every so many buyers presses twice, with the same key.</summary>
    const int PressesTwiceEvery = 10;

    /// <summary>Of so many buyers the last one is the first one once more, with another key.</summary>
    const int ComesAgainEvery = 20;

    /// <summary>Times that a buyer asks: one node is up at any time.</summary>
    const int TriesMax = 20;

    static readonly HashSet<string> Refusals = ["sold-out", "limit-reached", "sale-busy", "overloaded"];

    readonly ConcurrentDictionary<Guid, byte> _acknowledged = new();
    int _repeated;
    int _insisted;
    int _killed;

    /// <summary>Repeats that got the first answer again.</summary>
    public int Repeated => _repeated;

    /// <summary>Requests that were sent again, since their node was gone.</summary>
    public int Insisted => _insisted;

    /// <summary>Sends all of them.</summary>
    /// <returns>Ids of the claims that they were told of.</returns>
    public async Task<IReadOnlyCollection<Guid>> Buy(CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = BuyersAtOnceMax, UseProxy = false });
        http.DefaultRequestHeaders.Authorization = ServingProcess.Credentials;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, sizes.NodesBuyers), new ParallelOptions { MaxDegreeOfParallelism = BuyersAtOnceMax, CancellationToken = cancellationToken },
            async (buyer, ct) => await Buy(http, buyer, ct));
        return [.. _acknowledged.Keys];
    }

    async Task Buy(HttpClient http, int buyer, CancellationToken cancellationToken)
    {
        if (await Ask(http, buyer, node: buyer, cancellationToken) is not { } claim)
        {
            return;
        }

        _acknowledged.TryAdd(claim, 0);
        if (_acknowledged.Count >= (long)sizes.NodesUnits * KillAtPercent / 100 && Interlocked.Exchange(ref _killed, 1) == 0)
        {
            nodes[^1].Kill();
        }

        if (buyer % PressesTwiceEvery == 0)
        {
            // At the other node, which learns of it from the log.
            var again = await Ask(http, buyer, node: buyer + 1, cancellationToken);
            _ = again == claim ? Interlocked.Increment(ref _repeated) : throw new BenchmarkFailedException($"Buyer {buyer} was told of claim {claim}, then of {again}.");
        }
    }

    async Task<Guid?> Ask(HttpClient http, int buyer, int node, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < TriesMax; attempt++)
        {
            try
            {
                using var request = Request(buyer, nodes[(node + attempt) % nodes.Count]);
                using var response = await http.SendAsync(request, cancellationToken);
                var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                return (int)response.StatusCode == 201 ? answer.GetProperty("claimId").GetGuid()
                    : Refusals.Contains(answer.GetProperty("code").GetString() ?? "") ? null
                    : throw new BenchmarkFailedException($"Buyer {buyer} was answered {answer}.");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException && _killed == 1)
            {
                Interlocked.Increment(ref _insisted);
            }
        }

        throw new BenchmarkFailedException($"Buyer {buyer} got no answer.");
    }

    HttpRequestMessage Request(int buyer, SaleShop node)
    {
        var customer = buyer % ComesAgainEvery == ComesAgainEvery - 1 ? buyer - ComesAgainEvery + 1 : buyer;
        var body = string.Create(CultureInfo.InvariantCulture, $$"""{"customerId":"buyer-{{customer}}","quantity":1}""");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node.Address, $"/flash-sales/{sale}/claims")) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        request.Headers.Add("Idempotency-Key", string.Create(CultureInfo.InvariantCulture, $"\"buyer-{buyer}\""));
        return request;
    }
}
