using Commerce.Domain.Log;

namespace Commerce.Domain.Tests.Spec;

/// <summary>An aggregate with a past. The past goes through the log's JSON, as it does in life.</summary>
sealed class Given<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, params IEnumerable<TEvent> past)
    where TEvent : class
{
    TState State => past.Aggregate(decider.Initial, (state, e) => decider.Evolve(state, Through.Json(e)));

    public Outcome<TEvent> When(TCommand command) => new(decider.Decide(command, State));

    public void Shows(Predicate<TState> what) => Assert.That(what(State), Is.True, () => $"{State}");
}

/// <summary>What a command led to.</summary>
sealed class Outcome<TEvent>(Decision<TEvent> decision)
    where TEvent : class
{
    public void Then(params IEnumerable<TEvent> events)
    {
        Assert.That(decision.Rejection?.Code, Is.Null);
        Assert.That(decision.Events.Select(Through.Text), Is.EqualTo(events.Select(Through.Text)));
    }

    public void ThenNothing() => Then();

    public void ThenRejected(string code, params (string Name, long Figure)[] figures)
    {
        Assert.That(decision.Rejection?.Code, Is.EqualTo(code));
        Assert.That(decision.Events, Is.Empty);
        Assert.That(decision.Rejection?.Figures.Select(f => (f.Key, f.Value)), Is.EqualTo(figures));
    }

    public void ThenRejected(string code, RejectionKind kind)
    {
        ThenRejected(code);
        Assert.That(decision.Rejection?.Kind, Is.EqualTo(kind));
    }
}

/// <summary>Events as the log keeps them.</summary>
static class Through
{
    public static TEvent Json<TEvent>(TEvent @event)
        where TEvent : class =>
        EventCatalog.Read(EventCatalog.NameOf(@event), EventCatalog.ToJson(@event)) as TEvent ?? throw new AssertionException($"{@event} did not come back.");

    public static string Text(object @event) => $"{EventCatalog.NameOf(@event)} {System.Text.Encoding.UTF8.GetString(EventCatalog.ToJson(@event))}";
}
