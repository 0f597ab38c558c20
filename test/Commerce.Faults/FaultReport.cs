using System.Globalization;
using System.Text.Json;
using Commerce.Faults.Checks;
using Commerce.Faults.Strikes;
using Commerce.Projections.Auditing;

namespace Commerce.Faults;

/// <summary>What a run did and showed.</summary>
sealed record FaultReport
{
    /// <summary>Failures that are printed; the JSON file has all of them.</summary>
    const int FailuresShownMax = 40;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public required int Seed { get; init; }

    public required double LoadSeconds { get; init; }

    public required string Surroundings { get; init; }

    public required LoadFigures Load { get; init; }

    public required IReadOnlyList<Aftermath> Strikes { get; init; }

    /// <summary>Orders that had not ended when the last customer went home.</summary>
    public required long OpenAtEnd { get; init; }

    /// <summary>From there until the audit was clean; null: it never was.</summary>
    public required double? SettledAfterSeconds { get; init; }

    public required AuditReport Audit { get; init; }

    public required IReadOnlyList<Failure> Failures { get; init; }

    /// <summary>The report for a person.</summary>
    public IEnumerable<string> Lines()
    {
        yield return Text($"seed {Seed}, {LoadSeconds:0} s of load; {Surroundings}");
        yield return string.Empty;
        yield return "  at     down    in flight             work went on after              slowest  what";
        yield return "         for     requests  orders      order    saga     read models  saga";
        foreach (var s in Strikes)
        {
            yield return Text($"  {s.At:mm\\:ss}  {s.DownSeconds,5:0.0} s  {s.RequestsInFlight,7}  {s.OrdersInFlight,6}   {Seconds(s.TakenAfterSeconds)}  {Seconds(s.FulfilledAfterSeconds)}  {Seconds(s.ReadAfterSeconds)}     {Seconds(s.SlowestSagaSeconds)}  {s.What}");
        }

        yield return string.Empty;
        yield return Text($"{Load.Came:N0} customers, {Load.TurnedAway:N0} turned away by a crowd; {Load.OrdersTaken:N0} orders taken, {Load.Cancelled:N0} cancelled, {Load.Shipped:N0} shipped, {Load.Returned:N0} returned.");
        yield return Text($"{Load.Requests:N0} requests, {Load.AnswersLost:N0} answers lost; told to come again: {string.Join(", ", Load.Away.OrderByDescending(a => a.Value).Select(a => $"{a.Key} {a.Value}").DefaultIfEmpty("never"))}.");
        yield return SettledAfterSeconds is { } settled
            ? Text($"When the last customer had left, {OpenAtEnd:N0} orders were open; all had ended {settled:0.0} s later.")
            : Text($"When the last customer had left, {OpenAtEnd:N0} orders were open; they have not settled.");
        foreach (var line in Audit.Summary())
        {
            yield return line;
        }

        foreach (var failure in Failures.Take(FailuresShownMax))
        {
            yield return $"  {failure}";
        }

        yield return Failures.Count == 0 ? "Nothing offends." : Text($"{Failures.Count} things offend. Again: ./build.sh faults --seed {Seed} --minutes {LoadSeconds / 60:0.##}");
    }

    /// <summary>The report for a program.</summary>
    public Task Write(string path, CancellationToken cancellationToken) => File.WriteAllBytesAsync(path, JsonSerializer.SerializeToUtf8Bytes(this, Json), cancellationToken);

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    static string Seconds(double? seconds) => seconds is { } known ? Text($"{known,5:0.0} s") : "  never";
}

/// <summary>What customers did and met.</summary>
sealed record LoadFigures(int Came, int TurnedAway, int OrdersTaken, int Cancelled, int Shipped, int Returned, int Requests, int AnswersLost, IReadOnlyDictionary<string, int> Away);
