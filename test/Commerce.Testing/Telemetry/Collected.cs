using System.Globalization;
using Commerce.Testing.Telemetry.Otlp;
using Google.Protobuf;

namespace Commerce.Testing.Telemetry;

/// <summary>A span as it was exported; ids in lower-case hexadecimal.</summary>
/// <param name="Source">Who made it.</param>
/// <param name="Name">What it is.</param>
/// <param name="TraceId">Its trace.</param>
/// <param name="Id">Its own id.</param>
/// <param name="ParentId">The span that it is below; empty: none.</param>
/// <param name="Tags">Its attributes.</param>
/// <param name="Links">Ids of spans that it is linked to.</param>
/// <param name="StartNs">Nanoseconds since 1970.</param>
/// <param name="EndNs">Nanoseconds since 1970.</param>
public sealed record CollectedSpan(
    string Source, string Name, string TraceId, string Id, string ParentId, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Links, ulong StartNs, ulong EndNs)
{
    internal static CollectedSpan Of(string source, Span span) => new(
        source, span.Name, OtlpValues.Hex(span.TraceId), OtlpValues.Hex(span.SpanId), OtlpValues.Hex(span.ParentSpanId), OtlpValues.Tags(span.Attributes),
        [.. span.Links.Select(l => OtlpValues.Hex(l.SpanId))], span.StartTimeUnixNano, span.EndTimeUnixNano);
}

/// <summary>One point of a metric as it was exported.</summary>
/// <param name="Name">Of the instrument.</param>
/// <param name="Unit">As UCUM writes it.</param>
/// <param name="Tags">What it is broken down by.</param>
/// <param name="Value">The sum or the last value; of a histogram the sum of what was measured.</param>
/// <param name="Count">Measurements in a histogram; else 1.</param>
public sealed record CollectedMetric(string Name, string Unit, IReadOnlyDictionary<string, string> Tags, double Value, ulong Count)
{
    internal static IEnumerable<CollectedMetric> Of(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Select(p => Of(metric, p)),
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Select(p => Of(metric, p)),
        Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints.Select(p => new CollectedMetric(metric.Name, metric.Unit, OtlpValues.Tags(p.Attributes), p.Sum, p.Count)),
        _ => [],
    };

    static CollectedMetric Of(Metric metric, NumberDataPoint point) =>
        new(metric.Name, metric.Unit, OtlpValues.Tags(point.Attributes), point.ValueCase == NumberDataPoint.ValueOneofCase.AsInt ? point.AsInt : point.AsDouble, 1);
}

/// <summary>A line of a log as it was exported.</summary>
/// <param name="Text">What it says.</param>
/// <param name="TraceId">Its trace; empty: none.</param>
/// <param name="SpanId">The span in which it was written; empty: none.</param>
public sealed record CollectedLog(string Text, string TraceId, string SpanId)
{
    internal static CollectedLog Of(LogRecord record) => new(record.Body?.StringValue ?? string.Empty, OtlpValues.Hex(record.TraceId), OtlpValues.Hex(record.SpanId));
}

static class OtlpValues
{
    public static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);

    public static Dictionary<string, string> Tags(IEnumerable<KeyValue> attributes) => attributes.ToDictionary(a => a.Key, a => Text(a.Value), StringComparer.Ordinal);

    static string Text(AnyValue value) => value.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        _ => value.ToString(),
    };
}
