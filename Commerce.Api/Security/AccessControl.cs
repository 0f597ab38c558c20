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

        var reading = credentials.Read(context);
        return reading.IsCompletedSuccessfully ? Answer(context, access, reading.Result) : AnswerLater(context, access, reading);
    }

    async Task AnswerLater(HttpContext context, Access? access, ValueTask<(Caller?, Problem?)> reading) => await Answer(context, access, await reading);

    Task Answer(HttpContext context, Access? access, (Caller? Caller, Problem? Refusal) found)
    {
        if (found.Caller is not { } caller)
        {
            return Refuse(context, found.Refusal ?? AccessProblems.Invalid);
        }

        if (access is null || !access.Allows(caller.Role))
        {
            return Refuse(context, AccessProblems.RoleMissing);
        }

        context.Features.Set(caller);
        return next(context);
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
