using Commerce.Domain.Log;
using Commerce.Domain.Tests.Spec;
using Commerce.Domain.Webhooks;

namespace Commerce.Domain.Tests.Webhooks;

public sealed class WebhookTests
{
    const string Url = "https://shop.example.org/hooks";

    static readonly Guid Id = new("01920000-0000-7000-8000-000000000001");
    static readonly WebhookTopics Orders = new(["order-*"], null);
    static readonly WebhookKey Key = new("m", "encrypted", null);
    static readonly WebhookKey OtherKey = new("m", "other", null);
    static readonly DateTimeOffset Until = new(2026, 11, 27, 9, 0, 0, TimeSpan.Zero);
    static readonly WebhookEvent Created = new WebhookEvent.Created(Id, Url, Orders, WebhookScheme.Hmac, Key);
    static readonly WebhookEvent Deleted = new WebhookEvent.Deleted();
    static readonly WebhookEvent Disabled = new WebhookEvent.Disabled(WebhookStop.Gone);

    [Test]
    public void An_address_is_subscribed_once()
    {
        Given().When(Create(Url, Orders)).Then(Created);
        Given(Created).When(Create(Url, Orders)).ThenRejected("webhook-exists", RejectionKind.Conflict);
        Given(Created, Deleted).When(Create(Url, Orders)).ThenRejected("webhook-exists", RejectionKind.Conflict);
    }

    [TestCase("")]
    [TestCase("/hooks")]
    [TestCase("ftp://shop.example.org/hooks")]
    [TestCase("https://ann:secret@shop.example.org/hooks")]
    [TestCase("https://shop.example.org/hooks#part")]
    public void An_address_is_absolute_of_http_and_has_neither_password_nor_fragment(string url)
    {
        Given().When(Create(url, Orders)).ThenRejected("webhook-url-invalid");
        Given(Created).When(new WebhookCommand.Change(url, Orders)).ThenRejected("webhook-url-invalid");
    }

    [TestCase("order-placed.v9")]
    [TestCase("webhook-created.v1")]
    [TestCase("seal-*")]
    [TestCase("")]
    public void Events_are_those_that_may_leave_the_house(string name) => Given().When(Create(Url, new([name], null))).ThenRejected("webhook-events-invalid");

    [Test]
    public void What_is_wanted_is_matched_by_name_beginning_and_stream()
    {
        Assert.That(new WebhookTopics([], null).Matches(Recorded("stock-MUG-1@main", "stock-received.v1")), Is.True);
        Assert.That(new WebhookTopics(["order-*", "stock-received.v1"], null).Matches(Recorded("stock-MUG-1@main", "stock-received.v1")), Is.True);
        Assert.That(Orders.Matches(Recorded("stock-MUG-1@main", "stock-received.v1")), Is.False);
        Assert.That(new WebhookTopics([], "stock-MUG-1@").Matches(Recorded("stock-MUG-10@main", "stock-received.v1")), Is.False);
        Assert.That(new WebhookTopics([], null).Matches(Recorded($"webhook-{Id}", "webhook-created.v1")), Is.False);
    }

    [Test]
    public void It_moves_and_moving_to_where_it_is_changes_nothing()
    {
        var moved = new WebhookEvent.Changed("https://new.example.org/", new(["stock-*"], "stock-MUG-1@"));
        Given(Created).When(new WebhookCommand.Change(moved.Url, moved.Topics)).Then(moved);
        Given(Created).When(new WebhookCommand.Change(Url, new(["order-*"], null))).ThenNothing();
    }

    [Test]
    public void Its_key_is_changed_and_the_one_before_is_kept_for_a_while()
    {
        Given(Created).When(new WebhookCommand.RotateKey(OtherKey, Until)).Then(new WebhookEvent.KeyRotated(OtherKey, Until));
        var after = Webhook.Evolve(Webhook.Evolve(Webhook.None, Created), new WebhookEvent.KeyRotated(OtherKey, Until));
        Assert.That((after.Key, after.OldKey, after.OldUntil), Is.EqualTo((OtherKey, Key, Until)));
    }

    [Test]
    public void It_is_disabled_and_enabled_once_each()
    {
        Given(Created).When(new WebhookCommand.Disable(WebhookStop.Gone)).Then(Disabled);
        Given(Created, Disabled).When(new WebhookCommand.Disable(WebhookStop.Operator)).ThenNothing();
        Given(Created, Disabled).When(new WebhookCommand.Enable()).Then(new WebhookEvent.Enabled());
        Given(Created).When(new WebhookCommand.Enable()).ThenNothing();
    }

    [Test]
    public void Nothing_can_be_asked_of_one_that_is_not_there_or_is_deleted()
    {
        Given().When(new WebhookCommand.Delete()).ThenRejected("webhook-unknown", RejectionKind.NotFound);
        Given(Created).When(new WebhookCommand.Delete()).Then(Deleted);
        Given(Created, Deleted).When(new WebhookCommand.Replay(0)).ThenRejected("webhook-unknown", RejectionKind.NotFound);
        Given(Created, Deleted).When(new WebhookCommand.Enable()).ThenRejected("webhook-unknown", RejectionKind.NotFound);
    }

    static WebhookCommand Create(string url, WebhookTopics topics) => new WebhookCommand.Create(Id, url, topics, WebhookScheme.Hmac, Key);

    static RecordedEvent Recorded(string stream, string type) => new(StreamName.Parse(stream, null), 0, new(1), Id, type, "{}"u8.ToArray(), default, Until);

    static Given<WebhookCommand, WebhookEvent, Webhook> Given(params WebhookEvent[] events) => new(Webhook.Decider, events);
}
