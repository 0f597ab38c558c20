using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;

namespace Commerce.Projections.Daemon;

/// <summary>What an operator would act on.</summary>
static partial class ProjectionDaemonLog
{
    [LoggerMessage(1, LogLevel.Information, "Projection {Projection} version {Version} runs here from position {Position}")]
    public static partial void Leads(this ILogger logger, string projection, int version, LogPosition position);

    [LoggerMessage(2, LogLevel.Warning, "Projections lost the log or the read database, {Projection} first, and try again until they have it: {Reason}")]
    public static partial void Lost(this ILogger logger, string projection, string reason);

    [LoggerMessage(13, LogLevel.Warning, "{Count} projections and rebuilds are without the log or the read database for {Elapsed} already: {Reason}")]
    public static partial void StillLost(this ILogger logger, int count, TimeSpan elapsed, string reason);

    [LoggerMessage(14, LogLevel.Warning, "Projections have the log and the read database again, after {Elapsed}")]
    public static partial void Back(this ILogger logger, TimeSpan elapsed);

    [LoggerMessage(3, LogLevel.Warning, "Projection {Projection} was moved by another node or by a rebuild; this one begins again from there: {Reason}")]
    public static partial void SteppedBack(this ILogger logger, string projection, string reason);

    [LoggerMessage(4, LogLevel.Error, "Projection {Projection} stands still: {Reason}")]
    public static partial void StandsStill(this ILogger logger, string projection, string reason, Exception e);

    [LoggerMessage(5, LogLevel.Warning, "The error of projection {Projection} could not be noted in the read database: {Reason}")]
    public static partial void ErrorNotNoted(this ILogger logger, string projection, string reason);

    [LoggerMessage(8, LogLevel.Information, "Projection {Projection} is paused")]
    public static partial void Pauses(this ILogger logger, string projection);

    [LoggerMessage(9, LogLevel.Information, "Projection {Projection} version {Version} is rebuilt here beside what people read, from position {Position}")]
    public static partial void RebuildBegins(this ILogger logger, string projection, int version, LogPosition position);

    [LoggerMessage(10, LogLevel.Information, "Projection {Projection} version {Version} is rebuilt up to position {Position}, and people read it now")]
    public static partial void RebuildSwapped(this ILogger logger, string projection, int version, LogPosition position);

    [LoggerMessage(11, LogLevel.Warning, "The rebuild of projection {Projection} lost its place; next try in {Pause}: {Reason}")]
    public static partial void RebuildLost(this ILogger logger, string projection, TimeSpan pause, string reason);

    [LoggerMessage(12, LogLevel.Error, "The rebuild of projection {Projection} stands still, and people go on reading what was there before: {Reason}")]
    public static partial void RebuildStandsStill(this ILogger logger, string projection, string reason, Exception e);

    [LoggerMessage(7, LogLevel.Warning, "This connection may not create the role {Role}, with which analysts read the schema analytics: let an administrator run CREATE ROLE {Role} NOLOGIN, and start again")]
    public static partial void AnalystRoleMissing(this ILogger logger, string role);
}
