using System.Diagnostics;
using Grpc.AspNetCore.Server;

namespace Commerce.Api.Http;

/// <summary>
/// Names the span of a request by method and route, and tells how it was answered, as OpenTelemetry's conventions for HTTP have it.
/// The framework does so from .NET 11 on. Neither path nor query: they may name a customer.
/// </summary>
static class SpanNames
{
    /// <summary>Adds it; before what answers.</summary>
    public static void UseSpanNames(this WebApplication app) => app.Use((HttpContext context, RequestDelegate next) =>
        // Where nobody listens the framework makes a span all the same, for the logs: what it would tell nobody hears.
        Activity.Current is { Recorded: true } span ? Follow(span, context, next) : next(context));

    static async Task Follow(Activity span, HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            Tell(span, context);
        }
    }

    static void Tell(Activity span, HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is { Method: var called })
        {
            span.DisplayName = called.FullName[1..];
            span.SetTag("rpc.system", "grpc").SetTag("rpc.service", called.ServiceName).SetTag("rpc.method", called.Name);
            return;
        }

        var (method, status) = (context.Request.Method, context.Response.StatusCode);
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.TrimEnd('/');
        span.DisplayName = route is null ? method : $"{method} {route}";
        span.SetTag("http.request.method", method).SetTag("http.route", route).SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
