using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>Bodies: mostly what the contract asks for, with something wrong here and there, or all wrong.</summary>
sealed class FuzzedBody(Contract contract, Values values)
{
    /// <summary>Deeper than anything that is taken.</summary>
    const int DeepMax = 5_000;

    /// <summary>Wrong values: one in so many of what is nearly right.</summary>
    const int OddOneIn = 40;

    /// <summary>A body for a schema, as bytes.</summary>
    public byte[] For(Random random, JsonElement schema, bool isNearlyRight)
    {
        var text = new StringBuilder();
        Write(text, random, schema, string.Empty, isNearlyRight ? OddOneIn : 2);
        return isNearlyRight ? Encoding.UTF8.GetBytes(text.ToString()) : Broken(random, text.ToString());
    }

    static byte[] Broken(Random random, string json)
    {
        var good = Encoding.UTF8.GetBytes(json);
        switch (random.Next(14))
        {
            case 0:
                return good[..random.Next(good.Length)];
            case 1:
                return [.. good, .. good];
            case 2:
                good[random.Next(good.Length)] = (byte)random.Next(256);
                return good;
            case 3:
                return Encoding.UTF8.GetBytes(new string('[', random.Next(1, DeepMax)));
            case 4:
                var deep = random.Next(1, DeepMax);
                return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"lines\":", deep)) + "1" + new string('}', deep));
            case 5:
                var noise = new byte[random.Next(200)];
                random.NextBytes(noise);
                return noise;
            case 6:
                return Encoding.UTF8.GetBytes(Values.One(random, ["null", "true", "1", "\"a\"", "[]", "{}", "", " ", "\u0000", "{\"\":\"\"}", "{\"__proto__\":{}}", "// a\n{}", "{,}", "[1,]"]));
            case 7:
                return [.. Encoding.UTF8.GetPreamble(), .. good];
            case 8:
                return Encoding.Unicode.GetBytes(json);
            case 9:
                return [.. "{\"reason\":\""u8, 0xC0, 0xAF, 0xFF, 0xED, 0xA0, 0x80, .. "\"}"u8];
            case 10:
                return Encoding.UTF8.GetBytes($"{{\"reason\":\"{new string('a', random.Next(1, 30_000))}\"}}");
            case 11:
                return Encoding.UTF8.GetBytes($"{{\"quantity\":{new string('9', random.Next(1, 30_000))}}}");
            case 12:
                return [.. good, .. Encoding.UTF8.GetBytes(new string(' ', random.Next(10_000)))];
            default:
                return good;
        }
    }

    void Write(StringBuilder text, Random random, JsonElement schema, string name, int oddOneIn)
    {
        if (Values.Once(random, oddOneIn))
        {
            WriteOdd(text, random);
            return;
        }

        schema = contract.Resolve(schema);
        switch (TypeOf(schema))
        {
            case "object":
                WriteObject(text, random, schema, oddOneIn);
                break;
            case "array":
                WriteArray(text, random, schema, name, oddOneIn);
                break;
            case "integer" or "number":
                text.Append(values.Pools.TryGetValue(name, out var numbers) ? Values.One(random, numbers) : Values.Digits(random.Next(1, 4)));
                break;
            case "boolean":
                text.Append(random.Next(2) == 0 ? "true" : "false");
                break;
            default:
                text.Append('"').Append(TextFor(random, schema, name)).Append('"');
                break;
        }
    }

    // Where the contract does not say of what a list is, its name does.
    void WriteArray(StringBuilder text, Random random, JsonElement schema, string name, int oddOneIn)
    {
        var count = Values.Once(random, 200) ? random.Next(2_500) : random.Next(1, 4);
        text.Append('[');
        for (var n = 0; n < count; n++)
        {
            text.Append(n == 0 ? string.Empty : ",");
            if (schema.TryGetProperty("items", out var item))
            {
                Write(text, random, item, name, count > 10 ? 1_000_000 : oddOneIn);
            }
            else
            {
                text.Append('"').Append(values.Good(random, name)).Append('"');
            }
        }

        text.Append(']');
    }

    string TextFor(Random random, JsonElement schema, string name) =>
        schema.TryGetProperty("enum", out var words) ? words[random.Next(words.GetArrayLength())].GetString() ?? "a"
        : schema.TryGetProperty("format", out var format) && format.GetString() == "date-time" ? new DateTimeOffset(2026, 11, 26, 0, 0, 0, TimeSpan.Zero).AddHours(random.Next(-100, 2_000)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : values.Good(random, name);

    void WriteObject(StringBuilder text, Random random, JsonElement schema, int oddOneIn)
    {
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(n => n.GetString()).ToHashSet() : [];
        var isFirst = true;
        text.Append('{');
        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
            {
                if (required.Contains(property.Name) ? Values.Once(random, 5 * oddOneIn) : random.Next(2) == 0)
                {
                    continue;
                }

                for (var times = Values.Once(random, 10 * oddOneIn) ? 2 : 1; times > 0; times--)
                {
                    text.Append(isFirst ? string.Empty : ",").Append('"').Append(property.Name).Append("\":");
                    Write(text, random, property.Value, property.Name, oddOneIn);
                    isFirst = false;
                }
            }
        }

        if (Values.Once(random, 5 * oddOneIn))
        {
            text.Append(isFirst ? "\"" : ",\"").Append(Values.One(random, Values.Texts)).Append("\":1");
        }

        text.Append('}');
    }

    static void WriteOdd(StringBuilder text, Random random)
    {
        _ = random.Next(8) switch
        {
            0 => text.Append("null"),
            1 => text.Append(random.Next(2) == 0 ? "true" : "false"),
            2 or 3 => text.Append(Values.One(random, Values.Numbers)),
            4 => text.Append(Values.One(random, ["[]", "{}", "[null]", "[[]]", "{\"a\":null}", "[0,\"a\",{}]"])),
            _ => text.Append('"').Append(Values.One(random, Values.Texts)).Append('"'),
        };
    }

    static string TypeOf(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? "string"
        : type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString() ?? string.Empty).First(t => t != "null")
        : type.GetString() ?? "string";
}
