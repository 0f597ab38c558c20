using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Handling;

/// <summary>What operators read of the command processor.</summary>
static partial class CommandLog
{
    [LoggerMessage(1, LogLevel.Warning, "Could not decide {Count} commands on {Stream}.")]
    public static partial void TurnFailed(ILogger logger, Exception exception, string stream, int count);

    [LoggerMessage(2, LogLevel.Warning, "Lost {Attempts} races in a row on {Stream}: too many nodes write to it at once.")]
    public static partial void RacesLost(ILogger logger, string stream, int attempts);

    [LoggerMessage(3, LogLevel.Warning, "Stopped with {Count} commands unanswered: they did not end within {Limit}.")]
    public static partial void StoppedEarly(ILogger logger, int count, TimeSpan limit);
}
