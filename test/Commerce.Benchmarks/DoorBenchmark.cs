using Commerce.Api.Grpc.V1;
using Commerce.Benchmarks.FlashSales;
using Commerce.Benchmarks.Load;
using Commerce.Commands.Embedded;
using Commerce.Domain.Log;
using Commerce.Faults.Site;
using Google.Protobuf;

namespace Commerce.Benchmarks;

/// <summary>
/// The same order placed over and over through each door of one process, role api, on its own database: JSON over HTTP/1.1, calls of gRPC, and commands on
/// one call of gRPC for each connection. One generator loads all three over bare sockets, with as many commands under way at once: over HTTP/1.1
/// that takes as many connections, over HTTP/2 a few. What an order costs beyond its door is the same: log and database stand in the figures apart.
/// </summary>
static class DoorBenchmark
{
    /// <summary>Connections of HTTP/2, as many as a handful of servers would hold.</summary>
    const int GrpcConnections = 4;

    const string Body =
        """{"currency":"GBP","lines":[{"sku":"DOOR-1","quantity":1},{"sku":"DOOR-2","quantity":2}],"customerId":"customer-1","country":"GB","paymentToken":"tok_ok"}""";

    static readonly PlaceOrderRequest Message = new()
    {
        Currency = "GBP",
        Lines = { new OrderWish { Sku = "DOOR-1", Quantity = 1 }, new OrderWish { Sku = "DOOR-2", Quantity = 2 } },
        CustomerId = "customer-1",
        Country = "GB",
        PaymentToken = "tok_ok",
    };

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var grpcPort = FreePort.Find();
        await using var shop = await SaleShop.StartOn(bench.Server, await bench.Server.CreateDatabase(cancellationToken), cancellationToken, $"http://127.0.0.1:{grpcPort}");
        using var http = new JsonClient(shop.Address, ServingProcess.Credentials, 1);
        foreach (var sku in (string[])["DOOR-1", "DOOR-2"])
        {
            await http.Post("/products", $$$"""{"sku":"{{{sku}}}","name":"A product","price":{"amount":"4.95","currency":"GBP"}}""", $"product-{sku}", cancellationToken);
        }

        var accepted = 0L;
        bench.Report.Setting($"one order of two lines; gRPC over {GrpcConnections} connections; rounds of {bench.Sizes.DoorRound.TotalSeconds} s; the process plays the role api alone");
        foreach (var commands in bench.Sizes.DoorCommands)
        {
            async Task<Round> Load(int port, int connections, string door, GrpcPlan? grpc)
            {
                var plan = new LoadPlan(
                    port, connections, [new(bench.Sizes.DoorRound.TotalSeconds, null)], ["/orders"], Body, $"{door}-{commands}-", accepted, new("orderId", null, []), null,
                    Authorization: ServingProcess.Credentials.ToString(), Grpc: grpc);
                var result = await LoadProcess.Play(plan, shop.ProcessId, bench.Server.ProcessId, cancellationToken);
                accepted += result.Phases[0].Accepted;
                return Round.Of(result);
            }

            var rounds = await Round.InTurn(
                bench.Sizes.Rounds,
                bench.Sizes.WarmUps,
                () => Load(shop.Address.Port, commands, "rest", null),
                () => Load(grpcPort, GrpcConnections, "unary", Unary(commands / GrpcConnections)),
                () => Load(grpcPort, GrpcConnections, "stream", Stream(commands / GrpcConnections)));
            bench.Report.Add($"{commands} under way: REST", "order", rounds[0]);
            bench.Report.Add($"{commands} under way: gRPC, a call each", "order", rounds[1], rounds[0], "REST");
            bench.Report.Add($"{commands} under way: gRPC, one call a connection", "order", rounds[2], rounds[0], "REST");
        }

        await Demand(shop.Log, accepted, cancellationToken);
    }

    static GrpcPlan Unary(int lanes) => new(IsStream: false, lanes, "/commerce.v1.Orders/PlaceOrder", Message.ToByteArray(), 0);

    static GrpcPlan Stream(int lanes) => new(IsStream: true, lanes, "/commerce.v1.Commands/Execute", Message.ToByteArray(), Command.PlaceOrderFieldNumber);

    // What was accepted is in the log, each once.
    static async Task Demand(IEventLog log, long accepted, CancellationToken cancellationToken)
    {
        var placed = 0L;
        await foreach (var _ in log.ReadAll(LogPosition.Start, StreamFilter.Categories("order"), int.MaxValue, cancellationToken))
        {
            placed++;
        }

        if (placed != accepted)
        {
            throw new BenchmarkFailedException($"{accepted} orders were accepted, and {placed} are in the log.");
        }
    }
}
