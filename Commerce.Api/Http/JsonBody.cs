using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Commerce.Api.Http;

/// <summary>Writes the answers of commands, and refusals: small JSON, whole, with its length, from a buffer that each thread keeps. The framework's own way sends it in chunks and takes a buffer and a state machine for each.</summary>
static class JsonBody
{
    const string MediaType = "application/json; charset=utf-8";

    /// <summary>Bytes of a buffer that a thread keeps; what a longer answer took is let go.</summary>
    const int KeptBytesMax = 16 * 1024;

    [ThreadStatic]
    static Buffers? kept;

    /// <summary>Writes it and sends what is written.</summary>
    public static Task WriteJson<TBody>(this HttpResponse response, TBody body, JsonTypeInfo<TBody> json, CancellationToken cancellationToken) =>
        response.WriteJson(MediaType, (body, json), static (writer, answer) => JsonSerializer.Serialize(writer, answer.body, answer.json), cancellationToken);

    /// <summary>Sends what is written already.</summary>
    public static Task WriteJson(this HttpResponse response, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        response.ContentType = MediaType;
        response.ContentLength = json.Length;
        var flushed = response.BodyWriter.WriteAsync(json, cancellationToken);
        return flushed.IsCompletedSuccessfully ? Task.CompletedTask : flushed.AsTask();
    }

    /// <summary>Has it written and sends what is written.</summary>
    public static Task WriteJson<TBody>(this HttpResponse response, string mediaType, TBody body, Action<Utf8JsonWriter, TBody> write, CancellationToken cancellationToken)
    {
        var buffers = kept ?? new();
        kept = null;
        write(buffers.Writer, body);
        buffers.Writer.Flush();
        response.ContentType = mediaType;
        response.ContentLength = buffers.Bytes.WrittenCount;
        response.BodyWriter.Write(buffers.Bytes.WrittenSpan);
        if (buffers.Bytes.Capacity <= KeptBytesMax)
        {
            buffers.Clear();
            kept = buffers;
        }

        var flushed = response.BodyWriter.FlushAsync(cancellationToken);
        return flushed.IsCompletedSuccessfully ? Task.CompletedTask : flushed.AsTask();
    }

    sealed class Buffers
    {
        public ArrayBufferWriter<byte> Bytes { get; } = new(512);

        public Utf8JsonWriter Writer { get; }

        public Buffers() => Writer = new(Bytes, new() { Encoder = ApiJson.Default.Options.Encoder, SkipValidation = true });

        public void Clear()
        {
            Bytes.ResetWrittenCount();
            Writer.Reset();
        }
    }
}
