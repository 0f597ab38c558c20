using System.Text;
using Commerce.Commands.Payments.Callbacks;
using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Commands.Tests.Payments;

/// <summary>Where callbacks are kept, in PostgreSQL.</summary>
public sealed class CallbackInboxTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 2, 9, 15, 0, TimeSpan.Zero);

    TestDatabase? _database;
    NpgsqlDataSource? _source;

    PostgresCallbackInbox Inbox => new(_source ?? throw new InvalidOperationException());

    [SetUp]
    public async Task Open()
    {
        _database = await PostgresForTests.CreateDatabase();
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
    }

    [TearDown]
    public async Task Close()
    {
        if (_source is not null && _database is not null)
        {
            await _source.DisposeAsync();
            await _database.DisposeAsync();
        }
    }

    [Test]
    public async Task One_is_kept_once_by_its_provider_and_id_and_the_first_body_stands()
    {
        Assert.That(await Inbox.Keep(Waiting("a"), default), Is.True);
        Assert.That(await Inbox.Keep(Waiting("a") with { Body = "other"u8.ToArray() }, default), Is.False);
        Assert.That(await Inbox.Keep(Waiting("a") with { Provider = "another" }, default), Is.True);
        Assert.That((await Inbox.List(null, null, 10, default)).Select(c => (c.Provider, Encoding.UTF8.GetString(c.Body.Span))), Is.EqualTo(new[] { ("another", "body"), ("sandbox", "body") }));
    }

    [Test]
    public async Task Those_that_wait_are_due_at_their_time_and_no_more_once_they_are_settled()
    {
        await Inbox.Keep(Waiting("later") with { TryAt = Now.AddSeconds(2) }, default);
        await Inbox.Keep(Waiting("now"), default);
        await Inbox.Keep(Waiting("unreadable") with { State = CallbackState.Unreadable, TryAt = null }, default);
        var due = (await Inbox.Due(Now, 10, default)).Single();
        Assert.That((due.Id, due.TryAt, due.ReceivedAt), Is.EqualTo(("now", (DateTimeOffset?)Now, Now)));

        await Inbox.Note(due with { Tries = 1, TryAt = Now.AddSeconds(1), Code = "payment-unknown", Detail = "no" }, default);
        Assert.That((await Inbox.Due(Now.AddSeconds(2), 10, default)).Select(c => (c.Id, c.Tries, c.Code)), Is.EqualTo(new[] { ("now", 1, "payment-unknown"), ("later", 0, null) }));

        await Inbox.Note(due with { State = CallbackState.Applied, Tries = 2, TryAt = null, SettledAt = Now }, default);
        await Inbox.Note(due with { State = CallbackState.Contradicting, Tries = 3, SettledAt = Now }, default);
        Assert.That((await Inbox.List(CallbackState.Applied, null, 10, default)).Select(c => (c.Id, c.Tries)), Is.EqualTo(new[] { ("now", 2) }));
        Assert.That(await Inbox.CountWaiting(default), Is.EqualTo(1));
    }

    [Test]
    public async Task A_list_goes_on_before_the_last_that_was_shown()
    {
        foreach (var id in new[] { "a", "b", "c" })
        {
            await Inbox.Keep(Waiting(id), default);
        }

        var first = await Inbox.List(CallbackState.Waiting, null, 2, default);
        var rest = await Inbox.List(CallbackState.Waiting, first[^1].Sequence, 2, default);
        Assert.That((first.Concat(rest)).Select(c => c.Id), Is.EqualTo(new[] { "c", "b", "a" }));
    }

    [Test]
    public async Task Those_that_are_settled_are_removed_after_their_time_and_those_that_wait_never()
    {
        await Inbox.Keep(Waiting("waits"), default);
        await Inbox.Keep(Waiting("old") with { State = CallbackState.Unreadable, SettledAt = Now.AddDays(-2) }, default);
        await Inbox.Keep(Waiting("new") with { State = CallbackState.Unreadable, SettledAt = Now }, default);
        Assert.That(await Inbox.Remove(Now.AddDays(-1), 10, default), Is.EqualTo(1));
        Assert.That((await Inbox.List(null, null, 10, default)).Select(c => c.Id), Is.EqualTo(new[] { "new", "waits" }));
    }

    static KeptCallback Waiting(string id) => new("sandbox", id, "body"u8.ToArray(), Now, CallbackState.Waiting) { TryAt = Now };
}
