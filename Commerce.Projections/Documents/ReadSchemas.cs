using System.Text.RegularExpressions;

namespace Commerce.Projections.Documents;

/// <summary>
/// The schemas that one set of read models lies in, always under the same names of tables. What people read lies in three of them;
/// a set that is built beside it has all of its own in one (<see cref="Beside"/>), checkpoints included.
/// </summary>
/// <param name="Documents">Documents, as Marten lays them out.</param>
/// <param name="Facts">Flat tables for analysts.</param>
/// <param name="Checkpoints">How far each projection of the set has come.</param>
public sealed partial record ReadSchemas(string Documents, string Facts, string Checkpoints)
{
    /// <summary>Marten's default schema.</summary>
    public const string DocumentsDefault = "public";

    /// <summary>What people read, with the documents in this schema.</summary>
    public static ReadSchemas Live(string documents = DocumentsDefault) => new(documents, "analytics", "commerce");

    /// <summary>A set beside it.</summary>
    /// <param name="schema">1 to 63 lower-case letters, digits and underscores, no digit first, and no schema that something lives in already.</param>
    /// <exception cref="ArgumentException">Not such a name.</exception>
    public static ReadSchemas Beside(string schema) => IsName(schema) && schema is not (DocumentsDefault or "analytics" or "commerce" or "log") && !schema.StartsWith("pg_", StringComparison.Ordinal)
        ? new(schema, schema, schema)
        : throw new ArgumentException($"'{schema}' is no name of a schema that read models may be built in: lower-case letters, digits and underscores, and none that is in use.", nameof(schema));

    static bool IsName(string schema) => Name().IsMatch(schema);

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$")]
    private static partial Regex Name();
}
