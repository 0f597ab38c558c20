namespace Commerce.Projections.Queries;

/// <summary>Which page of a list is wanted.</summary>
/// <param name="Limit">Items at most, 1 to <see cref="LimitMax"/>.</param>
/// <param name="Cursor">What the page before said comes next; null for the first page.</param>
public sealed record PageRequest(int Limit = PageRequest.LimitDefault, string? Cursor = null)
{
    /// <summary>Items of a page where nobody says: what a screen shows.</summary>
    public const int LimitDefault = 50;

    /// <summary>Items of a page at most: 500 large orders are some ten megabytes already.</summary>
    public const int LimitMax = 500;
}

/// <summary>Why a list is refused.</summary>
public enum ListRefusal
{
    /// <summary>The limit is below 1 or above <see cref="PageRequest.LimitMax"/>.</summary>
    LimitInvalid,

    /// <summary>The cursor is none that this list gave.</summary>
    CursorInvalid,
}

/// <summary>A page of a list, or why there is none.</summary>
/// <typeparam name="T">What is listed.</typeparam>
public abstract record Listed<T>
{
    Listed()
    {
    }

    /// <summary>Items in the order of the list.</summary>
    /// <param name="Items">Up to the limit.</param>
    /// <param name="Next">Cursor of the next page; null on the last.</param>
    public sealed record Page(IReadOnlyList<T> Items, string? Next) : Listed<T>;

    /// <summary>The request makes no sense.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(ListRefusal Reason) : Listed<T>;
}
