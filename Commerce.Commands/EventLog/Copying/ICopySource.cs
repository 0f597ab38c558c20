using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.Copying;

/// <summary>Where a copy comes from: a log, or a file that a log was exported to.</summary>
public interface ICopySource
{
    /// <summary>A position that no event of it is behind; <see cref="LogPosition.Start"/> where it is empty. Where it shares a server with other logs, theirs may be up to there.</summary>
    Task<LogPosition> Head(CancellationToken cancellationToken);

    /// <summary>Every event after a position, in the order of the log. It can be read several times.</summary>
    IAsyncEnumerable<RecordedEvent> Events(LogPosition after, CancellationToken cancellationToken);
}

/// <summary>A log to copy.</summary>
sealed class LogSource(IEventLog log) : ICopySource
{
    public Task<LogPosition> Head(CancellationToken cancellationToken) => log.Head(cancellationToken);

    public IAsyncEnumerable<RecordedEvent> Events(LogPosition after, CancellationToken cancellationToken) => log.ReadAll(after, StreamFilter.All, int.MaxValue, cancellationToken);
}
