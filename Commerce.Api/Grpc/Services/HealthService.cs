using Commerce.Api.Composition;
using Grpc.Core;
using Grpc.Health.V1;

namespace Commerce.Api.Grpc.Services;

/// <summary><c>grpc.health.v1.Health</c>, by the same checks as <c>/health/ready</c>. The whole server is the service without a name.</summary>
sealed class HealthService(Readiness readiness, TimeProvider time, IHostApplicationLifetime lifetime) : Health.HealthBase
{
    /// <summary>How often a watched state is looked at.</summary>
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    static readonly string[] Services =
    [
        string.Empty, "commerce.v1.Catalogue", "commerce.v1.Inventory", "commerce.v1.Orders", "commerce.v1.FlashSales", "commerce.v1.Analytics", "commerce.v1.Audit", "commerce.v1.Commands",
    ];

    /// <inheritdoc/>
    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => Services.Contains(request.Service)
        ? new() { Status = await Now(context.CancellationToken).ConfigureAwait(false) }
        : throw new RpcException(new(StatusCode.NotFound, "There is no such service."));

    /// <inheritdoc/>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        var told = HealthCheckResponse.Types.ServingStatus.Unknown;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        while (!over.IsCancellationRequested)
        {
            var now = Services.Contains(request.Service) ? await Now(context.CancellationToken).ConfigureAwait(false) : HealthCheckResponse.Types.ServingStatus.ServiceUnknown;
            if (now != told)
            {
                await responseStream.Give(new HealthCheckResponse { Status = told = now }, time, context).ConfigureAwait(false);
            }

            await Task.Delay(LookEvery, time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task<HealthCheckResponse.Types.ServingStatus> Now(CancellationToken cancellationToken) =>
        (await readiness.Check(cancellationToken).ConfigureAwait(false)).Status == Readiness.Ready ? HealthCheckResponse.Types.ServingStatus.Serving : HealthCheckResponse.Types.ServingStatus.NotServing;
}
