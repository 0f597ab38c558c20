using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Commerce.Api.Http;

/// <summary>Tells a repeat from another request under the same key: a hash of what the client asked, however it was spaced or ordered.</summary>
static class Fingerprint
{
    /// <summary>Hash (SHA-256, hexadecimal) of an operation on a resource and its body as we understood it.</summary>
    public static string Of<TBody>(HttpRequest request, TBody body, JsonTypeInfo<TBody> json)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}\n"));
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(body, json));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
