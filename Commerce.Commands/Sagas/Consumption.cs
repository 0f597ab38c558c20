using System.Collections.Concurrent;
using Commerce.Commands.Sagas.Relay;
using MassTransit;

namespace Commerce.Commands.Sagas;

/// <summary>
/// Messages on the in-memory transport that nobody has handled yet. That transport forgets in a crash, so the relay's
/// checkpoint must not pass what is in here.
/// </summary>
sealed class Consumption : IReceiveObserver
{
    readonly ConcurrentDictionary<Guid, (RelayWindow Window, RelayWindow.Entry Entry)> _waiting = [];

    public void Expect(Guid eventId, RelayWindow window, RelayWindow.Entry entry) => _waiting[eventId] = (window, entry);

    public void Done(Guid eventId)
    {
        if (_waiting.TryRemove(eventId, out var waiting))
        {
            waiting.Window.Done(waiting.Entry);
        }
    }

    /// <summary>Forgets the entries of a window that is given up.</summary>
    public void Forget(RelayWindow window)
    {
        foreach (var (id, waiting) in _waiting)
        {
            if (waiting.Window == window)
            {
                _waiting.TryRemove(KeyValuePair.Create(id, waiting));
            }
        }
    }

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class
    {
        if (context.MessageId is { } id)
        {
            Done(id);
        }

        return Task.CompletedTask;
    }

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;
}
