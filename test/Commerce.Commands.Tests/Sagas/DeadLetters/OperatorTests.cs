using System.Globalization;
using Commerce.Commands.Handling;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Testing.Servers;
using Commerce.Testing.Telemetry;
using Npgsql;

namespace Commerce.Commands.Tests.Sagas.DeadLetters;

/// <summary>What operators see of dead letters, and what becomes of their decisions when several decide or servers are away.</summary>
[TestFixture]
public sealed class OperatorTests() : HeldOrders(isOnBroker: false)
{
    [Test]
    public async Task Of_operators_who_decide_at_once_one_wins_and_the_others_are_told()
    {
        var (order, letter) = await BrokenAndCancelled();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => n % 2 == 0 ? Replay(letter, $"operator {n}") : Discard(letter, $"operator {n}")));
        var decided = (await StoryOf(letter)).Count(t => t is "dead-letter-replay-asked.v1" or "dead-letter-discarded.v1");
        var wrote = outcomes.OfType<CommandOutcome.Accepted>().Count(a => a.Events.Count > 0);
        Assert.That((wrote, outcomes.Length - outcomes.OfType<CommandOutcome.Accepted>().Count()), Is.EqualTo((decided, outcomes.OfType<CommandOutcome.Rejected>().Count())));
        foreach (var refused in outcomes.OfType<CommandOutcome.Rejected>())
        {
            Assert.That(refused.Rejection.Code, Is.EqualTo("dead-letter-settled").Or.EqualTo("dead-letter-replaying"));
        }

        Assert.That(LetterOf(order), Is.Not.Null);
    }

    [Test]
    public async Task A_decision_is_recorded_with_its_reason_and_who_decided()
    {
        var (_, letter) = await Broken();
        await Discard(letter, "the customer was served by hand");
        var events = new List<RecordedEvent>();
        await foreach (var e in Store.Log.ReadStream(DeadLetter.StreamOf(letter.Id), ReadDirection.Forwards, 0, 10, default))
        {
            events.Add(e);
        }

        Assert.That(EventCatalog.Read(events[1]), Is.EqualTo(new DeadLetterEvent.Discarded("the customer was served by hand")));
        Assert.That(events.Select(e => EventMetadata.TryRead(e.Metadata)?.Actor), Is.EqualTo(new[] { "messaging", "operator" }));
    }

    [Test]
    public async Task A_decision_whose_row_nobody_came_to_change_is_carried_out_all_the_same()
    {
        var (order, letter) = await BrokenAndCancelled();
        Mend();

        // What a process leaves behind that dies just after the log took its decision.
        await using (var asked = SagaDatabase.Source.CreateCommand("UPDATE commerce.dead_letters SET asked = asked + 1 WHERE id = $1"))
        {
            asked.Parameters.Add(new() { Value = letter.Id });
            await Store.Stop();
            await asked.ExecuteNonQueryAsync();
        }

        await Store.Processor.Handle(DeadLetter.Decider, DeadLetter.StreamOf(letter.Id), new DeadLetterCommand.Replay("mended"), new CommandContext("operator"), default);
        await Store.Start();
        await Store.Settles(order, FulfilmentPhase.Undone);
        await Becomes(letter, DeadLetterStatus.Handled);
    }

    [Test]
    public async Task A_letter_that_the_log_could_not_take_is_held_and_recorded_when_the_log_is_back()
    {
        Store.Log.FailsBefore = stream => stream.Category == "deadletter";
        var (_, letter) = await Broken();
        Assert.That(await StoryOf(letter), Is.Empty);
        Store.Log.FailsBefore = _ => false;
        await Shop.Tried(() => StoryOf(letter).Result.Count == 1);
    }

    [Test]
    public async Task Letters_are_listed_page_by_page_those_that_are_not_settled_first()
    {
        var letters = new List<Guid>();
        for (var n = 0; n < 4; n++)
        {
            letters.Add((await Broken()).Letter.Id);
        }

        await Discard(Store.Letters.Letters.Find(l => l.Id == letters[0]) ?? throw new AssertionException("It is gone."));
        var listed = new List<Guid>();
        LetterCursor? after = null;
        do
        {
            var page = await Desk.List(null, after, 3, default);
            listed.AddRange(page.Select(l => l.Id));
            after = page.Count < 3 ? null : LetterCursor.After(page[^1]);
            Assert.That(after is null || (LetterCursor.TryParse(after.ToString(), out var back) && back == after), Is.True);
        }
        while (after is not null);

        // Those of other shops of the database may be settled, and so move, from one page to the next.
        Assert.That(listed.Where(letters.Contains), Is.EqualTo(new[] { letters[1], letters[2], letters[3], letters[0] }));
        Assert.That((await Desk.List(DeadLetterStatus.Discarded, null, 1_000, default)).Select(l => l.Id), Does.Contain(letters[0]).And.Not.Contain(letters[1]));
    }

    [Test]
    public async Task What_is_held_and_how_it_came_to_that_is_counted()
    {
        using var consumed = new HeardFigures("commerce.messages.consumed");
        using var retries = new HeardFigures("commerce.messages.retries");
        using var open = new HeardFigures("commerce.dead_letters.open");
        using var waiting = new HeardFigures("commerce.dead_letters.waiting");
        using var age = new HeardFigures("commerce.dead_letters.age");
        var (_, letter) = await BrokenAndCancelled();

        // Held are those of all shops that share the database.
        await Shop.Tried(() => open.Read() is [>= 1] && waiting.Read() is [>= 2] && age.Read() is [> 0]);
        Assert.That(retries.Sum(t => Equals(t["queue"], letter.Queue)), Is.EqualTo(ShortPauses.Options(null).RetryPauses.Count));
        Assert.That((Consumed("DeadLetter"), Consumed("Waits")), Is.EqualTo((1, 2)));

        double Consumed(string outcome) => consumed.Sum(t => Equals(t["queue"], letter.Queue) && Equals(t["outcome"], outcome));
    }

    [Test]
    public async Task Behind_a_letter_only_so_many_wait_and_the_next_one_stays_in_its_lane_until_there_is_room()
    {
        var (order, letter) = await Broken();
        await Execute(SagaDatabase.Source, $"""
            INSERT INTO commerce.dead_letters (queue, event_id, order_id, position, type, data, id, at, state, reason, attempts, asked)
            SELECT '{letter.Queue}', gen_random_uuid(), '{order}', {letter.Position} + n, 'filling', '', gen_random_uuid(), now(), 'waiting', '', 0, 0
            FROM generate_series(1, {DeadLetterTable.WaitingMax - 1}) n
            """);
        await Store.Ask(order, new OrderCommand.Cancel("changed my mind"));
        var asked = await Store.Log.Head(default);
        await Store.Settles(await Store.Place(null, ("mug", 1)), FulfilmentPhase.Confirmed);
        Assert.That((LetterOf(order)?.Behind, await Store.Checkpoints.Load(default) < asked), Is.EqualTo(((int?)DeadLetterTable.WaitingMax, true)), "others go on, and nobody says that it is done with");

        await Execute(SagaDatabase.Source, "DELETE FROM commerce.dead_letters WHERE type = 'filling'");
        await Shop.Tried(() => LetterOf(order) is { Behind: 2 });
        await Rests();
    }

    [Test]
    public async Task Nobody_decides_about_a_letter_that_is_not_there() =>
        Assert.That(await Desk.Discard(Guid.NewGuid(), "of no use", new CommandContext("operator"), default), Is.EqualTo(new CommandOutcome.Rejected(DeadLetterRejections.Unknown)));

    [Test]
    public async Task While_the_database_is_away_nothing_is_done_with_and_afterwards_all_of_it_is()
    {
        await Close();
        await using var database = await PostgresForTests.CreateDatabase();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await Open(source);
        await Store.Settles(await Store.Place(null, ("mug", 1)), FulfilmentPhase.Confirmed);

        await using var server = NpgsqlDataSource.Create(await PostgresForTests.Server());
        await Execute(server, $"ALTER DATABASE {database.Name} WITH ALLOW_CONNECTIONS false");
        await Execute(server, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.Name}'");

        // What was read of it before is believed until then.
        await Execute(server, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_sleep({HeldLook.BelievedFor.TotalSeconds})"));
        var order = await Store.Place(null, ("mug", 1));
        var placed = await Store.Log.Head(default);
        await Execute(server, "SELECT pg_sleep(0.3)");
        Assert.That((await SagaStoryOf(order), await Store.Checkpoints.Load(default) < placed), Is.EqualTo((Array.Empty<string>(), true)));

        await Execute(server, $"ALTER DATABASE {database.Name} WITH ALLOW_CONNECTIONS true");
        await Store.Settles(order, FulfilmentPhase.Confirmed);
        await Close();
        await Open(null);
    }

    static async Task Execute(NpgsqlDataSource server, string sql)
    {
        await using var command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
