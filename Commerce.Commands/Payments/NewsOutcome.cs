using Commerce.Domain;

namespace Commerce.Commands.Payments;

/// <summary>What became of a provider's news.</summary>
public abstract record NewsOutcome
{
    NewsOutcome()
    {
    }

    /// <summary>The payment's stream has it now.</summary>
    public sealed record Recorded : NewsOutcome;

    /// <summary>The payment's stream had it, or is past it: nothing changed.</summary>
    public sealed record KnownAlready : NewsOutcome;

    /// <summary>Our log does not know what it speaks of, perhaps not yet: nothing changed.</summary>
    /// <param name="Rejection">Whether it is the payment or the movement.</param>
    public sealed record Unknown(Rejection Rejection) : NewsOutcome;

    /// <summary>It does not agree with our log: nothing changed, and somebody has to look.</summary>
    /// <param name="Rejection">In what.</param>
    public sealed record Contradicts(Rejection Rejection) : NewsOutcome;
}
