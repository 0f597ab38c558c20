using System.Collections.Concurrent;
using Commerce.Testing.Telemetry.Otlp;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Commerce.Testing.Telemetry;

/// <summary>Takes what is exported over OTLP (HTTP, protobuf) and keeps it for tests to look at.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    /// <summary>Messages of each kind that are kept: far more than an order makes.</summary>
    const int KeptMax = 50_000;

    /// <summary>Bytes of one request at most; the exporter sends 512 spans at once.</summary>
    const int RequestBytesMax = 16 * 1_024 * 1_024;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    readonly WebApplication _server;
    readonly ConcurrentQueue<CollectedSpan> _spans = [];
    readonly ConcurrentQueue<CollectedMetric> _metrics = [];
    readonly ConcurrentQueue<CollectedLog> _logs = [];
    readonly ConcurrentQueue<string> _texts = [];

    OtlpCollector(WebApplication server) => _server = server;

    /// <summary>Settings that make a process export to it, promptly.</summary>
    public IReadOnlyList<(string Key, string Value)> Settings =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", _server.Urls.First()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_BSP_SCHEDULE_DELAY", "200"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "200"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
    ];

    /// <summary>Spans that have arrived.</summary>
    public IReadOnlyCollection<CollectedSpan> Spans => _spans;

    /// <summary>Points of metrics that have arrived, the latest last.</summary>
    public IReadOnlyCollection<CollectedMetric> Metrics => _metrics;

    /// <summary>Lines of logs that have arrived.</summary>
    public IReadOnlyCollection<CollectedLog> Logs => _logs;

    /// <summary>Everything that has arrived, as text to be searched.</summary>
    public IReadOnlyCollection<string> Texts => _texts;

    /// <summary>Serves on a free port.</summary>
    public static async Task<OtlpCollector> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = RequestBytesMax);
        var collector = new OtlpCollector(builder.Build());
        collector._server.MapPost("/v1/traces", http => Take(http, ExportTraceServiceRequest.Parser, collector.Keep));
        collector._server.MapPost("/v1/metrics", http => Take(http, ExportMetricsServiceRequest.Parser, collector.Keep));
        collector._server.MapPost("/v1/logs", http => Take(http, ExportLogsServiceRequest.Parser, collector.Keep));
        await collector._server.StartAsync();
        return collector;
    }

    /// <summary>Waits until what has arrived satisfies the condition; says what it is when it never does.</summary>
    public async Task<T> Until<T>(Func<OtlpCollector, T> look, Func<T, bool> isSo)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var seen = look(this);
            if (isSo(seen) || limit.IsCancellationRequested)
            {
                return seen;
            }

            await Task.Delay(Pause);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    static async Task Take<T>(HttpContext http, MessageParser<T> parser, Action<T> keep)
        where T : IMessage<T>
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        keep(parser.ParseFrom(body.ToArray()));
        http.Response.ContentType = "application/x-protobuf";
    }

    void Keep(ExportTraceServiceRequest request)
    {
        Keep(_texts, request.ToString());
        foreach (var scope in request.ResourceSpans.SelectMany(r => r.ScopeSpans))
        {
            foreach (var span in scope.Spans)
            {
                Keep(_spans, CollectedSpan.Of(scope.Scope?.Name ?? string.Empty, span));
            }
        }
    }

    void Keep(ExportMetricsServiceRequest request)
    {
        Keep(_texts, request.ToString());
        foreach (var metric in request.ResourceMetrics.SelectMany(r => r.ScopeMetrics).SelectMany(s => s.Metrics))
        {
            foreach (var point in CollectedMetric.Of(metric))
            {
                Keep(_metrics, point);
            }
        }
    }

    void Keep(ExportLogsServiceRequest request)
    {
        Keep(_texts, request.ToString());
        foreach (var record in request.ResourceLogs.SelectMany(r => r.ScopeLogs).SelectMany(s => s.LogRecords))
        {
            Keep(_logs, CollectedLog.Of(record));
        }
    }

    static void Keep<T>(ConcurrentQueue<T> kept, T item)
    {
        kept.Enqueue(item);
        while (kept.Count > KeptMax && kept.TryDequeue(out _))
        {
        }
    }
}
