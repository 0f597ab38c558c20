using System.Text.Json;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;
using Commerce.Commands.Access;

namespace Commerce.Api.Tests.Access;

/// <summary>Making, changing and ending keys, over HTTP and at the terminal.</summary>
[TestFixture]
public sealed class KeyAdministrationTests : ApiTest
{
    [Test]
    public async Task A_key_is_shown_once_and_works_at_once()
    {
        var named = Key(New("key"));
        const string Body = """{"client":"reports","role":"analyst"}""";
        var made = await Post("/keys", Body, named);
        Assert.That((made.Status, ApiKey.IsWellFormed(made.Field("key"))), Is.EqualTo((201, true)), made.Text);
        Assert.That((await Get("/analytics/funnel", As(made.Field("key")))).Refusal, Is.EqualTo((200, (string?)null)));

        var again = await Post("/keys", Body, named);
        Assert.That((again.Status, again.Field("id"), again.Json.TryGetProperty("key", out _)), Is.EqualTo((201, made.Field("id"), false)));
        var listed = await Get("/keys");
        Assert.That(Of(listed, made.Field("id")).GetProperty("client").GetString(), Is.EqualTo("reports"));
        Assert.That(listed.Text, Does.Not.Contain(made.Field("key")));
    }

    [Test]
    public async Task A_key_is_changed_for_another_and_the_old_one_ends_when_it_was_said()
    {
        var old = await Post("/keys", """{"client":"reports","role":"analyst"}""");
        var made = await Post($"/keys/{old.Field("id")}/rotate", """{"overlapMinutes":0}""");
        Assert.That(made.Status, Is.EqualTo(201), made.Text);
        Assert.That((await Get("/analytics/funnel", As(made.Field("key")))).Refusal, Is.EqualTo((200, (string?)null)));
        Assert.That((await Get("/analytics/funnel", As(old.Field("key")))).Refusal, Is.EqualTo((401, "credentials-ended")));

        var kept = await Post($"/keys/{made.Field("id")}/rotate", "{}");
        Assert.That(Of(await Get("/keys"), made.Field("id")).GetProperty("endsAt").GetDateTimeOffset(), Is.EqualTo(DateTimeOffset.UtcNow.AddDays(1)).Within(TimeSpan.FromMinutes(5)));
        Assert.That((await Get("/analytics/funnel", As(made.Field("key")))).Refusal, Is.EqualTo((200, (string?)null)));
        Assert.That((await Get("/analytics/funnel", As(kept.Field("key")))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_revoked_key_is_refused_from_then_on()
    {
        var made = await Post("/keys", """{"client":"reports","role":"analyst"}""");
        Assert.That((await Post($"/keys/{made.Field("id")}/revoke", """{"reason":"lost"}""")).Status, Is.EqualTo(200));
        Assert.That((await Get("/analytics/funnel", As(made.Field("key")))).Refusal, Is.EqualTo((401, "credentials-ended")));
        Assert.That((await Post($"/keys/{made.Field("id")}/rotate", "{}")).Refusal, Is.EqualTo((409, "access-key-ended")));
    }

    [TestCase("""{"client":"reports","role":"king"}""", 400, "parameter-invalid")]
    [TestCase("""{"client":"saga","role":"analyst"}""", 422, "client-invalid")]
    [TestCase("""{"client":"app","role":"consumer"}""", 422, "customers-invalid")]
    [TestCase("""{"client":"app","role":"consumer","customers":["no customer"]}""", 400, "body-invalid")]
    [TestCase("""{"client":"app","role":"analyst","expiresAt":"2020-01-01T00:00:00Z"}""", 422, "expiry-invalid")]
    public async Task What_is_no_key_is_told_why(string body, int status, string code) => Assert.That((await Post("/keys", body)).Refusal, Is.EqualTo((status, code)));

    [Test]
    public async Task A_key_that_is_not_there_cannot_be_ended_or_changed()
    {
        Assert.That((await Post("/keys/nobody/revoke", """{"reason":"lost"}""")).Refusal, Is.EqualTo((404, "access-key-unknown")));
        Assert.That((await Post("/keys/nobody/rotate", "{}")).Refusal, Is.EqualTo((404, "access-key-unknown")));
        Assert.That((await Post("/keys/nobody/rotate", """{"overlapMinutes":-1}""")).Refusal, Is.EqualTo((400, "parameter-invalid")));
    }

    [Test]
    public async Task The_terminal_does_the_same_and_what_it_did_is_known_when_it_ends()
    {
        var created = await Run("create", "--client", "cli", "--role", "auditor", "--days", "1");
        var key = created.Output.Trim();
        Assert.That((created.Code, ApiKey.IsWellFormed(key)), Is.EqualTo((0, true)), created.Output + created.Error);
        Assert.That((await Get("/audit/streams/access-keys", As(key))).Status, Is.EqualTo(200));
        var id = ApiKey.IdOf(key).ToString();
        Assert.That((await Run("list")).Output, Does.Contain(id).And.Not.Contain(key));

        Assert.That((await Run("revoke", id, "--reason", "lost")).Code, Is.Zero);
        await Shopper.Until(() => Get("/audit/streams/access-keys", As(key)), reply => reply.Refusal == (401, "credentials-ended"));
    }

    [TestCase("create", "--client", "cli", "--role", "king")]
    [TestCase("create", "--client", "two words", "--role", "analyst")]
    [TestCase("create", "--client", "cli", "--role", "analyst", "--days", "0")]
    [TestCase("create", "--client", "cli", "--role", "consumer", "--customer", "no customer")]
    [TestCase("rotate", "nobody")]
    [TestCase("revoke", "nobody", "--reason", "lost")]
    public async Task What_the_terminal_cannot_do_is_one_sentence(params string[] words)
    {
        var said = await Run(words);
        Assert.That((said.Code, said.Error.Trim().Split('\n')[^1]), Is.EqualTo((2, said.Error.Trim().Split('\n')[^1])));
        Assert.That(said.Error, Does.Contain("commerce: ").And.Not.Contain("   at "));
    }

    static (string Name, string Value) As(string key) => ("Authorization", $"Bearer {key}");

    static JsonElement Of(Reply listed, string id) => listed.Json.GetProperty("items").EnumerateArray().Single(k => k.GetProperty("id").GetString() == id);

    Task<Said> Run(params string[] words) => Terminal.Run(["keys", .. words, "--postgres", App.Host.ConnectionString]);
}
