using Commerce.Domain;

namespace Commerce.Api.Sandbox;

/// <summary>Statements that differ from the books, as the behaviour says. Pure.</summary>
static class SandboxStatements
{
    /// <summary>What an amount is off by where it is another: the smallest that any merchant would miss.</summary>
    const decimal AmountError = 1m;

    /// <summary>The statement as it is told.</summary>
    public static SandboxStatement Told(this SandboxStatement statement, SandboxBehaviour behaviour) =>
        statement with { Entries = [.. statement.Entries.SelectMany(e => Told(e, behaviour))] };

    static IEnumerable<SandboxEntry> Told(SandboxEntry entry, SandboxBehaviour behaviour)
    {
        if (!behaviour.Strikes(behaviour.StatementMissingShare, "missing", entry.Key))
        {
            yield return Altered(entry, behaviour);
        }

        if (behaviour.Strikes(behaviour.StatementExtraShare, "extra", entry.Key))
        {
            yield return entry with { Key = $"{entry.Key}/extra", Payment = Uuid.FromName(Guid.Empty, $"extra/{entry.Key}").ToString(), Order = null };
        }
    }

    static SandboxEntry Altered(SandboxEntry entry, SandboxBehaviour behaviour) =>
        behaviour.Strikes(behaviour.StatementAmountShare, "amount", entry.Key) ? entry with { Amount = entry.Amount with { Amount = entry.Amount.Amount + AmountError } }
        : behaviour.Strikes(behaviour.StatementStateShare, "state", entry.Key) ? entry with { Reference = null, Code = "declined" }
        : entry;
}
