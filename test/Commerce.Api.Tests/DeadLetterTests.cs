using System.Text;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Projections.Auditing;

namespace Commerce.Api.Tests;

/// <summary>What operators see and decide of dead letters, over HTTP and on the command line, on an application of their own.</summary>
[TestFixture]
public sealed class DeadLetterTests
{
    const string Queue = "commerce-fulfilment";

    static readonly (string, string)[] NoHeaders = [];

    CommerceApp? _app;

    CommerceApp App => _app ?? throw new InvalidOperationException("The application is not started.");

    [SetUp]
    public async Task Start() => _app = await CommerceApp.Start();

    [TearDown]
    public async Task Stop()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    [Test]
    public async Task A_letter_is_listed_shown_and_discarded_with_a_reason_once()
    {
        var id = await Letter();
        var listed = await Get("/ops/dead-letters");
        var letter = listed.Json.GetProperty("items").EnumerateArray().Single();
        Assert.That((letter.GetProperty("id").GetGuid(), letter.GetProperty("state").GetString(), letter.GetProperty("attempts").GetInt32()), Is.EqualTo((id, "open", 1)), listed.Text);
        Assert.That((await Get($"/ops/dead-letters/{id}")).Field("reason"), Is.EqualTo("InvalidDataException: It is broken."));
        Assert.That(await Health(), Is.EqualTo("degraded"));

        Assert.That((await Post($"/ops/dead-letters/{id}/discard", """{"reason":""}""")).Refusal, Is.EqualTo((422, "reason-invalid")));
        Assert.That((await Post($"/ops/dead-letters/{id}/discard", "{}")).Refusal, Is.EqualTo((400, "body-invalid")));
        var done = await Post($"/ops/dead-letters/{id}/discard", """{"reason":"served by hand"}""", ("Idempotency-Key", "\"d-1\""));
        var again = await Post($"/ops/dead-letters/{id}/discard", """{"reason":"served by hand"}""", ("Idempotency-Key", "\"d-1\""));
        Assert.That((done.Status, again.Status, again.Header("Idempotency-Replayed"), again.Text), Is.EqualTo((200, 200, "true", done.Text)), done.Text);
        Assert.That((await Post($"/ops/dead-letters/{id}/discard", """{"reason":"me too"}""")).Refusal, Is.EqualTo((409, "dead-letter-settled")));
        Assert.That((await Post($"/ops/dead-letters/{id}/replay", """{"reason":"me too"}""")).Refusal, Is.EqualTo((409, "dead-letter-settled")));
        Assert.That((await Get($"/audit/streams/deadletter-{id}")).Text, Does.Contain("served by hand"));
        Assert.That(((await Get("/ops/dead-letters?state=open")).Json.GetProperty("items").GetArrayLength(), await Health()), Is.EqualTo((0, "up")));
    }

    [Test]
    public async Task A_replay_is_carried_out_by_whoever_consumes()
    {
        var id = await Letter();
        Assert.That((await Post($"/ops/dead-letters/{id}/replay", """{"reason":"mended"}""")).Status, Is.EqualTo(200));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var e in App.Host.Log.Subscribe(LogPosition.Start, StreamFilter.Categories("deadletter"), limit.Token))
        {
            if (e is LogMessage.Appeared { Event.Type: "dead-letter-handled.v1" })
            {
                break;
            }
        }

        Assert.That((await new Auditor(App.Host.Log).Run(new AuditOptions(), null, default)).UnknownEvents, Is.Zero);
    }

    [Test]
    public async Task What_is_not_there_and_what_makes_no_sense_is_refused_with_a_code()
    {
        var unknown = Guid.NewGuid();
        Assert.That((await Get($"/ops/dead-letters/{unknown}")).Refusal, Is.EqualTo((404, "dead-letter-unknown")));
        Assert.That((await Post($"/ops/dead-letters/{unknown}/replay", """{"reason":"mended"}""")).Refusal, Is.EqualTo((404, "dead-letter-unknown")));
        Assert.That((await Get("/ops/dead-letters?state=lost")).Refusal, Is.EqualTo((400, "parameter-invalid")));
        Assert.That((await Get("/ops/dead-letters?cursor=lost")).Refusal, Is.EqualTo((400, "parameter-invalid")));
        Assert.That((await Get("/ops/dead-letters/lost")).Refusal, Is.EqualTo((400, "parameter-invalid")));
    }

    [Test]
    public async Task Pages_follow_each_other()
    {
        Guid[] ids = [await Letter(), await Letter(), await Letter()];
        var first = await Get("/ops/dead-letters?limit=2");
        var second = await Get($"/ops/dead-letters?limit=2&cursor={first.Field("next")}");
        var seen = first.Json.GetProperty("items").EnumerateArray().Concat(second.Json.GetProperty("items").EnumerateArray()).Select(l => l.GetProperty("id").GetGuid());
        Assert.That((seen.Order().SequenceEqual(ids.Order()), second.Json.TryGetProperty("next", out _)), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task The_command_line_lists_shows_and_decides_as_well()
    {
        var id = await Letter();
        Assert.That((await Ops("list")).Output, Does.Contain(id.ToString()).And.Contain("1 dead letters, 1 of them not settled."));
        Assert.That((await Ops("show", id.ToString())).Output, Does.Contain("InvalidDataException: It is broken.").And.Contain("order-cancelled.v2"));
        var discarded = await Ops("discard", id.ToString(), "--reason", "served by hand");
        Assert.That((discarded.Code, discarded.Output), Is.EqualTo((0, $"{id} is discarded; 0 wait behind it.{Environment.NewLine}")), discarded.Error);
        var again = await Ops("replay", id.ToString(), "--reason", "mended");
        Assert.That((again.Code, again.Error.Contains("(dead-letter-settled)", StringComparison.Ordinal)), Is.EqualTo((2, true)), again.Error);
        Assert.That((await Ops("show", Guid.NewGuid().ToString())).Code, Is.EqualTo(2));
        Assert.That((await Ops("list", "--state", "lost")).Code, Is.EqualTo(2));
    }

    // An order that was called off, of which nobody heard before: handled again, its saga notes it.
    async Task<Guid> Letter()
    {
        var cancelled = new OrderEvent.Cancelled("changed my mind", CancelCause.Customer);
        var data = Encoding.UTF8.GetString(EventCatalog.ToJson(cancelled));
        var fact = new HeldFact { OrderId = Guid.CreateVersion7(), Type = EventCatalog.NameOf(cancelled), Data = data, OccurredAt = DateTimeOffset.UtcNow, Position = 1 };
        var message = HeldMessage.Of(Queue, Guid.CreateVersion7(), fact);
        await new DeadLetterTable(App.Host.Database).Keep(message, "InvalidDataException: It is broken.", DateTimeOffset.UtcNow, default);
        return DeadLetter.IdOf(Queue, message.EventId);
    }

    async Task<string?> Health() => (await Get("/health/ready")).Json.GetProperty("checks").EnumerateArray()
        .Single(c => c.GetProperty("name").GetString() == "deadLetters").GetProperty("status").GetString();

    Task<Said> Ops(params string[] arguments) => Terminal.Run(["ops", "dead-letters", .. arguments, "--postgres", App.Host.ConnectionString]);

    Task<Reply> Get(string path) => Send(HttpMethod.Get, path, null, NoHeaders);

    Task<Reply> Post(string path, string body, params (string Name, string Value)[] headers) => Send(HttpMethod.Post, path, body, headers);

    async Task<Reply> Send(HttpMethod method, string path, string? body, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await App.Http.SendAsync(request);
        return await Reply.Of(response);
    }
}
