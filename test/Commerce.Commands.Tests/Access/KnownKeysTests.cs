using Commerce.Commands.Access;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Handling;
using Commerce.Commands.Tests.Sagas;
using Commerce.Domain.Access;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Commands.Tests.Access;

/// <summary>Keys, as a process that takes requests knows them.</summary>
public sealed class KnownKeysTests
{
    static readonly AccessGrant Analyst = new("reports", AccessRole.Analyst);
    static readonly CommandContext Ops = new("ops");

    ShiftedTime _time = null!;
    InMemoryEventLog _log = null!;
    CommandProcessor _commands = null!;
    KeyDesk _desk = null!;
    KnownKeys _known = null!;

    [SetUp]
    public void Begin()
    {
        _time = new();
        _log = new(_time);
        _commands = new(_log, _time);
        _desk = new(_commands, _time);
        _known = new(_log, _time, NullLogger<KnownKeys>.Instance);
    }

    [TearDown]
    public async Task End()
    {
        _known.Dispose();
        await _commands.DisposeAsync();
    }

    [Test]
    public async Task A_key_is_what_it_was_made_for_until_it_is_revoked()
    {
        var key = await Make(Analyst);
        Assert.That(_known.Find(key.Text), Is.EqualTo(new FoundAccess.Granted(Analyst)).Using<FoundAccess.Granted>((a, b) => a.Grant.Client == b.Grant.Client && a.Grant.Role == b.Grant.Role));

        await _desk.Revoke(key.Id, TimeSpan.Zero, "lost", Ops, default);
        Assert.That(_known.Find(key.Text), Is.TypeOf<FoundAccess.Granted>(), "nobody has looked yet");
        await _known.Look(default);
        Assert.That(_known.Find(key.Text), Is.TypeOf<FoundAccess.Ended>());
    }

    [Test]
    public async Task What_is_done_elsewhere_is_known_here_a_second_later()
    {
        await _known.StartAsync(default);
        var made = await _desk.Create(Analyst, Ops, default);
        var text = made.Key?.Text;
        Assert.That(_known.Find(text), Is.TypeOf<FoundAccess.Wrong>());

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (_known.Find(text) is not FoundAccess.Granted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }

        await _known.StopAsync(default);
    }

    [Test]
    public async Task While_it_is_changed_for_another_both_are_valid()
    {
        var old = await Make(Analyst);
        var changed = await _desk.Rotate(old.Id, TimeSpan.FromHours(1), null, Ops, default);
        await _known.Look(default);
        Assert.That((Found(old), Found(changed.Key)), Is.EqualTo((typeof(FoundAccess.Granted), typeof(FoundAccess.Granted))));

        _time.Pass(TimeSpan.FromHours(1));
        Assert.That((Found(old), Found(changed.Key)), Is.EqualTo((typeof(FoundAccess.Ended), typeof(FoundAccess.Granted))));
    }

    [Test]
    public async Task It_ends_by_itself_when_it_expires()
    {
        var key = await Make(Analyst with { ExpiresAt = _time.GetUtcNow().AddMinutes(1) });
        Assert.That(Found(key), Is.EqualTo(typeof(FoundAccess.Granted)));
        _time.Pass(TimeSpan.FromMinutes(1));
        Assert.That(Found(key), Is.EqualTo(typeof(FoundAccess.Ended)));
    }

    [Test]
    public async Task A_key_of_nobody_and_one_with_another_secret_are_the_same()
    {
        var key = await Make(Analyst);
        await _desk.Revoke(key.Id, TimeSpan.Zero, "lost", Ops, default);
        await _known.Look(default);
        Assert.That(Found(ApiKey.New()), Is.EqualTo(typeof(FoundAccess.Wrong)));
        Assert.That(_known.Find(key.Text[..^1] + "x"), Is.TypeOf<FoundAccess.Wrong>());
    }

    [Test]
    public void Before_the_log_has_answered_once_nobody_is_told_that_a_key_is_wrong() => Assert.That(Found(ApiKey.New()), Is.EqualTo(typeof(FoundAccess.Unavailable)));

    [Test]
    public async Task The_log_holds_who_made_and_revoked_which_key_and_no_secret()
    {
        var key = await Make(Analyst);
        await _desk.Revoke(key.Id, TimeSpan.Zero, "lost", new CommandContext("owner"), default);
        var texts = new List<string>();
        await foreach (var e in _log.ReadStream(AccessKeys.Stream, Domain.Log.ReadDirection.Forwards, 0, 10, default))
        {
            texts.Add($"{e.Type} {Domain.Log.EventMetadata.TryRead(e.Metadata)?.Actor} {System.Text.Encoding.UTF8.GetString(e.Data.Span)}");
        }

        Assert.That(texts, Has.Count.EqualTo(2));
        Assert.That(texts[0], Does.StartWith("access-key-created.v1 ops").And.Contain(key.Id).And.Contain(key.Hash).And.Not.Contain(key.Text[^20..]));
        Assert.That(texts[1], Does.StartWith("access-key-revoked.v1 owner").And.Contain(key.Id).And.Contain("lost"));
    }

    Type Found(ApiKey? key) => _known.Find(key?.Text).GetType();

    async Task<ApiKey> Make(AccessGrant grant)
    {
        var made = await _desk.Create(grant, Ops, default);
        await _known.Look(default);
        return made.Key ?? throw new AssertionException($"{made.Outcome}");
    }
}
