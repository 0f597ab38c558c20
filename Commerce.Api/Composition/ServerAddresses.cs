namespace Commerce.Api.Composition;

/// <summary>
/// Where a process serves. With TLS one port has HTTP/1 and HTTP/2, which client and server agree on (ALPN). Without it nobody could tell the two
/// apart before the first byte, so gRPC, which needs HTTP/2, has addresses of its own.
/// </summary>
static class ServerAddresses
{
    const string Section = "Kestrel";
    const string EndpointsKey = "Endpoints";
    const string TlsScheme = "https://";

    /// <summary>Serves where the settings say; where they describe Kestrel's endpoints themselves (<c>Kestrel:Endpoints</c>), there alone.</summary>
    public static IWebHostBuilder UseAddresses(this IWebHostBuilder web, CommerceSettings settings)
    {
        var kestrel = new ConfigurationBuilder().AddConfiguration(settings.Configuration.GetSection(Section)).AddInMemoryCollection(CertificateFiles(settings));
        if (!settings.Configuration.GetSection(Section).GetSection(EndpointsKey).Exists())
        {
            kestrel.AddInMemoryCollection(Endpoints(settings));
        }

        // Named here, the addresses would be overridden, with a warning.
        return web.UseUrls(string.Empty).ConfigureKestrel(options => options.Configure(kestrel.Build()));
    }

    /// <summary>Whether gRPC has addresses of its own.</summary>
    public static bool ServesGrpcBeside(this CommerceSettings settings) => GrpcUrls(settings).Count > 0;

    // Kestrel would look for a file that is named without its folder beside the program, not where the program was called, as the settings were checked.
    static IEnumerable<KeyValuePair<string, string?>> CertificateFiles(CommerceSettings settings) =>
        from key in (string[])[HttpSettings.CertificateKey, HttpSettings.CertificateKeyFileKey]
        let file = settings.Configuration[key]
        where !string.IsNullOrWhiteSpace(file)
        select KeyValuePair.Create(key[(Section.Length + 1)..], (string?)Path.GetFullPath(file));

    static IEnumerable<KeyValuePair<string, string?>> Endpoints(CommerceSettings settings)
    {
        // In the order of their names they are bound, and told.
        foreach (var (n, url) in Split(settings.Urls).Index())
        {
            yield return new($"{EndpointsKey}:Api{n:D2}:Url", url);
        }

        foreach (var (n, url) in GrpcUrls(settings).Index())
        {
            yield return new($"{EndpointsKey}:Grpc{n:D2}:Url", url);
            yield return new($"{EndpointsKey}:Grpc{n:D2}:Protocols", "Http2");
        }
    }

    static List<string> GrpcUrls(CommerceSettings settings) =>
        !settings.Roles.HasFlag(Roles.Api) ? []
        : settings.GrpcUrls is { } named ? [.. Split(named)]
        : [.. Split(settings.Urls).Where(url => !url.StartsWith(TlsScheme, StringComparison.OrdinalIgnoreCase)).Select(Beside)];

    // Port 0 is any free one.
    static string Beside(string url)
    {
        var address = BindingAddress.Parse(url);
        return FormattableString.Invariant($"{address.Scheme}://{address.Host}:{(address.Port == 0 ? 0 : address.Port + 1)}");
    }

    static string[] Split(string urls) => urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
