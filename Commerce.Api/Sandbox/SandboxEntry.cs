using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain;

namespace Commerce.Api.Sandbox;

/// <summary>What a call asks for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SandboxKind>))]
enum SandboxKind
{
    /// <summary>Hold an amount.</summary>
    Authorisation,

    /// <summary>Take a part of it.</summary>
    Capture,

    /// <summary>Let it go.</summary>
    Void,

    /// <summary>Give a part back.</summary>
    Refund,
}

/// <summary>One line of the provider's books: a call that was answered for good.</summary>
/// <param name="Key">The call's idempotency key.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Payment">The merchant's id of the payment.</param>
/// <param name="Order">The merchant's id of the order; with authorisations.</param>
/// <param name="Amount">What moved; of a void, what was let go.</param>
/// <param name="Token">What the customer paid with.</param>
/// <param name="Reference">The provider's id of it; null: declined.</param>
/// <param name="Code">Why it was declined.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Id">The merchant's id of the capture or refund.</param>
/// <param name="SettlesAt">Until then it is pending; null: it was answered at once.</param>
sealed record SandboxEntry(
    string Key, SandboxKind Kind, string Payment, string? Order, Money Amount, string? Token, string? Reference, string? Code, DateTimeOffset At, Guid? Id = null, DateTimeOffset? SettlesAt = null)
{
    /// <summary>Whether it is not decided yet, as far as the merchant knows.</summary>
    public bool IsPending(DateTimeOffset now) => now < SettlesAt;
}

/// <summary>A payment as the provider has it.</summary>
/// <param name="Payment">The merchant's id.</param>
/// <param name="Order">The merchant's id of the order.</param>
/// <param name="Status"><c>pending</c>, <c>declined</c>, <c>authorised</c> or <c>voided</c>.</param>
/// <param name="Authorised">What is or was held.</param>
/// <param name="Captured">What was taken.</param>
/// <param name="Refunded">What was given back.</param>
/// <param name="Entries">How it came to that.</param>
sealed record SandboxPayment(string Payment, string? Order, string Status, Money Authorised, Money Captured, Money Refunded, IReadOnlyList<SandboxEntry> Entries);

/// <summary>A page of a day's movements.</summary>
/// <param name="Date">The day, UTC.</param>
/// <param name="Entries">What was approved on it, oldest first.</param>
/// <param name="Next">What to ask for as <c>after</c> next; null: this was the last page.</param>
sealed record SandboxStatement(DateOnly Date, IReadOnlyList<SandboxEntry> Entries, string? Next);

/// <summary>A refusal of the sandbox.</summary>
/// <param name="Code">Stable, kebab case.</param>
/// <param name="Detail">One sentence.</param>
sealed record SandboxProblem(string Code, string Detail);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SandboxEntry))]
[JsonSerializable(typeof(SandboxPayment))]
[JsonSerializable(typeof(SandboxStatement))]
[JsonSerializable(typeof(SandboxProblem))]
[JsonSerializable(typeof(SandboxBehaviour))]
[JsonSerializable(typeof(Commands.Payments.ProviderRequest))]
[JsonSerializable(typeof(Commands.Payments.ProviderResponse))]
sealed partial class SandboxJson : JsonSerializerContext;
