using System.Globalization;
using System.Text;

namespace Commerce.Benchmarks.Load;

/// <summary>A request built once, in which only the digits of its number change: sending one costs no more than copying digits.</summary>
sealed class RequestTemplate
{
    /// <summary>Stands for the request's number.</summary>
    public const string NumberMark = "{n}";

    const int Digits = 10;

    readonly byte[] _bytes;
    readonly int[] _places;

    /// <summary>A POST of a body under a key; without a body, a GET. With credentials, where somebody asks for them.</summary>
    public RequestTemplate(int port, string path, string? body, string keyPrefix, string? authorization)
    {
        var length = Encoding.UTF8.GetByteCount(body?.Replace(NumberMark, new('0', Digits), StringComparison.Ordinal) ?? "");
        var head = $"Host: 127.0.0.1:{port}\r\n{(authorization is null ? "" : $"Authorization: {authorization}\r\n")}";
        var text = body is null ? $"GET {path} HTTP/1.1\r\n{head}\r\n" : string.Create(
            CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: {length}\r\nIdempotency-Key: \"{keyPrefix}{NumberMark}\"\r\n\r\n{body}");
        var parts = text.Split(NumberMark);
        _bytes = Encoding.UTF8.GetBytes(string.Join(new string('0', Digits), parts));
        _places = [.. parts.SkipLast(1).Select((_, n) => Encoding.UTF8.GetByteCount(string.Concat(parts.Take(n + 1))) + (n * Digits))];
    }

    /// <summary>The request of that number; valid until the next is asked for.</summary>
    public ReadOnlySpan<byte> For(long number)
    {
        foreach (var place in _places)
        {
            if (!number.TryFormat(_bytes.AsSpan(place, Digits), out _, "D10", CultureInfo.InvariantCulture))
            {
                throw new BenchmarkFailedException($"{number} has more than {Digits} digits.");
            }
        }

        return _bytes;
    }
}
