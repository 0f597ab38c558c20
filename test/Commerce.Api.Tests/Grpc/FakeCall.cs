using Commerce.Api.Security;
using Commerce.Domain.Access;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Commerce.Api.Tests.Grpc;

/// <summary>A call of an operator without a connection: whoever is let go sees its token cancelled.</summary>
sealed class FakeCall : ServerCallContext, IHttpRequestLifetimeFeature, IDisposable
{
    readonly CancellationTokenSource _gone = new();

    public FakeCall()
    {
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpRequestLifetimeFeature>(this);
        http.Features.Set(new Caller("tests", AccessRole.Operator));
        // Where Grpc.AspNetCore looks for it in a call that is not its own.
        UserState["__HttpContext"] = http;
    }

    /// <summary>Whether the server let the client go.</summary>
    public bool IsAborted => _gone.IsCancellationRequested;

    public CancellationToken RequestAborted { get => _gone.Token; set => throw new NotSupportedException(); }

    protected override string MethodCore => "/commerce.v1.Tests/Fake";

    protected override string HostCore => "localhost";

    protected override string PeerCore => "ipv4:127.0.0.1:1";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => [];

    protected override CancellationToken CancellationTokenCore => _gone.Token;

    protected override Metadata ResponseTrailersCore => [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => new(null, []);

    public void Abort() => _gone.Cancel();

    public void Dispose() => _gone.Dispose();

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
}
