using System.Text.RegularExpressions;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.ReadReq.Types.Options;

namespace Commerce.Testing.EventStoreDb;

/// <summary>Which events of all a reader wants: by the stream's name or the event's type.</summary>
/// <param name="Matches">Whether an event passes.</param>
/// <param name="CheckpointInterval">Events looked at after which a subscription is told how far.</param>
sealed record EventFilter(Func<LogRecord, bool> Matches, long CheckpointInterval)
{
    /// <summary>The window where the reader names none: the server's page.</summary>
    const uint WindowDefault = 32;

    static readonly TimeSpan RegexTimeMax = TimeSpan.FromSeconds(1);

    /// <summary>What the request asks for; nothing: every event.</summary>
    public static EventFilter? From(ReadReq.Types.Options request)
    {
        if (request.FilterOptionCase == FilterOptionOneofCase.None)
            throw ServerErrors.Invalid("The combination of options is invalid: neither a filter nor that there is none.");
        if (request.Filter is not { } filter)
            return null;
        if (filter.CheckpointIntervalMultiplier == 0 && request.CountOptionCase == CountOptionOneofCase.Subscription)
            throw ServerErrors.Invalid("The checkpoint interval multiplier must be above zero.");

        var window = filter.WindowCase == ReadReq.Types.FilterOptions.WindowOneofCase.Max ? filter.Max : WindowDefault;
        return new(Condition(filter), Math.Max(1L, window) * filter.CheckpointIntervalMultiplier);
    }

    static Func<LogRecord, bool> Condition(ReadReq.Types.FilterOptions filter)
    {
        Func<LogRecord, string> of = filter.FilterCase == ReadReq.Types.FilterOptions.FilterOneofCase.EventType ? r => r.Type : r => r.Stream;
        var expression = filter.EventType ?? filter.StreamIdentifier ?? throw ServerErrors.Invalid("The filter filters by nothing.");
        if (expression.Regex.Length > 0)
        {
            var regex = new Regex(expression.Regex, RegexOptions.CultureInvariant, RegexTimeMax);
            return r => regex.IsMatch(of(r));
        }

        string[] prefixes = [.. expression.Prefix];
        return r => StartsWithAny(of(r), prefixes);
    }

    static bool StartsWithAny(string text, string[] prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
