using System.Globalization;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Queries;

/// <summary>Reads one page of documents.</summary>
static class Paging
{
    /// <summary>Whether the limit is none.</summary>
    public static bool IsLimitInvalid(this PageRequest page) => page.Limit is < 1 or > PageRequest.LimitMax;

    /// <summary>One page: reads one document more than asked for, which tells whether there is a next page.</summary>
    public static async Task<Listed<T>> Read<T>(
        IDocumentStore store, Conditions conditions, string orderBy, PageRequest page, Func<T, string> cursorOf, CancellationToken cancellationToken)
        where T : class
    {
        var sql = string.Create(CultureInfo.InvariantCulture, $"{conditions.Where} order by {orderBy} limit {page.Limit + 1}");
        var found = await store.Query<T>(sql, conditions.Values, cancellationToken);
        return found.Count > page.Limit
            ? new Listed<T>.Page([.. found.Take(page.Limit)], cursorOf(found[page.Limit - 1]))
            : new Listed<T>.Page(found, null);
    }

    /// <summary>A text as the beginning in LIKE: its own wildcards mean themselves.</summary>
    public static string Prefix(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
}
