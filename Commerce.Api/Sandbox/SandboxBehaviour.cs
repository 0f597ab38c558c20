using System.Buffers.Binary;
using Commerce.Domain;

namespace Commerce.Api.Sandbox;

/// <summary>How the sandbox behaves; <c>PUT /v1/behaviour</c> changes it. A share is from 0 to 1.</summary>
/// <param name="DelayMs">Milliseconds before each answer.</param>
/// <param name="FailShare">Share of calls that are answered 503, spread evenly.</param>
/// <param name="IsDown">Every call is answered 503.</param>
/// <param name="DeclineShare">Share of authorisations that are declined, whatever they are paid with.</param>
/// <param name="LostAnswerShare">Share of calls that are booked, and whose answer is then lost once.</param>
/// <param name="PendingShare">Share of calls that are answered <c>pending</c> and told by callback.</param>
/// <param name="PendingMs">Milliseconds that they are pending.</param>
/// <param name="TellsAll">Callbacks also tell of what was answered at once.</param>
/// <param name="CallbackLostShare">Share of callbacks that are never sent.</param>
/// <param name="CallbackTwiceShare">Share of callbacks that are sent twice.</param>
/// <param name="CallbackDelayMsMax">Milliseconds that a callback is late at most; drawn for each, so that they come out of order.</param>
/// <param name="StatementMissingShare">Share of entries that the statement leaves out.</param>
/// <param name="StatementExtraShare">Share of entries that the statement has a second time, under a payment that nobody knows.</param>
/// <param name="StatementAmountShare">Share of entries with another amount in the statement.</param>
/// <param name="StatementStateShare">Share of entries that the statement calls declined.</param>
/// <param name="Seed">Chooses which; the same seed chooses the same.</param>
sealed record SandboxBehaviour(
    int DelayMs = 0,
    double FailShare = 0,
    bool IsDown = false,
    double DeclineShare = 0,
    double LostAnswerShare = 0,
    double PendingShare = 0,
    int PendingMs = SandboxBehaviour.PendingMsDefault,
    bool TellsAll = false,
    double CallbackLostShare = 0,
    double CallbackTwiceShare = 0,
    int CallbackDelayMsMax = 0,
    double StatementMissingShare = 0,
    double StatementExtraShare = 0,
    double StatementAmountShare = 0,
    double StatementStateShare = 0,
    int Seed = 1)
{
    /// <summary>Longest delay: a minute is slower than any client waits.</summary>
    public const int DelayMsMax = 60_000;

    /// <summary>Milliseconds that something is pending when nothing else is said.</summary>
    public const int PendingMsDefault = 500;

    /// <summary>What the values may be, in one sentence.</summary>
    public static string Rule => $"delayMs, pendingMs and callbackDelayMsMax are 0 to {DelayMsMax}, shares 0 to 1.";

    /// <summary>Whether the values are within their ranges.</summary>
    public bool IsValid => Array.TrueForAll([DelayMs, PendingMs, CallbackDelayMsMax], ms => ms is >= 0 and <= DelayMsMax) && Array.TrueForAll(
        [FailShare, DeclineShare, LostAnswerShare, PendingShare, CallbackLostShare, CallbackTwiceShare, StatementMissingShare, StatementExtraShare, StatementAmountShare, StatementStateShare],
        share => share is >= 0 and <= 1);

    /// <summary>Whether the n-th call (from 0) fails.</summary>
    public bool Fails(long call) => IsDown || Math.Floor((call + 1) * FailShare) > Math.Floor(call * FailShare);

    /// <summary>Whether a share falls on something.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <param name="what">Whose share it is: independent of the others'.</param>
    /// <param name="key">What it may fall on.</param>
    public bool Strikes(double share, string what, string key) => share > 0 && Draw(what, key) < share;

    /// <summary>From 0 to 1, always the same for the same seed.</summary>
    public double Draw(string what, string key) =>
        BinaryPrimitives.ReadUInt32BigEndian(Uuid.FromName(Guid.Empty, $"{Seed}/{what}/{key}").ToByteArray(bigEndian: true)) / (uint.MaxValue + 1.0);
}
