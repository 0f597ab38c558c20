using Commerce.Api.Contract;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;
using Commerce.Testing;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Contract;

/// <summary>The AsyncAPI document says of every event what it looks like, and the log agrees.</summary>
[TestFixture]
public sealed class EventDocumentTests : ApiTest
{
    [Test]
    public async Task Events_change_only_when_somebody_wants_them_to() => await Snapshot.Verify(EventDocument.Text, "json");

    [Test]
    public async Task It_is_served_and_printed()
    {
        var served = await Get(EventDocument.Path);
        Assert.That((served.Status, served.MediaType, served.Text), Is.EqualTo((200, "application/json", EventDocument.Text)));

        var (code, printed, _) = await Terminal.Run(["contract", "events"]);
        Assert.That((code, printed.Trim()), Is.EqualTo((0, EventDocument.Text)));
    }

    [Test]
    public async Task A_parser_that_is_not_ours_finds_nothing_wrong_with_it_nor_with_what_the_log_holds()
    {
        var sku = await Stocked(10);
        var order = (await Post("/orders", OrderOf(sku))).Field("orderId");
        await Until($"/orders/{order}", "confirmed");
        var events = (await Get("/audit/events?format=ndjson&limit=2000")).Text;
        Assert.That(events, Does.Contain("order-placed.v1").And.Contain("payment-authorised.v1").And.Contain("stock-reserved.v1"));
        Assert.That(await Findings(EventDocument.Text, events), Is.Empty);
    }

    [Test]
    public async Task What_it_does_not_say_is_found()
    {
        var wrong = """{"stream":"order-1","type":"order-confirmed.v1","data":{},"metadata":{}}""" + "\n" + """{"stream":"stock-1","type":"order-confirmed.v1","data":[],"metadata":{"occurredAt":"2026-01-31T12:00:00Z"}}""";
        Assert.That(
            await Findings(EventDocument.Text.Replace("\"send\"", "\"sing\"", StringComparison.Ordinal), wrong),
            Does.Contain("operations/").And.Contain("order-confirmed.v1 metadata: ").And.Contain("order-confirmed.v1 order-confirmed.v1: ").And.Contain("stands in no channel for the stream stock-1"));
    }

    static async Task<string> Findings(string document, string events)
    {
        var folder = Directory.CreateTempSubdirectory("commerce-events-").FullName;
        var files = new[] { Path.Combine(folder, "asyncapi.json"), Path.Combine(folder, "events.ndjson") };
        await File.WriteAllTextAsync(files[0], document);
        await File.WriteAllTextAsync(files[1], events);
        var result = await NodeProgram.Run("events.js", files);
        Directory.Delete(folder, recursive: true);
        Assert.That(result.ExitCode, Is.Zero, result.Errors);
        return result.Output;
    }
}
