using System.Text;
using Org.BouncyCastle.Crypto.Parameters;

namespace Commerce.Commands.Webhooks;

/// <summary>Signs a webhook, as the header <c>webhook-signature</c> takes it.</summary>
public interface IWebhookSigner
{
    /// <summary>The signature of a message.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="timestamp">When it is sent, in whole seconds since 1970.</param>
    /// <param name="body">Its body.</param>
    string Sign(string id, string timestamp, ReadOnlySpan<byte> body);
}

/// <summary><c>v1</c>: HMAC-SHA256.</summary>
sealed class HmacSigner(WebhookSecret secret) : IWebhookSigner
{
    public string Sign(string id, string timestamp, ReadOnlySpan<byte> body) => secret.Sign(id, timestamp, body);
}

/// <summary><c>v1a</c>: Ed25519 (RFC 8032), which .NET 10 does not have.</summary>
sealed class Ed25519Signer : IWebhookSigner
{
    /// <summary>What a public key begins with.</summary>
    public const string Prefix = "whpk_";

    const string Version = "v1a,";

    readonly Ed25519PrivateKeyParameters _key;

    /// <summary>With the key of these 32 bytes.</summary>
    public Ed25519Signer(byte[] seed)
    {
        _key = new(seed);
        PublicKey = Prefix + Convert.ToBase64String(_key.GeneratePublicKey().GetEncoded());
    }

    /// <summary>What its signatures are verified with.</summary>
    public string PublicKey { get; }

    public string Sign(string id, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var signer = new Org.BouncyCastle.Crypto.Signers.Ed25519Signer();
        signer.Init(forSigning: true, _key);
        signer.BlockUpdate(signed, 0, signed.Length);
        return Version + Convert.ToBase64String(signer.GenerateSignature());
    }
}
