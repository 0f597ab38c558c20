using Commerce.Commands.Catalog;
using Commerce.Commands.Handling;
using Commerce.Commands.Tests.Handling;
using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Log;
using Microsoft.Extensions.Time.Testing;

namespace Commerce.Commands.Tests.Catalog;

/// <summary>What a product costs and whether it is sold, as those who place orders know it.</summary>
public sealed class ProductCatalogueTests
{
    static readonly Sku Mug = Sku.Of("MUG-1");
    static readonly Money Five = new(5m, Currency.Of("GBP"));
    static readonly Money Six = new(6m, Currency.Of("GBP"));

    readonly FakeTimeProvider _time = new();
    GatedLog _log = null!;
    CommandProcessor _here = null!;
    CommandProcessor _elsewhere = null!;
    ProductCatalogue _catalogue = null!;

    [SetUp]
    public void Open()
    {
        _log = new();
        (_here, _elsewhere) = (new(_log, _time), new(_log, _time));
        _catalogue = new(_log, _here, _time);
    }

    [TearDown]
    public async Task Close()
    {
        await _here.DisposeAsync();
        await _elsewhere.DisposeAsync();
        _log.Dispose();
    }

    [Test]
    public async Task What_was_looked_up_counts_for_a_while_and_the_log_is_not_asked_again()
    {
        await Do(_elsewhere, new ProductCommand.Register(Mug, "Mug", Five));
        var before = _log.Reads;
        for (var n = 0; n < 100; n++)
        {
            Assert.That((await Find()).Price, Is.EqualTo(Five));
        }

        Assert.That(_log.Reads - before, Is.EqualTo(1));
    }

    [Test]
    public async Task What_another_node_changes_is_known_when_that_while_is_over()
    {
        await Do(_elsewhere, new ProductCommand.Register(Mug, "Mug", Five));
        await Find();
        await Do(_elsewhere, new ProductCommand.ChangePrice(Six));

        _time.Advance(ProductCatalogue.FreshFor);

        Assert.That((await Find()).Price, Is.EqualTo(Six));
    }

    [Test]
    public async Task What_this_node_changes_is_known_at_once()
    {
        await Do(_here, new ProductCommand.Register(Mug, "Mug", Five));
        Assert.That((await Find()).Price, Is.EqualTo(Five));
        await Do(_here, new ProductCommand.ChangePrice(Six));
        Assert.That((await Find()).Price, Is.EqualTo(Six));
        await Do(_here, new ProductCommand.Discontinue());
        Assert.That((await Find()).IsSold, Is.False);
    }

    [Test]
    public async Task What_this_node_knew_before_another_one_changed_it_does_not_count_any_longer()
    {
        await Do(_here, new ProductCommand.Register(Mug, "Mug", Five));
        await Do(_elsewhere, new ProductCommand.ChangePrice(Six));

        Assert.That((await Find()).Price, Is.EqualTo(Six));
    }

    [Test]
    public async Task Nobody_is_refused_a_product_for_what_was_looked_up_before_it_was_registered()
    {
        Assert.That(await Find(), Is.EqualTo(Product.None));
        await Do(_elsewhere, new ProductCommand.Register(Mug, "Mug", Five));

        Assert.That((await Find()).IsSold, Is.True);
    }

    [Test]
    public async Task Where_the_log_did_not_answer_it_is_asked_again()
    {
        await Do(_elsewhere, new ProductCommand.Register(Mug, "Mug", Five));
        _log.IsDeaf = true;
        Assert.That(Find, Throws.InstanceOf<EventLogUnavailableException>());
        _log.IsDeaf = false;

        Assert.That((await Find()).Price, Is.EqualTo(Five));
    }

    Task<Product> Find() => _catalogue.Find(Mug, default);

    static async Task Do(CommandProcessor node, ProductCommand command) => Assert.That(
        await node.Handle(Product.Decider, Product.StreamOf(Mug), command, new CommandContext("tests"), default),
        Is.InstanceOf<CommandOutcome.Accepted>());
}
