namespace Commerce.Commands.Payments.Callbacks;

/// <summary>Where callbacks are kept from before they are answered until nobody needs them any more.</summary>
/// <remarks>Every method throws <see cref="CallbackInboxUnavailableException"/> when the database does not answer.</remarks>
public interface ICallbackInbox
{
    /// <summary>Keeps one durably; false: one of its provider and id is kept already, and stays as it is.</summary>
    Task<bool> Keep(KeptCallback callback, CancellationToken cancellationToken);

    /// <summary>Those that wait and are to be tried by now, the longest due first.</summary>
    Task<IReadOnlyList<KeptCallback>> Due(DateTimeOffset now, int countMax, CancellationToken cancellationToken);

    /// <summary>Notes what became of one after a try; one that does not wait any more stays as it is.</summary>
    Task Note(KeptCallback callback, CancellationToken cancellationToken);

    /// <summary>Those in a state (null: all), the newest first.</summary>
    /// <param name="state">Null: whatever their state.</param>
    /// <param name="before">Only those that came before this place; null: from the newest on.</param>
    /// <param name="countMax">At most so many.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    Task<IReadOnlyList<KeptCallback>> List(CallbackState? state, long? before, int countMax, CancellationToken cancellationToken);

    /// <summary>How many wait.</summary>
    Task<long> CountWaiting(CancellationToken cancellationToken);

    /// <summary>Removes some that stopped waiting before then; how many.</summary>
    Task<int> Remove(DateTimeOffset settledBefore, int countMax, CancellationToken cancellationToken);
}

/// <summary>The database of callbacks does not answer.</summary>
public sealed class CallbackInboxUnavailableException(Exception inner) : Exception($"The database of callbacks does not answer: {inner.Message}", inner);
