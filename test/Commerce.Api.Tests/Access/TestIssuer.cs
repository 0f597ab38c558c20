using System.Security.Cryptography;
using Commerce.Api.Composition;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Commerce.Api.Tests.Access;

/// <summary>Issues tokens, with a key of its own whose public half lies in a file.</summary>
sealed class TestIssuer : IDisposable
{
    public const string Name = "https://issuer.example";
    public const string Audience = "commerce";

    static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    readonly RSA _rsa = RSA.Create(2048);

    public TestIssuer()
    {
        Key = new RsaSecurityKey(_rsa) { KeyId = Guid.NewGuid().ToString("N") };
        Publish(Key);
    }

    /// <summary>The issuer of applications under test.</summary>
    public static TestIssuer Shared { get; } = new();

    /// <summary>What it signs with.</summary>
    public RsaSecurityKey Key { get; }

    /// <summary>Where its keys are for others.</summary>
    public string File { get; } = Path.Combine(Path.GetTempPath(), $"commerce-jwks-{Guid.NewGuid():N}.json");

    /// <summary>The settings with which its tokens are taken.</summary>
    public IEnumerable<(string Key, string Value)> Settings => [(TokenSettings.IssuerKey, Name), (TokenSettings.AudienceKey, Audience), (TokenSettings.KeysKey, File)];

    /// <summary>Puts public halves of keys where others read them.</summary>
    public void Publish(params IEnumerable<RsaSecurityKey> keys)
    {
        var set = string.Join(',', keys.Select(k =>
        {
            var rsa = k.Rsa.ExportParameters(includePrivateParameters: false);
            return $$"""{"kty":"RSA","use":"sig","kid":"{{k.KeyId}}","n":"{{Base64UrlEncoder.Encode(rsa.Modulus)}}","e":"{{Base64UrlEncoder.Encode(rsa.Exponent)}}"}""";
        }));
        System.IO.File.WriteAllText(File, $$"""{"keys":[{{set}}]}""");
    }

    /// <summary>A token that is as it should be, changed as a test wants it.</summary>
    public string Token(string role, string client = "someone", Action<SecurityTokenDescriptor>? change = null, params (string Name, object Value)[] claims)
    {
        var now = DateTime.UtcNow;
        var token = new SecurityTokenDescriptor
        {
            Issuer = Name,
            Audience = Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddMinutes(5),
            SigningCredentials = new(Key, SecurityAlgorithms.RsaSha256),
            Claims = claims.Prepend(("role", role)).Prepend(("sub", client)).ToDictionary(c => c.Item1, c => c.Item2),
        };
        change?.Invoke(token);
        return Handler.CreateToken(token);
    }

    public void Dispose()
    {
        _rsa.Dispose();
        System.IO.File.Delete(File);
    }
}
