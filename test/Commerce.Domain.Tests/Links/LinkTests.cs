using Commerce.Domain.Links;
using Commerce.Domain.Tests.Spec;

namespace Commerce.Domain.Tests.Links;

public sealed class LinkTests
{
    static readonly Guid Id = new("01920000-0000-7000-8000-000000000001");
    static readonly LinkCode Code = LinkCode.Parse("000000000000", null);
    static readonly DateTimeOffset Now = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);
    static readonly LinkEvent Created = new LinkEvent.Created(Id, Code, "/orders/1", null, Now.AddDays(1));

    [Test]
    public void A_link_is_made_once_and_is_never_made_another()
    {
        Given().When(Create("/orders/1", Now.AddDays(1))).Then(Created);
        Given(Created).When(Create("/orders/2", Now.AddDays(1))).ThenRejected("link-exists", RejectionKind.Conflict);
    }

    [Test]
    public void It_ends_in_the_future_and_not_too_far_in_it()
    {
        Given().When(Create("/orders/1", Now)).ThenRejected("link-expiry-invalid");
        Given().When(Create("/orders/1", Now + Link.LifetimeMax)).Then(new LinkEvent.Created(Id, Code, "/orders/1", null, Now + Link.LifetimeMax));
        Given().When(Create("/orders/1", Now + Link.LifetimeMax + TimeSpan.FromTicks(1))).ThenRejected("link-expiry-invalid");
    }

    [Test]
    public void A_target_is_a_text_of_bounded_length()
    {
        Given().When(Create(string.Empty, Now.AddDays(1))).ThenRejected("link-target-invalid");
        Given().When(Create("/" + new string('a', Link.TargetLengthMax), Now.AddDays(1))).ThenRejected("link-target-invalid");
    }

    [Test]
    public void Clicks_are_noted_under_its_code()
    {
        Given(Created).When(new LinkCommand.NoteFollowed(7)).Then(new LinkEvent.Followed(Code, 7));
        Given(Created).When(new LinkCommand.NoteFollowed(0)).ThenNothing();
        Given().When(new LinkCommand.NoteFollowed(7)).ThenRejected("link-unknown", RejectionKind.NotFound);
    }

    static LinkCommand Create(string target, DateTimeOffset expiresAt) => new LinkCommand.Create(Now, Id, Code, target, null, expiresAt);

    static Given<LinkCommand, LinkEvent, Link> Given(params LinkEvent[] events) => new(Link.Decider, events);
}
