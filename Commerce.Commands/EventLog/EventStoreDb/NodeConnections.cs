using System.Net.Security;
using System.Security.Authentication;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>Connections to the members of a cluster, as the connection string and the options ask for them.</summary>
static class NodeConnections
{
    /// <summary>Makes connections to one member.</summary>
    public static SocketsHttpHandler To(EventStoreDbConnectionString connection, EventStoreDbOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = options.ConnectMax,
        EnableMultipleHttp2Connections = true,
        InitialHttp2StreamWindowSize = options.ReadAheadBytes,
        KeepAlivePingDelay = connection.KeepAliveInterval,
        KeepAlivePingTimeout = connection.KeepAliveTimeout,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,

        // Calls that live as long as the process are no part of anybody's trace.
        ActivityHeadersPropagator = null,
        SslOptions = new() { RemoteCertificateValidationCallback = (_, _, _, errors) => Trusts(connection, errors) },
    };

    static bool Trusts(EventStoreDbConnectionString connection, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None || !connection.TlsVerifyCert ? true : throw new UntrustedCertificateException(errors);
}

/// <summary>The server speaks TLS, with a certificate that this machine does not trust.</summary>
sealed class UntrustedCertificateException(SslPolicyErrors why) : AuthenticationException($"The certificate is not trusted: {why}.");
