using System.ComponentModel.DataAnnotations;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Domain.Catalog;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;
using Commerce.Testing.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests;

public sealed class CommerceProjectionsTests
{
    [Test]
    public async Task What_is_registered_works_together_in_a_schema_of_its_own()
    {
        await using var database = await PostgresForTests.CreateDatabase();
        var services = new ServiceCollection().AddLogging().AddSingleton<IEventLog>(new InMemoryEventLog(TimeProvider.System));
        services.AddCommerceProjections(new ProjectionOptions { ConnectionString = database.ConnectionString, DocumentSchema = "shop" }).AddCommerceProjectionDaemon();
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });
        var daemon = provider.GetServices<IHostedService>().Single();
        await daemon.StartAsync(CancellationToken.None);

        var log = provider.GetRequiredService<IEventLog>();
        var e = new ProductEvent.Registered(Domain.Sku.Of("CUP"), "Cup", Pounds(2m));
        await log.Append(
            Product.StreamOf(e.Sku), ExpectedRevision.None, [new NewEvent(Guid.NewGuid(), EventCatalog.NameOf(e), EventCatalog.ToJson(e), ReadOnlyMemory<byte>.Empty)], CancellationToken.None);
        await RunningDaemon.Eventually(async () => await provider.GetRequiredService<ProjectionWaiter>().WaitFor(
            new LogPosition(1), [ProjectionNames.Products], ReadModelWorld.Patience, CancellationToken.None) is WaitResult.Reached);

        Assert.That((await provider.GetRequiredService<ProductQueries>().Get(e.Sku, CancellationToken.None))?.Name, Is.EqualTo("Cup"));
        await daemon.StopAsync(CancellationToken.None);
    }

    [Test]
    public void Options_out_of_range_are_refused_at_the_start() => Assert.Throws<ValidationException>(() =>
        new ServiceCollection().AddCommerceProjections(new ProjectionOptions { ConnectionString = "Host=x", DocumentSchema = "a; drop table" }));
}
