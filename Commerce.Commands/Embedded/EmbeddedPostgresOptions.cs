namespace Commerce.Commands.Embedded;

/// <summary>Where the private PostgreSQL keeps its data and finds its binaries.</summary>
public sealed class EmbeddedPostgresOptions
{
    /// <summary>The folder used when none is given, below the current directory; version control ignores it.</summary>
    public const string DefaultDataFolder = ".commerce";

    /// <summary>The folder of the server's data, locks and password; processes that name the same folder share one server. Relative to the current directory.</summary>
    public string DataFolder { get; init; } = DefaultDataFolder;

    /// <summary>The folder that holds <c>postgres</c>, <c>initdb</c> and <c>pg_ctl</c>; null: wherever distributions put them, newest first.</summary>
    public string? BinariesFolder { get; init; }
}
