using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Commerce.Api.Http;

/// <summary>Tells a repeat from another request under the same key: a hash of what the client asked, however it was spaced or ordered.</summary>
static class Fingerprint
{
    /// <summary>Hash (SHA-256, hexadecimal) of an operation on a resource and its body as we understood it.</summary>
    /// <param name="operation">Method and path, as REST has them. The log keeps the hash: whatever the door, an operation is named the same for ever.</param>
    /// <param name="body">What was sent.</param>
    /// <param name="json">How it looks as JSON.</param>
    public static string Of<TBody>(string operation, TBody body, JsonTypeInfo<TBody> json)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(operation + "\n"));
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(body, json));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
