using System.Globalization;
using Commerce.Api.Endpoints;
using Commerce.Commands.Sagas.DeadLetters;

namespace Commerce.Api.Cli.Ops;

/// <summary>Dead letters as text for a terminal.</summary>
static class DeadLettersText
{
    /// <summary>Characters of a reason in a table.</summary>
    const int ReasonShownMax = 80;

    static readonly string[] Head = ["id", "state", "since (UTC)", "attempts", "waiting", "event", "order", "reason"];

    /// <summary>One line a letter under a line of heads; the last one says how many there are.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<KeptLetter> letters)
    {
        if (letters.Count > 0)
        {
            List<string[]> rows = [Head, .. letters.Select(Row)];
            var widths = Enumerable.Range(0, Head.Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
            foreach (var row in rows)
            {
                yield return string.Join("  ", row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd();
            }
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"{letters.Count} dead letters, {letters.Count(l => !l.IsSettled)} of them not settled.");
    }

    /// <summary>All that is known of one.</summary>
    public static IEnumerable<string> Of(KeptLetter letter) =>
    [
        $"id        {letter.Id}",
        $"state     {Words.Of(letter.Status)}",
        $"queue     {letter.Queue}",
        $"order     {letter.Order?.ToString() ?? "unknown: the message cannot be read"}",
        string.Create(CultureInfo.InvariantCulture, $"event     {letter.Type} {letter.EventId} at position {letter.Position}"),
        $"reason    {letter.Reason}",
        string.Create(CultureInfo.InvariantCulture, $"attempts  {letter.Attempts}"),
        $"since     {Time(letter.Since)}",
        $"changed   {Time(letter.ChangedAt)}",
        string.Create(CultureInfo.InvariantCulture, $"waiting   {letter.Behind}"),
        $"story     deadletter-{letter.Id}",
    ];

    static string[] Row(KeptLetter letter) =>
    [
        letter.Id.ToString(), Words.Of(letter.Status), Time(letter.Since), letter.Attempts.ToString(CultureInfo.InvariantCulture),
        letter.Behind.ToString(CultureInfo.InvariantCulture), letter.Type, letter.Order?.ToString() ?? "-",
        letter.Reason.Length > ReasonShownMax ? letter.Reason[..ReasonShownMax] + "…" : letter.Reason,
    ];

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
