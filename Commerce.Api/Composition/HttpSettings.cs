using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Commerce.Api.Hardening;

namespace Commerce.Api.Composition;

/// <summary>What clients, browsers and proxies are allowed, and the certificate, from the configuration.</summary>
static class HttpSettings
{
    public const string HeadersTimeKey = "Commerce:Http:HeadersTime";
    public const string KeepAliveKey = "Commerce:Http:KeepAlive";
    public const string SlowestBytesPerSecondKey = "Commerce:Http:SlowestBytesPerSecond";
    public const string SlowestGraceKey = "Commerce:Http:SlowestGrace";
    public const string ConnectionsKey = "Commerce:Http:Connections";
    public const string OriginsKey = "Commerce:Http:Origins";
    public const string ProxiesKey = "Commerce:Http:Proxies";

    /// <summary>Kestrel's own names: a PEM or PFX file, the private key's file where it is another, and its password.</summary>
    public const string CertificateKey = "Kestrel:Certificates:Default:Path";
    public const string CertificateKeyFileKey = "Kestrel:Certificates:Default:KeyPath";
    public const string CertificatePasswordKey = "Kestrel:Certificates:Default:Password";

    /// <summary>Origins, and proxies, at most: each is looked through for a request.</summary>
    const int ListMax = 32;

    /// <summary>Reads and checks them; what is not set is as <see cref="HttpOptions"/> has it.</summary>
    /// <exception cref="CommerceSettingsException">One of them is not valid.</exception>
    public static HttpOptions Read(IConfiguration configuration, string? urls)
    {
        CheckCertificate(configuration, urls);
        var defaults = new HttpOptions();
        var options = new HttpOptions
        {
            HeadersTime = Time(HeadersTimeKey, configuration[HeadersTimeKey]) ?? defaults.HeadersTime,
            KeepAlive = Time(KeepAliveKey, configuration[KeepAliveKey]) ?? defaults.KeepAlive,
            SlowestBytesPerSecond = Whole(SlowestBytesPerSecondKey, configuration[SlowestBytesPerSecondKey]) ?? defaults.SlowestBytesPerSecond,
            SlowestGrace = Time(SlowestGraceKey, configuration[SlowestGraceKey]) ?? defaults.SlowestGrace,
            Connections = Whole(ConnectionsKey, configuration[ConnectionsKey]) ?? defaults.Connections,
            Origins = [.. List(OriginsKey, configuration[OriginsKey]).Select(Origin)],
            Proxies = [.. List(ProxiesKey, configuration[ProxiesKey]).Select(Proxy)],
        };
        var faults = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new(options), faults, validateAllProperties: true)
            ? options
            : throw new CommerceSettingsException($"Commerce:Http: {faults[0].ErrorMessage}");
    }

    // Kestrel says so as well, but late and with a stack trace.
    static void CheckCertificate(IConfiguration configuration, string? urls)
    {
        if (string.IsNullOrWhiteSpace(configuration[CertificateKey]))
        {
            if (urls?.Contains("https://", StringComparison.OrdinalIgnoreCase) == true)
            {
                throw new CommerceSettingsException($"An https address needs a certificate: name its file in {CertificateKey}, and its key's in {CertificateKeyFileKey} where it is another.");
            }

            return;
        }

        try
        {
            using var certificate = Certificate(configuration[CertificateKey] ?? string.Empty, configuration[CertificateKeyFileKey], configuration[CertificatePasswordKey]);
            if (!certificate.HasPrivateKey)
            {
                throw new CommerceSettingsException($"{CertificateKey} holds no private key: name its file in {CertificateKeyFileKey}.");
            }
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommerceSettingsException($"{CertificateKey} cannot be used: file, key file and password do not belong together, or one of them is not there.");
        }
    }

    static X509Certificate2 Certificate(string path, string? keyPath, string? password) =>
        string.IsNullOrWhiteSpace(keyPath) ? X509CertificateLoader.LoadPkcs12FromFile(path, password)
        : string.IsNullOrEmpty(password) ? X509Certificate2.CreateFromPemFile(path, keyPath)
        : X509Certificate2.CreateFromEncryptedPemFile(path, password, keyPath);

    static string[] List(string key, string? text)
    {
        var items = text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return items.Length <= ListMax ? items : throw new CommerceSettingsException($"{key} names {ListMax} at most, separated by commas.");
    }

    // As browsers send it: a trailing slash or a path would never be equal.
    static string Origin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase) ? text
        : throw new CommerceSettingsException($"{OriginsKey} is a list of origins like https://shop.example, separated by commas.");

    static IPNetwork Proxy(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new(address, address.GetAddressBytes().Length * 8)
        : throw new CommerceSettingsException($"{ProxiesKey} is a list of addresses and networks like 10.0.0.7,10.1.0.0/16, separated by commas.");

    static int? Whole(string key, string? text) => string.IsNullOrWhiteSpace(text) ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
        : throw new CommerceSettingsException($"{key} is a whole number.");

    static TimeSpan? Time(string key, string? text) => string.IsNullOrWhiteSpace(text) ? null
        : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time
        : throw new CommerceSettingsException($"{key} is a time like 00:00:10.");
}
