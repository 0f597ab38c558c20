using Microsoft.AspNetCore.Connections;

namespace Commerce.Testing.EventStoreDb;

/// <summary>The connections of the server's clients, to drop them or to let them hang.</summary>
sealed class EmulatedConnections
{
    readonly Lock _lock = new();
    readonly HashSet<ConnectionContext> _open = [];
    TaskCompletionSource? _held;
    bool _isClosed;

    /// <summary>Serves a connection until it ends.</summary>
    public async Task Serve(ConnectionContext connection, ConnectionDelegate next)
    {
        Task? released;
        lock (_lock)
        {
            if (_isClosed)
                return;

            _open.Add(connection);
            released = _held?.Task;
        }

        try
        {
            if (released is not null)
                await released.WaitAsync(connection.ConnectionClosed);
            await next(connection);
        }
        catch (OperationCanceledException) when (connection.ConnectionClosed.IsCancellationRequested)
        {
            // It was held until it ended.
        }
        finally
        {
            lock (_lock)
                _open.Remove(connection);
        }
    }

    public void DropAll()
    {
        ConnectionContext[] open;
        lock (_lock)
            open = [.. _open];
        foreach (var connection in open)
            connection.Abort(new ConnectionAbortedException("The emulator was told to drop it."));
    }

    /// <summary>Drops every connection, and every one that is made before <see cref="Open"/>.</summary>
    public void Close()
    {
        lock (_lock)
            _isClosed = true;
        DropAll();
    }

    /// <summary>From now on connections are served again.</summary>
    public void Open()
    {
        lock (_lock)
            _isClosed = false;
    }

    public void Hold()
    {
        lock (_lock)
            _held ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Release()
    {
        lock (_lock)
        {
            _held?.SetResult();
            _held = null;
        }
    }
}
