using Commerce.Domain.Log;
using Commerce.Faults.Site;
using Commerce.Projections;
using Commerce.Projections.Daemon;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Commerce.Faults.Checks;

/// <summary>The read models that lived through it against those that are made anew from the log, in a database beside it.</summary>
static class ReadModelsCheck
{
    /// <summary>For the whole log of a run, on a busy machine.</summary>
    static readonly TimeSpan RebuildTimeMax = TimeSpan.FromMinutes(3);

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // Columns of documents that tell when they were written differ by design.
    const string Sources = """
        SELECT format('SELECT data::text FROM %I.%I ORDER BY 1', schemaname, tablename) FROM pg_tables WHERE tablename LIKE 'mt\_doc\_%'
        UNION ALL SELECT format('SELECT r::text FROM %I.%I AS r ORDER BY 1', schemaname, tablename) FROM pg_tables WHERE schemaname = 'analytics' ORDER BY 1
        """;

    /// <param name="log">What they are made of.</param>
    /// <param name="live">Connection string of the read database that lived through it.</param>
    /// <param name="rebuilt">Connection string of an empty one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<Failure>> Of(IEventLog log, string live, string rebuilt, CancellationToken cancellationToken)
    {
        if (!await Rebuild(log, rebuilt, cancellationToken))
        {
            return [new("rebuild-late", $"The read models are not made anew within {RebuildTimeMax.TotalMinutes} minutes.")];
        }

        var failures = new List<Failure>();
        foreach (var source in await DatabaseServer.Rows(rebuilt, Sources, cancellationToken))
        {
            var expected = await DatabaseServer.Rows(rebuilt, source, cancellationToken);
            var actual = await DatabaseServer.Rows(live, source, cancellationToken);
            var (missing, extra) = (expected.Except(actual).ToList(), actual.Except(expected).ToList());
            if (expected.Count != actual.Count || missing.Count + extra.Count > 0)
            {
                failures.Add(new("read-model-differs", $"{source}: {actual.Count} rows, rebuilt {expected.Count}; only rebuilt: {missing.FirstOrDefault()}; only live: {extra.FirstOrDefault()}"));
            }
        }

        return failures;
    }

    static async Task<bool> Rebuild(IEventLog log, string database, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton(log).AddCommerceProjections(new() { ConnectionString = database }).AddCommerceProjectionDaemon();
        await using var provider = services.BuildServiceProvider();
        var daemon = provider.GetRequiredService<IHostedService>();
        await daemon.StartAsync(cancellationToken);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(RebuildTimeMax);
            return await CaughtUp(provider.GetRequiredService<ProjectionStatusReader>(), limit.Token);
        }
        finally
        {
            await daemon.StopAsync(CancellationToken.None);
        }
    }

    static async Task<bool> CaughtUp(ProjectionStatusReader statuses, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if ((await statuses.Read(cancellationToken)).All(s => s is { State: ProjectionState.Running, LagEvents: 0 }))
                {
                    return true;
                }
            }
            catch (Projections.Documents.ReadModelUnavailableException)
            {
                // Its tables are being made.
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }
}
