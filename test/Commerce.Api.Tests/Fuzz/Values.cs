using System.Globalization;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>What requests are made of: things that exist, and what programs have stumbled over elsewhere.</summary>
/// <param name="Pools">Values that exist, by the name of what takes them.</param>
sealed record Values(IReadOnlyDictionary<string, string[]> Pools)
{
    /// <summary>Numbers at the edges, and what only looks like a number.</summary>
    public static readonly string[] Numbers =
    [
        "0", "-1", "1", "2", "100", "65536", "1000000", "1000001", "2147483647", "2147483648", "-2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
        "1e400", "-1e400", "1e-400", "1.5", "1.0", "1e2", "-0", "0.1", "79228162514264337593543950336", new string('9', 400),
    ];

    /// <summary>Texts at the edges, in JSON's escapes where they cannot stand in a text.</summary>
    public static readonly string[] Texts =
    [
        "", " ", @"\u0000", @"a\u0000b", @"\ud800", @"\udc00\ud800", @"\u202e", @"\ud83d\ude00", @"\u2028", @"\ufeff", @"\uffff", @"\t", @"\r\nX-A: b", @"\\", @"\""", "/", "..", "../../etc/passwd",
        "' OR 1=1;--", "%00", "%s%n", "${jndi:ldap://a}", "<script>alert(1)</script>", "NaN", "null", "true", "-0", "1e309", "0x10", "\u0663", "\uff11", "=1+1", "{}", "[]", "GBP", "gbp", "JPY", "XXX",
        "9223372036854775807", "2026-02-30", "2026-11-26T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "2026-11-26T00:00:00+14:00", "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff", "tok_declined", "tok_pending", "e\u0301\u0301\u0301\u0301", "\u00df", "\u0130", new string('a', 64), new string('a', 65), new string('a', 200), new string('a', 201), new string('a', 256), new string('\u00e4', 5_000),
    ];

    /// <summary>Parts of an address at the edges.</summary>
    public static readonly string[] Segments =
    [
        "%00", "%2e%2e", "%2f", "%5c", "%ff", "%c0%af", "%ed%a0%80", "%zz", "%", "a%0d%0ab", "..", ".", "~", "a;b=c", "a b", "*", "@", ":", "$", "\u00e4", "a%20b", "%F0%9F%98%80", "-1", "0", "x",
        "00000000-0000-0000-0000-000000000000", "order-", "order-%00", "stock-A@", "$all", "$ce-order", new string('a', 300),
    ];

    /// <summary>A value that exists, for whatever has that name; where there is none by that name, some word.</summary>
    public string Good(Random random, string name) => Pools.TryGetValue(name, out var pool) ? One(random, pool) : "a";

    /// <summary>One of them.</summary>
    public static T One<T>(Random random, IReadOnlyList<T> of) => of[random.Next(of.Count)];

    /// <summary>Whether something happens that does so once in so many times.</summary>
    public static bool Once(Random random, int inTimes) => random.Next(inTimes) == 0;

    /// <summary>A number in digits.</summary>
    public static string Digits(long number) => number.ToString(CultureInfo.InvariantCulture);
}
