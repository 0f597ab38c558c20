using Commerce.Domain.Log;

namespace Commerce.Domain.Tests.Log;

public sealed class EventMetadataTests
{
    static readonly EventMetadata Plain = new() { OccurredAt = DateTimeOffset.UnixEpoch, CorrelationId = "commandId", Actor = "a client" };

    [Test]
    public void What_names_a_command_is_told_from_what_does_not_without_reading_it()
    {
        Assert.That(EventMetadata.MayNameCommand(Plain.ToJson()), Is.True, "only the name as a text of its own tells: this one is read, and has none");
        Assert.That(EventMetadata.MayNameCommand((Plain with { CorrelationId = null }).ToJson()), Is.False);
        Assert.That(EventMetadata.MayNameCommand((Plain with { CorrelationId = null, CommandId = "c-1" }).ToJson()), Is.True);
        Assert.That(EventMetadata.MayNameCommand([]), Is.False);
    }

    [TestCase(null)]
    [TestCase("c-1")]
    public void What_is_read_is_what_was_written(string? command) =>
        Assert.That(EventMetadata.TryRead((Plain with { CommandId = command }).ToJson()), Is.EqualTo(Plain with { CommandId = command }));
}
