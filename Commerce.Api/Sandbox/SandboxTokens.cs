namespace Commerce.Api.Sandbox;

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

    /// <summary>Pending at first; a callback tells that it is approved.</summary>
    public const string Pending = "tok_pending";

    /// <summary>Pending at first; a callback tells that it is declined.</summary>
    public const string PendingDeclined = "tok_pending_declined";

    /// <summary>Pending at first, then approved; the callback is lost.</summary>
    public const string CallbackLost = "tok_callback_lost";

    /// <summary>Pending at first, then approved; the callback comes twice, under one id.</summary>
    public const string CallbackTwice = "tok_callback_twice";

    /// <summary>Approved; the callback comes before that answer.</summary>
    public const string CallbackFirst = "tok_callback_first";

    /// <summary>Approved; a callback tells so only after <see cref="LateMs"/>, when later ones have come.</summary>
    public const string CallbackLate = "tok_callback_late";

    /// <summary>An authorisation of just this amount, in any currency, is declined: for clients that cannot choose a token.</summary>
    public const decimal DeclinedAmount = 402m;

    /// <summary>Milliseconds that the slow token takes.</summary>
    public const int SlowMs = 2_000;

    /// <summary>Milliseconds that a late callback is late.</summary>
    public const int LateMs = 3_000;

    /// <summary>Each with what it does, for people.</summary>
    public static IReadOnlyList<(string Token, string Does)> All { get; } =
    [
        (Declined, "declined"),
        (InsufficientFunds, "declined for want of money"),
        (Slow, $"approved after {SlowMs} ms"),
        (ErrorOnce, "answered 503 once, then approved"),
        (LostAnswerOnce, "approved and booked, the first answer lost"),
        (Pending, "pending; a callback tells that it is approved"),
        (PendingDeclined, "pending; a callback tells that it is declined"),
        (CallbackLost, "pending, then approved; the callback is lost"),
        (CallbackTwice, "pending, then approved; the callback comes twice"),
        (CallbackFirst, "approved; the callback comes before that answer"),
        (CallbackLate, $"approved; its callback comes {LateMs} ms late, after later ones"),
    ];

    /// <summary>Whether it is decided after the answer.</summary>
    public static bool IsPending(string? token) => token is Pending or PendingDeclined or CallbackLost or CallbackTwice;

    /// <summary>Why such an authorisation is declined; null: it is not.</summary>
    public static string? DeclineOf(string? token, decimal amount) => token switch
    {
        Declined or PendingDeclined => "declined",
        InsufficientFunds => "insufficient-funds",
        _ when amount == DeclinedAmount => "amount-declined",
        _ => null,
    };
}
