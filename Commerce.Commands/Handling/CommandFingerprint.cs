using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Commerce.Commands.Handling;

/// <summary>
/// Hash of a command: SHA-256 over its type's name and its JSON with properties in the order of their names and without
/// nulls, so that neither moving a property nor adding an optional one makes a stored command another.
/// </summary>
static class CommandFingerprint
{
    static readonly JsonSerializerOptions Canonical = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(), new RuntimeTypeConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { SortProperties } },
    };

    /// <summary>43 characters, base64url.</summary>
    public static string Of<TCommand>(TCommand command)
        where TCommand : notnull
    {
        var json = JsonSerializer.SerializeToUtf8Bytes<object>(new { Type = NameOf(command.GetType()), Command = (object)command }, Canonical);
        return Base64Url.EncodeToString(SHA256.HashData(json));
    }

    static string NameOf(Type type) => type.DeclaringType is { } outer ? $"{NameOf(outer)}.{type.Name}" : type.Name;

    static void SortProperties(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        var sorted = type.Properties.OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        type.Properties.Clear();
        foreach (var property in sorted)
        {
            type.Properties.Add(property);
        }
    }

    /// <summary>A property that is declared as an abstract record is hashed as what it is, with its name; the serializer would write what is declared only.</summary>
    sealed class RuntimeTypeConverter : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert is { IsAbstract: true, IsClass: true };

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            Activator.CreateInstance(typeof(Writer<>).MakeGenericType(typeToConvert)) as JsonConverter
                ?? throw new InvalidOperationException($"No converter for {typeToConvert}.");

        sealed class Writer<T> : JsonConverter<T>
            where T : class
        {
            public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
                throw new NotSupportedException("Fingerprints are only written.");

            public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
            {
                writer.WriteStartObject();
                writer.WritePropertyName(NameOf(value.GetType()));
                JsonSerializer.Serialize(writer, value, value.GetType(), options);
                writer.WriteEndObject();
            }
        }
    }
}
