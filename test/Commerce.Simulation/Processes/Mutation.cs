namespace Commerce.Simulation.Processes;

/// <summary>Defects that are made on purpose, each the kind that a careless change would bring: the checks must find every one.</summary>
enum Mutation
{
    /// <summary>Everything as it should be.</summary>
    None,

    /// <summary>An authorisation is not let go when its order is undone.</summary>
    SkipTheVoid,

    /// <summary>Stock is released once more, past the decider that would find nothing to release.</summary>
    ReleaseTwice,

    /// <summary>What the saga asks of stock has a new id each time, so that a repeat is another command.</summary>
    ForgetTheDeduplication,

    /// <summary>The order is promised while its payment is only asked for.</summary>
    ConfirmBeforeAuthorise,

    /// <summary>Callbacks are answered as if they were kept, and are not.</summary>
    LoseACallback,

    /// <summary>Some messages are never delivered.</summary>
    LoseAMessage,

    /// <summary>Stock is decided on what a process happens to know, without the fence of the expected revision.</summary>
    Oversell,

    /// <summary>Each capture is asked for twice, under two keys.</summary>
    CaptureTwice,

    /// <summary>Stock is not released when its order is undone.</summary>
    DropTheRelease,

    /// <summary>The relay stores how far it has read, not how far everything is done with.</summary>
    CheckpointRunsAhead,

    /// <summary>What was given up is given to nobody.</summary>
    ForgetTheDeadLetter,

    /// <summary>A sale offers the units of a claim whose order was undone once more, past the decider that knows that it did.</summary>
    OfferAgainTwice,

    /// <summary>A shard of a flash sale takes what another gave it twice.</summary>
    TakeUnitsTwice,

    /// <summary>Nobody looks after units that were reserved without the saga saying that it has them.</summary>
    ForgetTheStrays,
}

/// <summary>Words about mutations.</summary>
static class Mutations
{
    /// <summary>Whether it is made in what saga and payments ask of the aggregates.</summary>
    public static bool IsOfCommands(this Mutation mutation) => mutation is Mutation.SkipTheVoid or Mutation.ReleaseTwice
        or Mutation.ForgetTheDeduplication or Mutation.ConfirmBeforeAuthorise or Mutation.DropTheRelease or Mutation.OfferAgainTwice or Mutation.TakeUnitsTwice;

    /// <summary>Its name on the command line, e.g. <c>skip-the-void</c>.</summary>
    public static string Word(this Mutation mutation) =>
        string.Concat(mutation.ToString().Select((c, n) => n > 0 && char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
