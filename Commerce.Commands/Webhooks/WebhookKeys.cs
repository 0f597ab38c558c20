using System.Security.Cryptography;
using Commerce.Commands.Customers;
using Commerce.Domain.Webhooks;

namespace Commerce.Commands.Webhooks;

/// <summary>Makes the keys that webhooks are signed with, and opens them again: they are kept encrypted with the master key of personal data.</summary>
/// <param name="masters">The master keys, asked for when they are needed first; null: none is configured.</param>
public sealed class WebhookKeys(Lazy<MasterKeys?> masters)
{
    MasterKeys Masters => masters.Value ?? throw new PersonalKeysUnavailableException("No master key is configured, so no webhook can be signed: set Commerce:PersonalData:MasterKey.");

    /// <summary>A new key of a subscription.</summary>
    /// <exception cref="PersonalKeysUnavailableException">No master key is configured.</exception>
    public WebhookKey Make(Guid webhook, WebhookScheme scheme)
    {
        var secret = RandomNumberGenerator.GetBytes(PersonalKey.SecretBytes);
        var wrapped = Masters.Wrap(PlaceOf(webhook), secret);
        return new(wrapped.MasterKey, Convert.ToBase64String(wrapped.Bytes), scheme == WebhookScheme.Ed25519 ? new Ed25519Signer(secret).PublicKey : null);
    }

    /// <summary>What the key signs with.</summary>
    /// <exception cref="PersonalKeysUnavailableException">The master key that it was encrypted with is not configured.</exception>
    /// <exception cref="PersonalDataUnreadableException">It is not what was stored.</exception>
    public IWebhookSigner Open(Guid webhook, WebhookKey key)
    {
        var secret = Secret(webhook, key);
        return key.PublicKey is null ? new HmacSigner(WebhookSecret.Of(secret)) : new Ed25519Signer(secret);
    }

    /// <summary>What the receiver is given to verify with: the secret (<c>whsec_</c>), or the public key (<c>whpk_</c>).</summary>
    /// <exception cref="PersonalKeysUnavailableException">The master key that it was encrypted with is not configured.</exception>
    public string Reveal(Guid webhook, WebhookKey key) => key.PublicKey ?? WebhookSecret.Of(Secret(webhook, key)).Reveal();

    byte[] Secret(Guid webhook, WebhookKey key) => Masters.Unwrap(PlaceOf(webhook), new(key.MasterKey, Convert.FromBase64String(key.Encrypted)));

    static string PlaceOf(Guid webhook) => $"commerce webhook key of {webhook}";
}
