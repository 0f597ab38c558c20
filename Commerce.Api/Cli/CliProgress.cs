using System.Diagnostics;
using Spectre.Console;

namespace Commerce.Api.Cli;

/// <summary>How far long work is: a bar where a terminal is attached, else a plain line now and then. On stderr: stdout is for results.</summary>
static class CliProgress
{
    /// <summary>Seldom enough for a log file, often enough to see that it lives.</summary>
    static readonly TimeSpan LinePause = TimeSpan.FromSeconds(2);

    /// <summary>Runs work that tells how far it is.</summary>
    /// <param name="title">What it does.</param>
    /// <param name="done">Part done, 0 to 1, and a word on where it is.</param>
    /// <param name="work">The work.</param>
    /// <typeparam name="TProgress">What the work tells.</typeparam>
    /// <typeparam name="TResult">What it leads to.</typeparam>
    public static async Task<TResult> Run<TProgress, TResult>(
        string title, Func<TProgress, (double Part, string Where)> done, Func<IProgress<TProgress>, Task<TResult>> work)
    {
        if (Console.IsErrorRedirected || Console.IsOutputRedirected)
        {
            return await work(new Lines<TProgress>(title, done)).ConfigureAwait(false);
        }

        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await terminal.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(Markup.Escape(title), maxValue: 1);
                return await work(new Bar<TProgress>(title, bar, done)).ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    sealed class Bar<T>(string title, ProgressTask bar, Func<T, (double Part, string Where)> done) : IProgress<T>
    {
        public void Report(T value)
        {
            var (part, where) = done(value);
            bar.Value = part;
            bar.Description = Markup.Escape($"{title}: {where}");
        }
    }

    sealed class Lines<T>(string title, Func<T, (double Part, string Where)> done) : IProgress<T>
    {
        long _last = Stopwatch.GetTimestamp();

        public void Report(T value)
        {
            var (part, where) = done(value);
            if (Stopwatch.GetElapsedTime(_last) >= LinePause)
            {
                _last = Stopwatch.GetTimestamp();
                Console.Error.WriteLine(FormattableString.Invariant($"{title}: {part * 100:F0} %, {where}"));
            }
        }
    }
}
