using Commerce.Api.Http;
using Microsoft.AspNetCore.HttpOverrides;

namespace Commerce.Api.Hardening;

/// <summary>What stands before the API: limits of time and size, encryption where it is configured, and what browsers and proxies are allowed.</summary>
static class HardenedServer
{
    /// <summary>Time for which browsers come by TLS only, once they did (RFC 6797): a year, as its registries of sites want it.</summary>
    static readonly TimeSpan StrictTransportTime = TimeSpan.FromDays(365);

    /// <summary>Sets up the server and puts what is used into the container. Certificates are Kestrel's own configuration, <c>Kestrel:Certificates:Default</c>.</summary>
    public static void AddHardening(this WebApplicationBuilder builder, HttpOptions options)
    {
        builder.WebHost.ConfigureKestrel(kestrel => HttpLimits.Apply(kestrel, options));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddHsts(hsts =>
        {
            hsts.MaxAge = StrictTransportTime;
            hsts.ExcludedHosts.Clear();
        });
        if (options.Origins.Count > 0)
        {
            builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
                .WithOrigins([.. options.Origins])
                .AllowAnyHeader()
                .WithMethods("GET", "POST", "PUT", "DELETE", "PATCH")
                .WithExposedHeaders(CommerceHeaders.Told)));
        }
    }

    /// <summary>Uses it; before whatever answers.</summary>
    /// <param name="app">The application.</param>
    /// <param name="options">The same as were added.</param>
    public static void UseHardening(this WebApplication app, HttpOptions options)
    {
        if (options.Proxies.Count > 0)
        {
            app.UseForwardedHeaders(Believing(options.Proxies));
        }

        // It says nothing over a connection that is not encrypted (RFC 6797, 7.2).
        app.UseHsts();
        app.UseSecurityHeaders();
    }

    /// <summary>Lets pages of the configured origins call; after what makes problems of exceptions.</summary>
    public static void UseOrigins(this WebApplication app, HttpOptions options)
    {
        if (options.Origins.Count > 0)
        {
            app.UseCors();
        }
    }

    static ForwardedHeadersOptions Believing(IReadOnlyList<System.Net.IPNetwork> proxies)
    {
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            forwarded.KnownIPNetworks.Add(proxy);
        }

        return forwarded;
    }
}
