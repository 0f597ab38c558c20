using System.Globalization;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog.Postgres;

[TestFixture]
sealed class PostgresEventLogCrashTests
{
    [Test, CancelAfter(90_000)]
    public async Task What_a_process_was_told_before_it_was_killed_is_there_whole_and_its_appends_again_settle_the_rest(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create();
        var acknowledged = await AppendUntilKilled(database.ConnectionString, atLeast: 300, ct);
        var after = await Read(database.Log, ct);

        foreach (var (writer, last) in acknowledged)
        {
            var there = after[AppendingProcess.Stream(writer)];
            Assert.That(there, Has.Length.EqualTo((last + 1) * AppendingProcess.EventsEach).Or.Length.EqualTo((last + 2) * AppendingProcess.EventsEach), "all of each append or none");

            // The one that was under way, and all before it: whether they happened or not, they are there once.
            for (var append = 0; append <= last + 1; append++)
            {
                Assert.That(
                    await database.Log.Append(AppendingProcess.Stream(writer), AppendingProcess.Expected(append), AppendingProcess.Events(writer, append), ct),
                    Is.InstanceOf<AppendResult.Appended>());
            }
        }

        var settled = await Read(database.Log, ct);
        foreach (var (writer, last) in acknowledged)
            Assert.That(settled[AppendingProcess.Stream(writer)], Is.EqualTo(Enumerable.Range(0, last + 2).SelectMany(append => AppendingProcess.Events(writer, append).Select(e => e.Id))));
    }

    /// <summary>The last append of each writer that was acknowledged.</summary>
    static async Task<Dictionary<int, int>> AppendUntilKilled(string connectionString, int atLeast, CancellationToken ct)
    {
        using var process = AppendingProcess.Start(connectionString);
        var acknowledged = new Dictionary<int, int>();
        var lines = 0;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(ct) is { } line)
            {
                // A line that the kill cut short acknowledges nothing; the next ones are its.
                if (line.Split(' ') is not [var writer, var append, AppendingProcess.LineEnd])
                    break;
                acknowledged[int.Parse(writer, CultureInfo.InvariantCulture)] = int.Parse(append, CultureInfo.InvariantCulture);
                if (++lines == atLeast)
                    process.Kill();
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        Assert.That(lines, Is.GreaterThanOrEqualTo(atLeast), "the process ended before it was killed");
        return acknowledged;
    }

    static async Task<Dictionary<StreamName, Guid[]>> Read(PostgresEventLog log, CancellationToken ct)
    {
        var all = new List<RecordedEvent>();
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, ct))
            all.Add(e);

        return all.GroupBy(e => e.Stream).ToDictionary(g => g.Key, g => g.Select(e => e.Id).ToArray());
    }
}
