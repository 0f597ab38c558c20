using Commerce.Api.Tests.App;
using Commerce.Commands.Access;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Tests.Grpc;

/// <summary>Words for tests that speak gRPC to the shared application.</summary>
public abstract class GrpcTest : ApiTest
{
    GrpcChannel? _channel;

    private protected GrpcChannel Channel => _channel ?? throw new InvalidOperationException("There is no channel.");

    private protected Wire.Catalogue.CatalogueClient Catalogue => new(Channel);

    private protected Wire.Inventory.InventoryClient Inventory => new(Channel);

    private protected Wire.Orders.OrdersClient Orders => new(Channel);

    private protected Wire.FlashSales.FlashSalesClient FlashSales => new(Channel);

    private protected Wire.Audit.AuditClient Audit => new(Channel);

    private protected Wire.Analytics.AnalyticsClient Analytics => new(Channel);

    private protected Wire.Commands.CommandsClient Commands => new(Channel);

    [OneTimeSetUp]
    public void Connect() => _channel = As(CommerceApp.OperatorKey);

    [OneTimeTearDown]
    public void Disconnect() => _channel?.Dispose();

    /// <summary>A channel of a client with this key; null: without one. To be disposed of.</summary>
    private protected GrpcChannel As(ApiKey? key)
    {
        var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = key is null ? null : new("Bearer", key.Text);
        return GrpcChannel.ForAddress(App.GrpcAddress, new GrpcChannelOptions { HttpClient = http, DisposeHttpClient = true, MaxReceiveMessageSize = null });
    }

    /// <summary>Metadata with a new key.</summary>
    private protected static Metadata Keyed(string? key = null) => new() { { "idempotency-key", key ?? New("rpc-key") } };

    /// <summary>Metadata that waits for what a command did.</summary>
    private protected static Metadata At(Wire.Done done) => new() { { "commerce-min-position", done.Position.ToString(System.Globalization.CultureInfo.InvariantCulture) } };

    private protected static Wire.Money Pounds(string amount) => new() { Amount = amount, Currency = "GBP" };

    private protected static Wire.PlaceOrderRequest WishFor(string sku, int quantity = 1) =>
        new() { Currency = "GBP", Country = "Iceland", PaymentToken = "tok_ok", Lines = { new Wire.OrderWish { Sku = sku, Quantity = quantity } } };

    /// <summary>What a call is refused with: its status, the stable code of google.rpc.ErrorInfo, and whether it says when to come again.</summary>
    private protected static async Task<(StatusCode Status, string? Reason)> Refusal(Func<Task> call)
    {
        var refused = await Catch(call);
        return (refused.StatusCode, refused.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason);
    }

    internal static async Task<RpcException> Catch(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (RpcException e)
        {
            return e;
        }

        throw new AssertionException("The call was not refused.");
    }
}
