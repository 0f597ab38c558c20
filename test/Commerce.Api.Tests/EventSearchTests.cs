using System.Text.Json;
using Commerce.Api.Tests.App;
using Commerce.Testing.Logs;

namespace Commerce.Api.Tests;

/// <summary>What auditors find in the whole log over HTTP.</summary>
[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class EventSearchTests(LogEngine engine) : ApiTest(engine)
{
    [Test]
    public async Task All_that_one_order_set_off_is_found_by_its_correlation_id_page_by_page_and_line_by_line()
    {
        var reply = await Post("/orders", OrderOf(await Stocked(3)));
        var address = reply.Header("Location") ?? string.Empty;
        await Until(address, "confirmed");
        var timeline = (await Until($"/audit/orders/{address.Split('/')[^1]}/timeline", null, r => r.Text.Contains("fulfilment-order-confirmed", StringComparison.Ordinal))).Json
            .GetProperty("events").EnumerateArray().Where(e => e.TryGetProperty("correlationId", out _)).ToList();
        var correlation = timeline[0].GetProperty("correlationId").GetString();
        var expected = timeline.Where(e => e.GetProperty("correlationId").GetString() == correlation).Select(Id).ToList();

        var lines = (await Get($"/audit/events?correlationId={correlation}&format=ndjson")).Text.TrimEnd('\n').Split('\n').Select(line => JsonElement.Parse(line)).ToList();
        var pages = await Pages($"/audit/events?correlationId={correlation}&limit=2");

        Assert.That(expected, Has.Count.GreaterThan(3));
        Assert.That(lines.Select(Id), Is.SupersetOf(expected));
        Assert.That(pages.Select(Id), Is.EqualTo(lines.Select(Id)));
        Assert.That(lines.Select(e => e.GetProperty("metadata").GetProperty("$correlationId").GetString()), Is.All.EqualTo(correlation));
        Assert.That(lines.Select(e => e.GetProperty("stream").GetString()?.Split('-')[0]), Does.Contain("order").And.Contain("payment").And.Contain("fulfilment"));
    }

    [Test]
    public async Task Types_positions_and_days_bound_what_is_found()
    {
        await Stocked(1);
        var today = DateTime.UtcNow;
        var type = (await Get("/audit/events?limit=1")).Json.GetProperty("events")[0].GetProperty("type").GetString();
        var first = (await Get($"/audit/events?type={type}&from={today.AddDays(-1):yyyy-MM-dd}&limit=1")).Json.GetProperty("events")[0];

        Assert.That(first.GetProperty("type").GetString(), Is.EqualTo(type));
        Assert.That((await Get($"/audit/events?to=position:{first.GetProperty("position").GetString()}")).Json.GetProperty("events").EnumerateArray().Last().GetProperty("id").GetGuid(), Is.EqualTo(first.GetProperty("id").GetGuid()));
        Assert.That((await Get("/audit/events?to=1999-12-31&limit=1")).Json.GetProperty("events").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Lines_are_asked_for_by_accept_as_well_and_cut_at_the_limit()
    {
        await Stocked(1);
        var reply = await Get("/audit/events?limit=2", ("Accept", "application/x-ndjson"));

        Assert.That((reply.MediaType, reply.Header("Commerce-Row-Limit"), reply.Text.TrimEnd('\n').Split('\n').Length), Is.EqualTo(("application/x-ndjson", "2", 2)));
    }

    [TestCase("from=yesterday", 400, "parameter-invalid")]
    [TestCase("to=revision:3", 400, "parameter-invalid")]
    [TestCase("after=-1", 400, "parameter-invalid")]
    [TestCase("limit=1001", 400, "parameter-invalid")]
    [TestCase("limit=1000001&format=ndjson", 400, "parameter-invalid")]
    [TestCase("format=csv", 400, "parameter-invalid")]
    [TestCase("correlationId=%07", 400, "parameter-invalid")]
    public async Task What_cannot_be_looked_for_is_refused_with_a_code(string query, int status, string code) =>
        Assert.That((await Get($"/audit/events?{query}")).Refusal, Is.EqualTo((status, code)));

    [Test]
    public async Task A_position_that_no_event_has_is_refused_by_an_engine_that_cannot_begin_there_and_others_go_on_behind_it()
    {
        var position = long.Parse((await Get($"/audit/streams/stock-{await Stocked(1)}@main")).Json.GetProperty("events")[0].GetProperty("position").GetString() ?? "", System.Globalization.CultureInfo.InvariantCulture);
        var reply = await Get($"/audit/events?after={position - 1}&limit=1");

        if (Engine == LogEngine.EventStoreDb)
        {
            Assert.That((reply.Refusal, reply.Field("parameter")), Is.EqualTo(((400, "parameter-invalid"), "after")));
        }
        else
        {
            Assert.That(reply.Json.GetProperty("events")[0].GetProperty("position").GetString(), Is.EqualTo($"{position}"));
        }
    }

    [Test]
    public async Task Another_type_of_answer_is_not_to_be_had() =>
        Assert.That((await Get("/audit/events", ("Accept", "text/csv"))).Refusal, Is.EqualTo((406, "not-acceptable")));

    async Task<List<JsonElement>> Pages(string path)
    {
        var (events, next) = (new List<JsonElement>(), string.Empty);
        while (next is not null)
        {
            var page = (await Get(next.Length == 0 ? path : $"{path}&after={next}")).Json;
            events.AddRange(page.GetProperty("events").EnumerateArray());
            next = page.TryGetProperty("next", out var more) ? more.GetString() : null;
        }

        return events;
    }

    static Guid Id(JsonElement e) => e.GetProperty("id").GetGuid();
}
