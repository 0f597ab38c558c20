using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog;

/// <summary>A subscription that a test pulls message by message.</summary>
sealed class Subscription(IAsyncEnumerable<LogMessage> messages) : IAsyncDisposable
{
    readonly IAsyncEnumerator<LogMessage> _messages = messages.GetAsyncEnumerator();

    /// <summary>Everything that was told so far.</summary>
    public List<LogMessage> Told { get; } = [];

    public IEnumerable<RecordedEvent> Events => Told.OfType<LogMessage.Appeared>().Select(m => m.Event);

    /// <summary>Pulls until the message comes.</summary>
    public async Task Until(Func<LogMessage, bool> awaited)
    {
        do
        {
            if (!await _messages.MoveNextAsync())
                throw new InvalidOperationException("The subscription ended by itself.");

            Told.Add(_messages.Current);
        }
        while (!awaited(_messages.Current));
    }

    public Task UntilCaughtUp() => Until(m => m is LogMessage.CaughtUp);

    public Task UntilEvents(int count) => Until(_ => Events.Count() == count);

    /// <summary>Pulls until the reader has looked at everything up to the position.</summary>
    public Task UntilReached(LogPosition position) => Until(m => PositionOf(m) >= position);

    public static LogPosition PositionOf(LogMessage message) => message switch
    {
        LogMessage.Appeared m => m.Event.Position,
        LogMessage.Reached m => m.Position,
        LogMessage.CaughtUp m => m.Position,
        _ => throw new ArgumentOutOfRangeException(nameof(message)),
    };

    public ValueTask DisposeAsync() => _messages.DisposeAsync();
}
