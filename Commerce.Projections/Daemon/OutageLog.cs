using Microsoft.Extensions.Logging;

namespace Commerce.Projections.Daemon;

/// <summary>
/// Tells operators once that projections have lost what they lean on, once a minute that it is so still, and once that it is over: all of them lose it at
/// once, and each tries again every few seconds.
/// </summary>
sealed class OutageLog(TimeProvider time, ILogger logger)
{
    /// <summary>How often an outage that goes on is told again.</summary>
    public static readonly TimeSpan ReminderInterval = TimeSpan.FromMinutes(1);

    readonly Lock _lock = new();
    readonly HashSet<string> _without = new(StringComparer.Ordinal);
    long _since;
    long _told;

    /// <summary>Somebody has lost it, or could not get it back.</summary>
    /// <param name="who">The projection, or its rebuild.</param>
    /// <param name="reason">One sentence.</param>
    public void Lost(string who, string reason)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var isFirst = _without.Count == 0;
            _without.Add(who);
            _since = isFirst ? now : _since;
            if (isFirst)
            {
                logger.Lost(who, reason);
            }
            else if (time.GetElapsedTime(_told, now) >= ReminderInterval)
            {
                logger.StillLost(_without.Count, time.GetElapsedTime(_since, now), reason);
            }
            else
            {
                return;
            }

            _told = now;
        }
    }

    /// <summary>The same, of what was thrown: its own sentence, and that of what is behind it.</summary>
    public void Lost(string who, Exception e)
    {
        var cause = e.GetBaseException();
        Lost(who, cause == e ? FirstLine(e) : $"{FirstLine(e)} {FirstLine(cause)}");
    }

    /// <summary>Somebody has all that it needs.</summary>
    public void Back(string who)
    {
        lock (_lock)
        {
            if (_without.Remove(who) && _without.Count == 0)
            {
                logger.Back(time.GetElapsedTime(_since));
            }
        }
    }

    static string FirstLine(Exception e) => e.Message.ReplaceLineEndings("\n").Split('\n')[0];
}
