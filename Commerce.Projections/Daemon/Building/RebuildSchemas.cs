using Commerce.Projections.Documents;

namespace Commerce.Projections.Daemon.Building;

/// <summary>Where a projection's rows lie that people do not read: those that are being built, and those that a rebuild replaced.</summary>
static class RebuildSchemas
{
    const string NextPrefix = "commerce_next_";
    const string ReplacedPrefix = "commerce_replaced_";

    /// <summary>Where it is rebuilt.</summary>
    public static ReadSchemas Next(string projection) => ReadSchemas.Beside(NextPrefix + Word(projection));

    /// <summary>Where what a rebuild replaced is kept until somebody drops it.</summary>
    public static ReadSchemas Replaced(string projection) => ReadSchemas.Beside(ReplacedPrefix + Word(projection));

    static string Word(string projection) => projection.Replace('-', '_');
}
