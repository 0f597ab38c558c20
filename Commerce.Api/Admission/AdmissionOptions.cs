using System.ComponentModel.DataAnnotations;

namespace Commerce.Api.Admission;

/// <summary>How much is let in: of each client, and to each flash sale. Generous where nothing else is said: nobody is limited who does not flood.</summary>
public sealed record AdmissionOptions
{
    /// <summary>Requests that a client who says who it is may send at once after a pause, wherever it sends them from.</summary>
    [Range(1, 10_000_000)]
    public int ClientBurst { get; init; } = 20_000;

    /// <summary>Requests a second that a client may send for as long as it likes: half of what one node takes of the cheapest commands.</summary>
    [Range(1, 1_000_000)]
    public int ClientPerSecond { get; init; } = 10_000;

    /// <summary>Requests that may come at once after a pause from one address, of clients that do not say who they are, or not truly.</summary>
    [Range(1, 10_000_000)]
    public int AddressBurst { get; init; } = 20_000;

    /// <summary>Requests a second that may come so for as long as one likes.</summary>
    [Range(1, 1_000_000)]
    public int AddressPerSecond { get; init; } = 10_000;

    /// <summary>Requests without valid credentials that an address may send at once: more than a person mistypes, or a program that was given a wrong key notices.</summary>
    [Range(1, 1_000_000)]
    public int RefusalBurst { get; init; } = 100;

    /// <summary>Requests without valid credentials a second that are told so, of each address.</summary>
    [Range(1, 1_000_000)]
    public int RefusalsPerSecond { get; init; } = 10;

    /// <summary>
    /// Claims of one sale that are let in at once, and wait at its mailbox to be decided, first come, first served: twice as many as it takes to keep two cores busy.
    /// Decided and written together they take some 10 ms.
    /// </summary>
    [Range(1, 100_000)]
    public int SaleClaims { get; init; } = 512;

    /// <summary>
    /// Claims of one sale that wait to be let in, first come, first served. None, as it is: under three times the load that a process takes nearly every claim would
    /// wait twice, here and at the mailbox, which costs a fifth of those that are accepted.
    /// </summary>
    [Range(0, 100_000)]
    public int SaleQueue { get; init; }

    /// <summary>How long a claim that found no room is held at least before it is told: who comes again at once whatever it is told, does so ten times a second at most over each connection.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan SaleRefusalAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long it is held at most, where more are to be told than may be in a second: half of the time after which it may come again.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan SaleRefusalAfterMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Claims that found no room and are told so in a second, of all sales, as long as none is held for too long: each takes as much of the processor as one that is let in.</summary>
    [Range(1, 1_000_000)]
    public int SaleRefusalsPerSecond { get; init; } = 4_000;

    /// <summary>Claims that are held so at most, of all sales; others are told at once.</summary>
    [Range(0, 100_000)]
    public int SaleRefusalsHeld { get; init; } = 4_096;

    /// <summary>When a claim that found no room should come again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SaleRetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
