using Commerce.Api.Admission;
using Commerce.Api.Http;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Security;

/// <summary>Lets a request on to its address when <see cref="AccessTable"/> says so: the one door of REST and gRPC alike. What is in no row is shut.</summary>
sealed class AccessControl(RequestDelegate next, Credentials credentials, RefusalQuota refusals)
{
    /// <summary>Handles one request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        // Where nothing is, or not for this method, the router answers by itself.
        if (context.GetEndpoint() is not RouteEndpoint address)
        {
            return next(context);
        }

        var access = AccessTable.Of(address);
        if (access is { Roles: null })
        {
            return next(context);
        }

        return Answer(context, access);
    }

    async Task Answer(HttpContext context, Access? access)
    {
        var (caller, refusal) = await credentials.Read(context).ConfigureAwait(false);
        if (caller is null)
        {
            await Refuse(context, refusal ?? AccessProblems.Invalid).ConfigureAwait(false);
        }
        else if (access?.Allows(caller.Role) is not true)
        {
            await Refuse(context, AccessProblems.RoleMissing).ConfigureAwait(false);
        }
        else
        {
            context.Features.Set(caller);
            await next(context).ConfigureAwait(false);
        }
    }

    Task Refuse(HttpContext context, Problem refusal)
    {
        if (refusal.Status == StatusCodes.Status401Unauthorized && !refusals.TryTake(context, out var wait))
        {
            return (AccessProblems.TooMany with { RetryAfter = wait }).ExecuteAsync(context);
        }

        // RFC 6750, 3: who brought no credentials is told of no error.
        context.Response.Headers[HeaderNames.WWWAuthenticate] =
            refusal == AccessProblems.Missing ? "Bearer"
            : refusal == AccessProblems.RoleMissing ? "Bearer error=\"insufficient_scope\""
            : "Bearer error=\"invalid_token\"";
        return refusal.ExecuteAsync(context);
    }
}
