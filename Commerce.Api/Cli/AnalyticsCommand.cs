using System.CommandLine;
using System.Globalization;
using System.IO.Pipelines;
using Commerce.Api.Composition;
using Commerce.Api.Endpoints;
using Commerce.Api.Reports;
using Commerce.Projections;
using Commerce.Projections.Analytics;
using Commerce.Projections.Queries;

namespace Commerce.Api.Cli;

/// <summary>The verb <c>analytics</c>: what analysts read, as files.</summary>
static class AnalyticsCommand
{
    static readonly Option<string> View = new("--view") { HelpName = "V", Required = true, Description = "View of the schema analytics, e.g. orders, funnel, sales_by_country; one that is not known is refused with the names of all." };
    static readonly Option<string> Out = new("--out") { HelpName = "FILE", Description = "Where to (default: standard output). The file is there when all of it is." };
    static readonly Option<DateOnly?> From = Day("--from", "First UTC day.");
    static readonly Option<DateOnly?> To = Day("--to", "Last UTC day, included.");

    static readonly Option<ReportFormat?> Format = new("--format")
    {
        HelpName = "csv|ndjson|json",
        Description = "How it is written: CSV by RFC 4180 (default), an object a line, or one JSON array.",
        CustomParser = result =>
        {
            foreach (var format in ReportFormats.All.Where(f => Words.Of(f) == result.Tokens[0].Value))
            {
                return format;
            }

            result.AddError("--format is csv, ndjson or json.");
            return null;
        },
    };

    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var export = new Command("export", "Writes a view, however long, row by row; says on standard error as of which position of the log.") { View, Format, From, To, Out };
        export.SetAction((parsed, ct) => CliErrors.Guard(() => Export(parsed, ct)));
        return new Command("analytics", "What analysts read, as files.") { export };
    }

    static async Task<int> Export(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        await using var services = new ServiceCollection().AddCommerceProjections(new ProjectionOptions { ConnectionString = host.ConnectionString }).BuildServiceProvider();
        var queries = services.GetRequiredService<AnalyticsQueries>();
        var relation = Known(queries, parsed.GetRequiredValue(View));
        var bounds = new AnalyticsBounds { From = parsed.GetValue(From), To = parsed.GetValue(To) };
        if (relation.Day is null && (bounds.From ?? bounds.To) is not null)
        {
            throw new CommerceSettingsException($"{relation.Name} has no days that --from and --to could bound.");
        }

        await using var answer = await queries.Read(relation, bounds, cancellationToken).ConfigureAwait(false)
            ?? throw new TimeoutException("Too much is under way: come back later.");
        var rows = 0L;
        if (parsed.GetValue(Out) is { } path)
        {
            await JsonFile.Write(path, async stream => rows = await WriteTo(stream).ConfigureAwait(false)).ConfigureAwait(false);
        }
        else
        {
            await using var output = Console.OpenStandardOutput();
            rows = await WriteTo(output).ConfigureAwait(false);
        }

        await Console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{relation.Name}: {rows:N0} rows as of position {answer.Position} of the log, reached {answer.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")).ConfigureAwait(false);
        return 0;

        async Task<long> WriteTo(Stream stream)
        {
            var to = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
            var written = await ReportWriter.Write(answer, parsed.GetValue(Format) ?? ReportFormat.Csv, to, cancellationToken).ConfigureAwait(false);
            await to.CompleteAsync().ConfigureAwait(false);
            return written;
        }
    }

    static AnalyticsRelation Known(AnalyticsQueries queries, string name) =>
        queries.Relations.FirstOrDefault(r => r.Name == name)
        ?? throw new CommerceSettingsException($"There is no view {name}; there are {string.Join(", ", queries.Relations.Select(r => r.Name).Order(StringComparer.Ordinal))}.");

    static Option<DateOnly?> Day(string name, string description) => new(name)
    {
        HelpName = "DAY",
        Description = description,
        CustomParser = result =>
        {
            if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                return day;
            }

            result.AddError($"{name} is a day like 2026-01-31.");
            return null;
        },
    };
}
