using System.Collections.Immutable;
using Commerce.Domain.Access;
using Commerce.Domain.Tests.Spec;

namespace Commerce.Domain.Tests.Access;

public sealed class AccessKeysTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);
    static readonly CustomerId Ann = CustomerId.Of("ann");
    static readonly AccessGrant Operator = new("web", AccessRole.Operator);

    [Test]
    public void A_key_is_made_for_a_client_and_making_the_same_again_changes_nothing()
    {
        Given().When(Create("k1")).Then(Created("k1"));
        Given(Created("k1")).When(Create("k1")).ThenNothing();
        Given(Created("k1"), Revoked("k1", Now)).When(Create("k1")).ThenNothing();
    }

    [Test]
    public void Two_keys_cannot_have_the_same_public_part() =>
        Given(Created("k1")).When(new AccessKeyCommand.Create("k1", "another", Operator, Now)).ThenRejected("access-key-known", RejectionKind.Conflict);

    [TestCase("")]
    [TestCase("a b")]
    [TestCase("saga", Description = "the house acts under it")]
    [TestCase("OPS", Description = "the house acts under it")]
    public void A_client_has_a_name_that_nobody_else_goes_by(string client) =>
        Given().When(Create("k1", Operator with { Client = client })).ThenRejected("client-invalid");

    [Test]
    public void Customers_belong_to_consumers_and_consumers_have_some()
    {
        var consumer = new AccessGrant("web", AccessRole.Consumer);
        Given().When(Create("k1", consumer)).ThenRejected("customers-invalid");
        Given().When(Create("k1", consumer with { Customers = [Ann], EveryCustomer = true })).ThenRejected("customers-invalid");
        Given().When(Create("k1", consumer with { Customers = [.. Enumerable.Range(0, AccessKeys.CustomersMax + 1).Select(n => CustomerId.Of($"c{n}"))] })).ThenRejected("customers-invalid");
        Given().When(Create("k1", Operator with { Customers = [Ann] })).ThenRejected("customers-invalid");
        Given().When(Create("k1", consumer with { Customers = [Ann] })).Then(Created("k1", AccessRole.Consumer, [Ann]));
        Given().When(Create("k1", consumer with { EveryCustomer = true })).Then(Created("k1", AccessRole.Consumer, everyCustomer: true));
    }

    [Test]
    public void A_key_expires_later_than_now()
    {
        Given().When(Create("k1", Operator with { ExpiresAt = Now })).ThenRejected("expiry-invalid");
        Given().When(Create("k1", Operator with { ExpiresAt = Now.AddDays(1) })).Then(Created("k1", expiresAt: Now.AddDays(1)));
    }

    [Test]
    public void A_key_ends_when_somebody_says_why_and_never_later_than_it_was_to()
    {
        Given(Created("k1")).When(Revoke("k1", Now.AddHours(-1))).Then(Revoked("k1", Now));
        Given(Created("k1")).When(Revoke("k1", Now.AddHours(1))).Then(Revoked("k1", Now.AddHours(1)));
        Given(Created("k1"), Revoked("k1", Now.AddHours(1))).When(Revoke("k1", Now.AddHours(2))).ThenNothing();
        Given(Created("k1"), Revoked("k1", Now.AddHours(1))).When(Revoke("k1", Now)).Then(Revoked("k1", Now));
        Given(Created("k1", expiresAt: Now.AddHours(1))).When(Revoke("k1", Now.AddHours(2))).ThenNothing();
        Given(Created("k1"), Revoked("k1", Now.AddHours(1)), Revoked("k1", Now.AddHours(3))).Shows(keys => keys.ById["k1"].EndsAt == Now.AddHours(1));
        Given().When(Revoke("k1", Now)).ThenRejected("access-key-unknown", RejectionKind.NotFound);
        Given(Created("k1")).When(new AccessKeyCommand.Revoke("k1", Now, "\n", Now)).ThenRejected("reason-invalid");
    }

    [Test]
    public void A_key_is_changed_for_another_that_does_the_same_and_both_are_valid_for_a_while()
    {
        var past = Created("k1", AccessRole.Consumer, [Ann], expiresAt: Now.AddDays(9));
        Given(past).When(Rotate("k1", "k2")).Then(Created("k2", AccessRole.Consumer, [Ann]), new AccessKeyEvent.Revoked("k1", Now.AddHours(1), "k2 takes its place."));
        Given(past, Revoked("k1", Now.AddMinutes(1))).When(Rotate("k1", "k2")).Then(Created("k2", AccessRole.Consumer, [Ann]));
        Given(past, Revoked("k1", Now)).When(Rotate("k1", "k2")).ThenRejected("access-key-ended", RejectionKind.Conflict);
        Given(past, Created("k2")).When(Rotate("k1", "k2")).ThenRejected("access-key-known", RejectionKind.Conflict);
        Given().When(Rotate("k1", "k2")).ThenRejected("access-key-unknown", RejectionKind.NotFound);
    }

    [Test]
    public void There_are_no_more_than_every_process_keeps_in_mind_and_those_that_ended_are_forgotten()
    {
        var full = Enumerable.Range(0, AccessKeys.KeysMax).Select(n => Created($"k{n}")).Aggregate(AccessKeys.None, AccessKeys.Evolve);
        Assert.That(AccessKeys.Decide(Create("new"), full).Rejection?.Code, Is.EqualTo("too-many-access-keys"));

        var changed = full;
        for (var n = 0; n < 2 * AccessKeys.KeysMax; n++)
        {
            changed = AccessKeys.Evolve(AccessKeys.Evolve(changed, Revoked($"k{n}", Now)), Created($"k{n + AccessKeys.KeysMax}"));
        }

        Assert.That(changed.ById.Values.Count(k => !k.HasEnded(Now)), Is.EqualTo(AccessKeys.KeysMax));
        Assert.That(changed.ById, Has.Count.LessThanOrEqualTo(2 * AccessKeys.KeysMax));
    }

    static Given<AccessKeyCommand, AccessKeyEvent, AccessKeys> Given(params IEnumerable<AccessKeyEvent> past) => new(AccessKeys.Decider, past);

    static AccessKeyCommand Create(string id, AccessGrant? grant = null) => new AccessKeyCommand.Create(id, "hash of " + id, grant ?? Operator, Now);

    static AccessKeyCommand Revoke(string id, DateTimeOffset endsAt) => new AccessKeyCommand.Revoke(id, endsAt, "lost", Now);

    static AccessKeyCommand Rotate(string id, string newId) => new AccessKeyCommand.Rotate(id, newId, "hash of " + newId, Now.AddHours(1), null, Now);

    static AccessKeyEvent Created(string id, AccessRole role = AccessRole.Operator, ImmutableArray<CustomerId>? customers = null, bool everyCustomer = false, DateTimeOffset? expiresAt = null) =>
        new AccessKeyEvent.Created(id, "hash of " + id, "web", role, customers ?? [], everyCustomer, Now, expiresAt);

    static AccessKeyEvent Revoked(string id, DateTimeOffset endsAt) => new AccessKeyEvent.Revoked(id, endsAt, "lost");
}
