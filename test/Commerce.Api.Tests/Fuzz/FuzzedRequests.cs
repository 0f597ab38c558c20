using System.Globalization;
using System.Text;
using Commerce.Api.Http;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>A request, as it goes over the wire.</summary>
/// <param name="Number">Its number: with the seed it is the same again.</param>
/// <param name="Bytes">All of it.</param>
/// <param name="IsHead">Whether the answer has no body, whatever its headers say.</param>
/// <param name="IsHttp">Whether it is a request of HTTP at all: one that is none is answered without a body, and the connection ends.</param>
/// <param name="IsTooLarge">Whether the server may end the connection before it has taken all of it.</param>
sealed record FuzzedRequest(int Number, byte[] Bytes, bool IsHead, bool IsHttp, bool IsTooLarge);

/// <summary>Every request of a seed, each by its number; most of them come with credentials of an operator.</summary>
sealed class FuzzedRequests(int seed, Contract contract, Values values, string credentials)
{
    static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "BREW", "PROPFIND"];

    static readonly string[] NotHttp =
    [
        "\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n",
        "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n", "G\u00e4T / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /orders HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "POST /orders HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003", "GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n",
    ];

    /// <summary>What ends or stops something for everybody, so that few requests after it would find anything: it is aimed at something that is there only once in so many times.</summary>
    const int EndOneIn = 300;

    static readonly string[] Ends = ["discontinue", "close", "pause", "rebuild", "erase"];

    readonly FuzzedBody _bodies = new(contract, values);

    /// <summary>The request of that number.</summary>
    public FuzzedRequest Get(int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        return random.Next(100) switch
        {
            < 50 => Of(number, random, isNearlyRight: true, isOdd: false),
            < 72 => Of(number, random, isNearlyRight: false, isOdd: false),
            < 84 => Of(number, random, isNearlyRight: true, isOdd: true),
            < 98 => Elsewhere(number, random),
            _ => new(number, Encoding.Latin1.GetBytes(Values.One(random, NotHttp)), false, false, false),
        };
    }

    FuzzedRequest Of(int number, Random random, bool isNearlyRight, bool isOdd)
    {
        var operation = Values.One(random, contract.Operations);
        var body = operation.Body is { } schema ? _bodies.For(random, schema, isNearlyRight) : [];
        if (!isNearlyRight && Values.Once(random, 400))
        {
            body = new byte[HttpLimits.BodyBytesMax + random.Next(-1, 2)];
        }

        var method = Values.Once(random, 20) ? Values.One(random, Methods) : operation.Method;
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{method} {Address(random, operation, isNearlyRight)} HTTP/1.1\r\nHost: fuzz\r\n");
        AddOwnHeaders(head, random, operation, number);
        AddOddHeaders(head, random, isOdd ? random.Next(1, 6) : 0);
        return Whole(number, random, head, body, method);
    }

    FuzzedRequest Elsewhere(int number, Random random)
    {
        var address = new StringBuilder(Values.Once(random, 2) ? Values.One(random, contract.Operations).Path : string.Empty);
        for (var n = random.Next(1, 5); n > 0; n--)
        {
            address.Append('/').Append(SegmentOf(random));
        }

        if (Values.Once(random, 50))
        {
            address.Append('?').Append('a', random.Next(4 * HttpLimits.AddressCharsMax));
        }

        var method = Values.One(random, Methods);
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{method} {address} HTTP/1.1\r\nHost: fuzz\r\n");
        return Whole(number, random, head, [], method) with { IsTooLarge = address.Length > HttpLimits.AddressCharsMax };
    }

    string Address(Random random, Operation operation, bool isNearlyRight)
    {
        var text = new StringBuilder();
        var oddOneIn = Array.Exists(Ends, operation.Path.EndsWith) && !Values.Once(random, EndOneIn) ? 1 : isNearlyRight ? 15 : 4;
        foreach (var segment in operation.Path.Split('/').Skip(1))
        {
            text.Append('/').Append(segment is ['{', .. var name, '}'] ? Values.Once(random, oddOneIn) ? SegmentOf(random) : values.Good(random, NameIn(operation.Path, name)) : segment);
        }

        var separator = '?';
        foreach (var name in operation.Query.Where(_ => random.Next(3) == 0))
        {
            var value = Values.Once(random, isNearlyRight ? 8 : 2) ? Uri.EscapeDataString(Values.One(random, Values.Once(random, 2) ? Values.Numbers : Values.Texts)) : values.Good(random, $"?{name}");
            text.Append(separator).Append(name).Append('=').Append(value);
            separator = '&';
        }

        return text.ToString();
    }

    // An id is of whatever stands before it.
    static string NameIn(string path, string name) => name == "id" ? path.Split('/').First(s => s is "customers" or "orders" or "flash-sales" or "payments" or "dead-letters" || s.StartsWith('{')) : name;

    static string SegmentOf(Random random) => Values.Once(random, 3) ? Uri.EscapeDataString(Values.One(random, Values.Texts)) : Uri.EscapeDataString(Values.One(random, Values.Segments)).Replace("%25", "%", StringComparison.Ordinal);

    void AddOwnHeaders(StringBuilder head, Random random, Operation operation, int number)
    {
        if (!Values.Once(random, 30))
        {
            head.Append("Authorization: ").Append(credentials).Append("\r\n");
        }

        foreach (var name in operation.Headers)
        {
            var value = name switch
            {
                CommerceHeaders.IdempotencyKey => Values.Once(random, 3) ? $"\"fuzz-{random.Next(200)}\"" : $"fuzz-{number}",
                CommerceHeaders.MinPosition => Values.Once(random, 2_000) ? "9223372036854775807" : Values.One(random, ["0", "1", "2", "x", "-1", ""]),
                "If-Match" => Values.One(random, ["*", "\"0\"", "\"1\"", "\"2\"", "W/\"1\"", "x", "\"99999999999999999999\""]),
                _ => "a",
            };
            if (name == CommerceHeaders.IdempotencyKey ? !Values.Once(random, 30) : Values.Once(random, 8))
            {
                head.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }
    }

    static void AddOddHeaders(StringBuilder head, Random random, int count)
    {
        for (; count > 0; count--)
        {
            head.Append(Values.One(random, OddHeaders.All)).Append("\r\n");
        }

        if (Values.Once(random, 300))
        {
            var many = random.Next(3 * HttpLimits.HeadersMax);
            for (var n = 0; n < many; n++)
            {
                head.Append(CultureInfo.InvariantCulture, $"X-{n}: a\r\n");
            }
        }
    }

    static FuzzedRequest Whole(int number, Random random, StringBuilder head, byte[] body, string method)
    {
        if (body.Length > 0)
        {
            head.Append("Content-Type: ").Append(Values.Once(random, 20) ? Values.One(random, OddHeaders.MediaTypes) : "application/json").Append("\r\n");
        }

        if (body.Length > 0 && Values.Once(random, 10))
        {
            var bytes = Encoding.Latin1.GetBytes(head.Append(CultureInfo.InvariantCulture, $"Transfer-Encoding: chunked\r\n\r\n{body.Length:X}\r\n").ToString());
            return new(number, [.. bytes, .. body, .. "\r\n0\r\n\r\n"u8], method == "HEAD", true, body.Length >= HttpLimits.BodyBytesMax);
        }

        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n");
        return new(number, [.. Encoding.Latin1.GetBytes(head.ToString()), .. body], method == "HEAD", true, body.Length >= HttpLimits.BodyBytesMax);
    }
}
