namespace Commerce.Api.Http;

/// <summary>Marks an address that takes what is personal: a refusal repeats nothing that was sent to it, names of unknown fields included.</summary>
sealed record TakesPersonalData;
