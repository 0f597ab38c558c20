namespace Commerce.Projections.Analytics;

/// <summary>Something in the schema <c>analytics</c> that analysts read by its name.</summary>
/// <param name="Name">Its name in the schema: lower-case letters and underscores.</param>
/// <param name="Comment">What one row is.</param>
/// <param name="Projections">Whose rows it shows; see <see cref="Daemon.ProjectionNames"/>.</param>
/// <param name="Order">Columns that its rows are sorted by, all of which they are known by.</param>
/// <param name="Day">The column of UTC days that a reader may bound; null: none.</param>
public record AnalyticsRelation(string Name, string Comment, IReadOnlyList<string> Projections, string Order, string? Day = null);

/// <summary>A view: its columns with what each means, and where they come from.</summary>
/// <param name="Name">Its name in the schema.</param>
/// <param name="Comment">What one row is.</param>
/// <param name="Projections">Whose rows it shows.</param>
/// <param name="Order">Columns that its rows are sorted by.</param>
/// <param name="Columns">Its columns, in order.</param>
/// <param name="Source">What follows the columns: <c>FROM …</c> with all it needs.</param>
/// <param name="Day">The column of UTC days that a reader may bound; null: none.</param>
sealed record AnalyticsView(
    string Name, string Comment, IReadOnlyList<string> Projections, string Order, IReadOnlyList<AnalyticsColumn> Columns, string Source, string? Day = null)
    : AnalyticsRelation(Name, Comment, Projections, Order, Day)
{
    /// <summary>The query that it stands for.</summary>
    public string Select => $"SELECT {string.Join(", ", Columns.Select(c => $"{c.Expression} AS {c.Name}"))}\n{Source}";
}

/// <summary>A column of a view.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expression">SQL that gives its values.</param>
/// <param name="Comment">What they mean, with their unit.</param>
sealed record AnalyticsColumn(string Name, string Expression, string Comment)
{
    /// <summary>A column of the source under its own name.</summary>
    public AnalyticsColumn(string name, string comment)
        : this(name, name, comment)
    {
    }
}
