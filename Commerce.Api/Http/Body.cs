using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Http;

/// <summary>
/// What a request sends as JSON. Most bodies are small and arrive with their headers: such a one is read where it lies, at once. The framework's
/// own way, which waits for more, costs several times as much; it is left to bodies that are not there yet or lie in pieces.
/// </summary>
/// <param name="Value">What was sent.</param>
sealed record Body<T>(T Value) : IEndpointParameterMetadataProvider
    where T : class
{
    const string MediaType = "application/json";

    static readonly JsonTypeInfo<T> Json = ApiJson.Default.GetTypeInfo(typeof(T)) as JsonTypeInfo<T> ?? throw new InvalidOperationException($"{typeof(T)} is not in the API's JSON.");

    static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>Tells the OpenAPI document and the router what is taken.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new AcceptsMetadata([MediaType], typeof(T)));

    /// <summary>Reads it; the framework calls this.</summary>
    /// <exception cref="BadHttpRequestException">It is missing, too large, or not that JSON.</exception>
    public static ValueTask<Body<T>> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        try
        {
            return TryReadAtOnce(context.Request, out var body) ? ValueTask.FromResult(Required(body)) : ReadAsItComes(context.Request, context.RequestAborted);
        }
        catch (JsonException e)
        {
            throw Unreadable(e);
        }
    }

    static bool TryReadAtOnce(HttpRequest request, out T? body)
    {
        body = null;
        if (request.ContentType is not MediaType || !request.BodyReader.TryRead(out var read))
        {
            return false;
        }

        var bytes = read.Buffer;
        if (!read.IsCompleted || !bytes.IsSingleSegment || bytes.IsEmpty || bytes.FirstSpan.StartsWith(ByteOrderMark))
        {
            request.BodyReader.AdvanceTo(bytes.Start);
            return false;
        }

        try
        {
            body = JsonSerializer.Deserialize(bytes.FirstSpan, Json);
        }
        finally
        {
            request.BodyReader.AdvanceTo(bytes.End);
        }

        return true;
    }

    static async ValueTask<Body<T>> ReadAsItComes(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType() || EncodingOf(request) is not { } encoding)
        {
            throw new BadHttpRequestException("The body is not JSON.", StatusCodes.Status415UnsupportedMediaType);
        }

        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            throw Missing();
        }

        var bytes = encoding == Encoding.UTF8 ? request.Body : Encoding.CreateTranscodingStream(request.Body, encoding, Encoding.UTF8, leaveOpen: true);
        try
        {
            return Required(await JsonSerializer.DeserializeAsync(bytes, Json, cancellationToken).ConfigureAwait(false));
        }
        catch (JsonException e)
        {
            throw Unreadable(e);
        }
    }

    // The framework's own reading throws at an encoding that it does not know, and at a known one in quotes. JSON is UTF-8 (RFC 8259, 8.1); Windows sends UTF-16.
    static Encoding? EncodingOf(HttpRequest request) =>
        !MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? null
        : HeaderUtilities.RemoveQuotes(type.Charset).Value?.ToUpperInvariant() switch
        {
            null or "" or "UTF-8" or "US-ASCII" => Encoding.UTF8,
            "UTF-16" => Encoding.Unicode,
            _ => null,
        };

    static Body<T> Required(T? body) => body is null ? throw Missing() : new(body);

    static BadHttpRequestException Missing() => new("There is no body.");

    static BadHttpRequestException Unreadable(JsonException e) => new("The body is not the JSON that is taken here.", StatusCodes.Status400BadRequest, e);
}
