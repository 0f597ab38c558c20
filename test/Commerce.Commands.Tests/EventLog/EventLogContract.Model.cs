using Commerce.Domain.Log;
using FsCheck;
using FsCheck.Fluent;

namespace Commerce.Commands.Tests.EventLog;

[TestFixtureSource(typeof(EventLogEngine), nameof(EventLogEngine.All))]
sealed class EventLogContractModel(EventLogEngine engine) : EventLogContract(engine)
{
    const int Histories = 25;
    const int AppendsEach = 40;

    [Test]
    public void Any_history_of_appends_is_answered_and_kept_as_the_model_says() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Histories).WithReplay(2_026UL, 1UL),
            Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Play(new Random(seed)).GetAwaiter().GetResult()));

    async Task Play(Random random)
    {
        var category = $"c{Guid.NewGuid():n}";
        var (model, appends, start) = (new LogModel(), new RandomAppends(random, category), await Log.Head(Deadline));
        for (var n = 0; n < AppendsEach; n++)
        {
            var append = appends.Next(model);
            var said = model.Append(append.Stream, append.Expected, Ids(append.Events));
            var result = await Log.Append(append.Stream, append.Expected, append.Events, Deadline);
            Assert.That(said, Has.Member(LogModel.AnswerOf(result)), append.ToString());
        }

        var all = await ReadAll(start, StreamFilter.Categories(category));
        Assert.That(all.Select(e => (e.Stream, e.Id)), Is.EqualTo(model.Everything));
        foreach (var stream in all.Select(e => e.Stream).Distinct())
        {
            Assert.That(Ids(await Read(stream)), Is.EqualTo(model.Held(stream)));
            Assert.That(Ids(await Read(stream, ReadDirection.Backwards, long.MaxValue)), Is.EqualTo(model.Held(stream).Reverse()));
        }
    }
}
