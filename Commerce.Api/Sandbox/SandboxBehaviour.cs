using System.ComponentModel.DataAnnotations;

namespace Commerce.Api.Sandbox;

/// <summary>How the sandbox behaves; <c>PUT /v1/behaviour</c> changes it.</summary>
/// <param name="DelayMs">Milliseconds before each answer.</param>
/// <param name="FailShare">Share of calls that are answered 503, spread evenly.</param>
/// <param name="IsDown">Every call is answered 503.</param>
sealed record SandboxBehaviour(
    [property: Range(0, SandboxBehaviour.DelayMsMax)] int DelayMs = 0,
    [property: Range(0.0, 1.0)] double FailShare = 0,
    bool IsDown = false)
{
    /// <summary>Longest delay: a minute is slower than any client waits.</summary>
    public const int DelayMsMax = 60_000;

    /// <summary>Whether the values are within their ranges.</summary>
    public bool IsValid => DelayMs is >= 0 and <= DelayMsMax && FailShare is >= 0 and <= 1;

    /// <summary>Whether the n-th call (from 0) fails.</summary>
    public bool Fails(long call) => IsDown || Math.Floor((call + 1) * FailShare) > Math.Floor(call * FailShare);
}

/// <summary>What customers can pay with in the sandbox, and what then happens. Every other token is approved.</summary>
static class SandboxTokens
{
    /// <summary>Declined.</summary>
    public const string Declined = "tok_declined";

    /// <summary>Declined for want of money.</summary>
    public const string InsufficientFunds = "tok_insufficient_funds";

    /// <summary>Approved, after <see cref="SlowMs"/>.</summary>
    public const string Slow = "tok_slow";

    /// <summary>The first call of a key is answered 503 and does nothing; the next is approved.</summary>
    public const string ErrorOnce = "tok_error_once";

    /// <summary>The first call of a key is approved and booked, and its answer lost; the next is told so.</summary>
    public const string LostAnswerOnce = "tok_lost_answer_once";

    /// <summary>An authorisation of just this amount, in any currency, is declined: for clients that cannot choose a token.</summary>
    public const decimal DeclinedAmount = 402m;

    /// <summary>Milliseconds that the slow token takes.</summary>
    public const int SlowMs = 2_000;

    /// <summary>Why such an authorisation is declined; null: it is not.</summary>
    public static string? DeclineOf(string? token, decimal amount) => token switch
    {
        Declined => "declined",
        InsufficientFunds => "insufficient-funds",
        _ when amount == DeclinedAmount => "amount-declined",
        _ => null,
    };
}
