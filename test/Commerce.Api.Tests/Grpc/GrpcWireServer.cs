using System.Net;
using Commerce.Api.Admission;
using Commerce.Api.Endpoints;
using Commerce.Api.Grpc;
using Commerce.Api.Grpc.Incoming;
using Commerce.Api.Grpc.Services;
using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Domain.Access;
using Commerce.Projections;
using Commerce.Projections.Queries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Commerce.Api.Tests.Grpc;

/// <summary>
/// The calls of gRPC that stay open, on the server as it is set up for all, over real connections. Behind them are a log in memory and one
/// sale, and a clock that only the test moves; everybody is an operator.
/// </summary>
sealed class GrpcWireServer : IAsyncDisposable
{
    readonly WebApplication _server;

    GrpcWireServer()
    {
        Log = new(new InMemoryEventLog(Time));
        Limits = new(new() { ClientBurst = Allowance }, new FakeTimeProvider());
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            // The server's own clock is not the test's: who is slow by that one is not let go while a test takes its time.
            HttpLimits.Apply(kestrel, new() { SlowestGrace = TimeSpan.FromMinutes(10) });
            GrpcLimits.Apply(kestrel);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddLogging().AddRouting().AddSingleton<TimeProvider>(Time);
        builder.Services.AddGrpcServices();
        builder.Services.AddSingleton(services => new AuditService(Log, null!, null!, new(Log, Time, services.GetRequiredService<IHostApplicationLifetime>())));
        builder.Services.AddSingleton(services => new CommandStream(
            new(null!, null!, null!, null!), Limits, new(Time, NullLogger<GrpcErrors>.Instance), Time, services.GetRequiredService<IHostApplicationLifetime>()));
        builder.Services.AddSingleton(services => new FlashSalesService(
            null!, new FlashSaleQueries(Sale), new FlashSaleLive((_, _) => Task.FromResult<FlashSaleView?>(Sale.Look()), Time, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping), Time));
        _server = builder.Build();
        _server.Use((context, next) =>
        {
            context.Features.Set(Operator);
            return next(context);
        });
        _server.UseRouting();
        ((IEndpointRouteBuilder)_server).MapGrpcServices();
    }

    /// <summary>Commands that a client may send, refused ones among them.</summary>
    public const int Allowance = 20_000;

    /// <summary>Who everybody is.</summary>
    public static readonly Caller Operator = new("tests", AccessRole.Operator);

    /// <summary>The clock.</summary>
    public WatchedTime Time { get; } = new();

    /// <summary>What is followed.</summary>
    public FollowedLog Log { get; }

    /// <summary>What is listened to.</summary>
    public OneSale Sale { get; } = new();

    /// <summary>What is left of the allowance; nothing is added as time goes by.</summary>
    public ClientLimits Limits { get; }

    /// <summary>Where it serves.</summary>
    public Uri Address => new(_server.Urls.Single());

    public static async Task<GrpcWireServer> Start()
    {
        var server = new GrpcWireServer();
        await server._server.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
