using System.Net.Security;
using System.Security.Authentication;

namespace Commerce.Commands.Grpc;

/// <summary>The server speaks TLS, with a certificate that this machine does not trust.</summary>
sealed class UntrustedCertificateException(SslPolicyErrors why) : AuthenticationException($"The certificate is not trusted: {why}.");
