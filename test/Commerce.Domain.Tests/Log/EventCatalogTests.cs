using System.Text;
using System.Text.Json;
using Commerce.Domain.Log;

namespace Commerce.Domain.Tests.Log;

public sealed class EventCatalogTests
{
    static IEnumerable<string> Names => EventCatalog.Types.Select(t => t.Name);

    [TestCaseSource(nameof(Names))]
    public void Every_event_survives_the_log(string name)
    {
        var type = EventCatalog.Types.Single(t => t.Name == name).Type;
        var random = new Random(20_101_201);
        for (var n = 0; n < 200; n++)
        {
            var @event = EventSamples.Of(type, random);
            var back = EventCatalog.Read(name, EventCatalog.ToJson(@event));
            var expected = @event is IOldVersion old ? old.Upcast() : @event;

            Assert.That(back, Is.TypeOf(expected.GetType()));
            Assert.That(Encoding.UTF8.GetString(EventCatalog.ToJson(back ?? @event)), Is.EqualTo(Encoding.UTF8.GetString(EventCatalog.ToJson(expected))));
            Assert.That(Differing(expected, back), Is.Empty);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void An_event_that_misses_a_field_is_broken_data_not_zeros(string name)
    {
        var type = EventCatalog.Types.Single(t => t.Name == name).Type;
        if (type.GetConstructors().All(c => c.GetParameters().Length == 0))
        {
            Assert.That(EventCatalog.Read(name, "{}"u8.ToArray()), Is.TypeOf(type));
            return;
        }

        Assert.That(() => EventCatalog.Read(name, "{}"u8.ToArray()), Throws.InstanceOf<JsonException>());
    }

    [Test]
    public void What_an_old_version_said_is_read_as_the_version_of_today()
    {
        var past = EventCatalog.Read("payment-requested.v1", """{"order":"01920000-0000-7000-8000-000000000001","amount":{"amount":"1.50","currency":"GBP"},"token":null}"""u8.ToArray());
        Assert.That(past, Is.EqualTo(new Commerce.Domain.Payments.PaymentEvent.Requested(new OrderId(new Guid("01920000-0000-7000-8000-000000000001")), new Money(1.50m, Currency.Of("GBP")), null, null)));
    }

    [TestCaseSource(nameof(Names))]
    public void A_name_is_kebab_case_with_a_version(string name) => Assert.That(name, Does.Match(@"^[a-z]+(-[a-z]+)+\.v[1-9][0-9]*$"));

    [Test]
    public void A_type_that_is_not_ours_is_not_read() => Assert.That(EventCatalog.Read("order-teleported.v1", "{}"u8.ToArray()), Is.Null);

    [Test]
    public void Metadata_survives_the_log_and_foreign_metadata_is_nothing()
    {
        var metadata = new EventMetadata { OccurredAt = new(2010, 12, 1, 8, 26, 0, TimeSpan.Zero), CommandId = "key", Fingerprint = "f", CorrelationId = "c", CausationId = "d", TraceParent = "00-a-b-01", Actor = "import" };

        Assert.That(EventMetadata.TryRead(metadata.ToJson()), Is.EqualTo(metadata));
        Assert.That(Encoding.UTF8.GetString(metadata.ToJson()), Does.Contain("\"$correlationId\":\"c\"").And.Contain("\"traceparent\":"));
        Assert.That(EventMetadata.TryRead(default), Is.Null);
        Assert.That(EventMetadata.TryRead("[1]"u8.ToArray()), Is.Null);
        Assert.That(EventMetadata.TryRead("{}"u8.ToArray()), Is.Null);
    }

    // Records of arrays compare by reference; field by field, arrays item by item.
    static IEnumerable<string> Differing(object before, object? after) => before.GetType().GetProperties()
        .Where(p => p.GetValue(before) is not System.Collections.IEnumerable || p.PropertyType == typeof(string))
        .Where(p => !Equals(p.GetValue(before), p.GetValue(after)))
        .Select(p => p.Name);
}
