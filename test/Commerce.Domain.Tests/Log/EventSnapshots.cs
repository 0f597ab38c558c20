using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.Domain.Log;
using Commerce.Testing;

namespace Commerce.Domain.Tests.Log;

/// <summary>
/// The JSON of every event type, as committed: the storage format. A line that changes here breaks every log in the world;
/// a new shape is a new version of the event.
/// </summary>
public sealed class EventSnapshots
{
    [Test]
    public Task Access() => Verified("Access");

    [Test]
    public Task Catalog() => Verified("Catalog");

    [Test]
    public Task Customers() => Verified("Customers");

    [Test]
    public Task DeadLetters() => Verified("DeadLetters");

    [Test]
    public Task FlashSales() => Verified("FlashSales");

    [Test]
    public Task Fulfilment() => Verified("Fulfilment");

    [Test]
    public Task Inventory() => Verified("Inventory");

    [Test]
    public Task Links() => Verified("Links");

    [Test]
    public Task Orders() => Verified("Orders");

    [Test]
    public Task Payments() => Verified("Payments");

    [Test]
    public Task ReadModels() => Verified("ReadModels");

    [Test]
    public Task Reconciliation() => Verified("Reconciliation");

    [Test]
    public Task Seals() => Verified("Seals");

    [Test]
    public Task Snapshots() => Verified("Snapshots");

    [Test]
    public Task Webhooks() => Verified("Webhooks");

    [Test]
    public void No_event_type_is_without_a_snapshot()
    {
        var tests = typeof(EventSnapshots).GetMethods().Where(m => m.ReturnType == typeof(Task)).Select(m => m.Name);
        Assert.That(EventCatalog.Types.Select(t => ContextOf(t.Type)).Distinct(), Is.SubsetOf(tests));
    }

    static Task Verified(string context)
    {
        var samples = EventCatalog.Types.Where(t => ContextOf(t.Type) == context).OrderBy(t => t.Name, StringComparer.Ordinal)
            .Select(t => KeyValuePair.Create(t.Name, JsonNode.Parse(EventCatalog.ToJson(EventSamples.Of(t.Type)))));
        return Snapshot.Verify(new JsonObject(samples).ToJsonString(new JsonSerializerOptions { WriteIndented = true }), "json");
    }

    static string ContextOf(Type type) => type.Namespace?.Split('.')[^1] ?? throw new AssertionException($"{type} has no namespace.");
}
