using Commerce.Api.Http;
using Commerce.Projections.Queries;
using Grpc.Core;

namespace Commerce.Api.Grpc.Services;

/// <summary>What queries have in common.</summary>
static class GrpcQueries
{
    /// <summary>Waits until these projections have seen the position that the metadata commerce-min-position names.</summary>
    /// <exception cref="RpcException">It is none, or was not reached in time.</exception>
    public static async Task WaitFor(this ServerCallContext call, params string[] projections)
    {
        if (await WaitingQueries.Refusal(call.GetHttpContext(), projections).ConfigureAwait(false) is { } refusal)
        {
            throw refusal.Exception();
        }
    }

    /// <summary>The page, or the end of the call with why there is none.</summary>
    /// <exception cref="RpcException">It was refused.</exception>
    public static (IReadOnlyList<T> Items, string Next) OrRefuse<T>(this Listed<T> listed) => listed switch
    {
        Listed<T>.Page page => (page.Items, page.Next ?? string.Empty),
        Listed<T>.Refused refused => throw QueryAnswers.RefusalOf(refused.Reason).Exception(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
