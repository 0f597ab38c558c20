using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commerce.Benchmarks;

/// <summary>A web server as the application's, whose one endpoint reads an order and answers as if it had taken it.</summary>
sealed class BareWebServer : IAsyncDisposable
{
    readonly WebApplication _app;

    BareWebServer(WebApplication app) => _app = app;

    /// <summary>Where it serves.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Starts it on a free port.</summary>
    public static async Task<BareWebServer> Start(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.UseRouting();
        app.MapPost("/orders", (WantedOrder order) =>
        {
            var id = Guid.NewGuid();
            return TypedResults.Created($"/orders/{id}", new TakenOrder(id, $"{order.Lines.Count}", "placed", "1"));
        });
        await app.StartAsync(cancellationToken);
        return new(app);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    sealed record WantedOrder(string Currency, string Country, string CustomerId, string PaymentToken, IReadOnlyList<WantedLine> Lines);

    sealed record WantedLine(string Sku, int Quantity);

    sealed record TakenOrder(Guid OrderId, string Number, string Status, string Position);
}
