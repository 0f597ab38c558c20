using System.Diagnostics;
using System.Globalization;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog.Postgres;

/// <summary>A process of its own that appends until it is killed, and says what was acknowledged. What it appends next is known beforehand.</summary>
static class AppendingProcess
{
    public const string Verb = "append-until-killed";
    public const string LineEnd = ".";
    public const int Writers = 16;
    public const int EventsEach = 3;

    public static StreamName Stream(int writer) => StreamName.For("crash", $"{writer}");

    public static NewEvent[] Events(int writer, int append) =>
        [.. Enumerable.Range(0, EventsEach).Select(n => new NewEvent(new Guid(writer, (short)append, (short)n, new byte[8]), "thing-happened.v1", "{}"u8.ToArray(), default))];

    public static ExpectedRevision Expected(int append) => ExpectedRevision.Exact((append * EventsEach) - 1);

    /// <summary>Starts the process.</summary>
    public static Process Start(string connectionString)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(AppendingProcess).Assembly.Location, Verb, connectionString]) { RedirectStandardOutput = true };
        return Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
    }

    /// <summary>What the process does.</summary>
    public static async Task Run(string connectionString)
    {
        await using var log = await LogDatabase.Node(new PostgresEventLogOptions { ConnectionString = connectionString });
        var output = TextWriter.Synchronized(Console.Out);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var append = 0; append < short.MaxValue; append++)
            {
                if (await log.Append(Stream(writer), Expected(append), Events(writer, append), CancellationToken.None) is not AppendResult.Appended)
                    throw new InvalidOperationException("Nobody else writes here.");

                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{writer} {append} {LineEnd}"));
                await output.FlushAsync();
            }
        })));
    }
}
