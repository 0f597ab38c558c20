using System.IO.Compression;
using Commerce.Api.Grpc.Incoming;
using Commerce.Api.Grpc.Services;
using Commerce.Api.Http;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;

namespace Commerce.Api.Grpc;

/// <summary>The services of gRPC, by Grpc.AspNetCore: <c>commerce.v1</c>, health and reflection.</summary>
static class GrpcServices
{
    /// <summary>Puts them into the container.</summary>
    public static void AddGrpcServices(this IServiceCollection services)
    {
        services.AddGrpc(options =>
        {
            // Answered like every address that leads nowhere.
            options.IgnoreUnknownServices = true;
            options.MaxReceiveMessageSize = GrpcLimits.MessageBytesMax;
            options.MaxSendMessageSize = GrpcLimits.AnswerBytesMax;
            options.ResponseCompressionAlgorithm = "gzip";
            options.ResponseCompressionLevel = CompressionLevel.Fastest;
            options.Interceptors.Add<GrpcErrors>();
        });
        services.AddGrpcReflection();
        services.AddSingleton<GrpcErrors>();
        services.AddSingleton<ProductCalls>();
        services.AddSingleton<StockCalls>();
        services.AddSingleton<OrderCalls>();
        services.AddSingleton<FlashSaleCalls>();
        services.AddSingleton<CommandDispatch>();
        services.AddSingleton<CommandStream>();
        services.AddSingleton<LogFollowers>();
        services.AddSingleton<CatalogueService>();
        services.AddSingleton<InventoryService>();
        services.AddSingleton<OrdersService>();
        services.AddSingleton<FlashSalesService>();
        services.AddSingleton<AnalyticsService>();
        services.AddSingleton<AuditService>();
        services.AddSingleton<CommandsService>();
        services.AddSingleton<HealthService>();
    }

    /// <summary>Adds their addresses.</summary>
    public static void MapGrpcServices(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcService<CatalogueService>().Named();
        routes.MapGrpcService<InventoryService>().Named();
        routes.MapGrpcService<OrdersService>().Named();
        routes.MapGrpcService<FlashSalesService>().Named();
        routes.MapGrpcService<AnalyticsService>().Named(HttpLimits.ReportTimeout);
        routes.MapGrpcService<AuditService>().Named();
        routes.MapGrpcService<CommandsService>().Named();
        routes.MapGrpcService<HealthService>().Named().WithMetadata(new DisableRateLimitingAttribute());
        routes.MapGrpcReflectionService().Named();
    }

    // A stream that lives on has no time: it ends by its client, by its deadline or by what bounds it.
    static IEndpointConventionBuilder Named(this IEndpointConventionBuilder service, string? streamTimeout = null)
    {
        service.Add(endpoint =>
        {
            if (endpoint.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault() is not { Method: var method })
            {
                return;
            }

            endpoint.Metadata.Add(new EndpointNameMetadata(method.FullName[1..]));
            endpoint.Metadata.Add(new LimitedByMessage());
            if (method.Type != MethodType.Unary)
            {
                endpoint.Metadata.Add(streamTimeout is null ? new DisableRequestTimeoutAttribute() : new RequestTimeoutAttribute(streamTimeout));
            }
        });
        return service;
    }

    /// <summary>What a call sends is limited message by message, by the library: the server's limit of a body would end it without a word of why.</summary>
    sealed record LimitedByMessage : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => null;
    }
}
