using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Commerce.Domain.Log;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Commerce.Testing.EventStoreDb;

/// <summary>
/// EventStoreDB's protocol over real HTTP/2, with a log in memory. What it answers is what server 23.10.6 answers, as far as
/// recorded exchanges and the server's published behaviour tell: streams, all events in order, gossip and the list of methods.
/// </summary>
/// <remarks>Metadata that a client writes to a stream (<c>$maxAge</c>, <c>$acl</c>) is kept and has no effect; links are not resolved.</remarks>
public sealed class EventStoreDbEmulator : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    public const string Host = "127.0.0.1";

    readonly EventStoreDbEmulatorOptions _options;
    readonly EmulatedLog _log;
    readonly EmulatedConnections _connections = new();
    readonly CallRouter _router;
    WebApplication? _server;

    EventStoreDbEmulator(EventStoreDbEmulatorOptions options)
    {
        _options = options;
        _log = options.ReplicaOf?._log ?? new(options);
        Faults = new(_connections);
        Port = options.Port;
        Certificate = options.Tls ? SelfSignedCertificate.Create(options.Time) : null;
        _router = new(options, _log, Cluster, Faults, () => Port);
    }

    /// <summary>The port that it listens on, also while it is stopped.</summary>
    public int Port { get; private set; }

    /// <summary>With the credentials that it requires. Its certificate must be trusted apart.</summary>
    public string ConnectionString =>
        $"esdb://{(_options.Credentials is { } c ? $"{Uri.EscapeDataString(c.User)}:{Uri.EscapeDataString(c.Password)}@" : "")}{Host}:{Port}?tls={(_options.Tls ? "true" : "false")}";

    /// <summary>What it shows to clients over TLS.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>What it does wrong.</summary>
    public Faults Faults { get; }

    /// <summary>What it tells of its cluster.</summary>
    public EmulatedCluster Cluster { get; } = new();

    /// <summary>Starts one.</summary>
    public static async Task<EventStoreDbEmulator> Start(EventStoreDbEmulatorOptions? options = null, CancellationToken ct = default)
    {
        var emulator = new EventStoreDbEmulator(options ?? new());
        await emulator.Listen(ct);
        return emulator;
    }

    /// <summary>Drops every connection at once, as a killed server does, and listens no more.</summary>
    public async Task Stop()
    {
        if (_server is not { } server)
            return;

        _server = null;
        _connections.Release();
        _connections.Close();
        await server.StopAsync();
        await server.DisposeAsync();
    }

    /// <summary>Stops, and listens again on the same port with what is durable.</summary>
    public async Task Restart()
    {
        await Stop();
        if (_options.ForgetsIdsOnRestart)
            _log.ForgetRecentIds();
        await Listen(default);
    }

    /// <summary>What somebody does who can write to the server's files: puts other events in the place of all that clients wrote.</summary>
    public void Replace(IEnumerable<RecordedEvent> events) => _log.Replace(events.Select(e => new LogRecord(
        e.Stream.Value,
        e.Revision,
        (ulong)e.Position.Value,
        new(e.Id, e.Type, true, ByteString.CopyFrom(e.Data.Span), ByteString.CopyFrom(e.Metadata.Span)),
        e.RecordedAt)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stop();
        Certificate?.Dispose();
    }

    async Task Listen(CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        var server = builder.Build();
        server.Run(_router.Handle);
        _connections.Open();
        await server.StartAsync(ct);
        _server = server;
        Port = new Uri(server.Urls.Single()).Port;
    }

    void Configure(KestrelServerOptions kestrel)
    {
        // Calls last as long as their clients like, say as much as these like, and may be silent.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
        kestrel.Listen(IPAddress.Loopback, Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => connection => _connections.Serve(connection, next));
            if (Certificate is not null)
                listen.UseHttps(Certificate);
        });
    }
}
