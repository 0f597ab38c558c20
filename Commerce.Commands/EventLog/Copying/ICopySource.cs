using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.Copying;

/// <summary>Where a copy comes from: a log, or a file that a log was exported to.</summary>
public interface ICopySource
{
    /// <summary>Position of its newest event; <see cref="LogPosition.Start"/> where it is empty.</summary>
    Task<LogPosition> Head(CancellationToken cancellationToken);

    /// <summary>Every event, in the order of the log. It can be read several times.</summary>
    IAsyncEnumerable<RecordedEvent> Events(CancellationToken cancellationToken);
}

/// <summary>A log to copy.</summary>
sealed class LogSource(IEventLog log) : ICopySource
{
    public Task<LogPosition> Head(CancellationToken cancellationToken) => log.Head(cancellationToken);

    public IAsyncEnumerable<RecordedEvent> Events(CancellationToken cancellationToken) => log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, cancellationToken);
}
