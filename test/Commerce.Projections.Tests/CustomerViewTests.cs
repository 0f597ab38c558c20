using Commerce.Domain;
using Commerce.Domain.Customers;

namespace Commerce.Projections.Tests;

/// <summary>What people read of a customer: nothing that is not encrypted, and once they are erased not even that.</summary>
public sealed class CustomerViewTests
{
    static readonly CustomerId Ann = CustomerId.Of("ann");
    static readonly PersonalData Details = Encrypted(1);
    static readonly PersonalData Address = Encrypted(2);
    static readonly PersonalData Contact = Encrypted(4);

    static readonly CustomerEvent[] Life =
    [
        new CustomerEvent.Registered(Ann, Details),
        new CustomerEvent.AddressChanged(Encrypted(3)),
        new CustomerEvent.AddressChanged(Address),
        new CustomerEvent.ContactCorrected(Contact),
        new CustomerEvent.ErasureRequested(ErasureReason.NoLongerNeeded, ErasureParty.House),
        new CustomerEvent.Erased(ErasureReason.NoLongerNeeded, ErasureParty.House),
    ];

    [Test]
    public async Task A_customer_is_kept_as_the_log_has_them()
    {
        await using var world = await ReadModelWorld.Create();
        var customer = await After(world, 4);
        Assert.That((customer.Details, customer.Address, customer.Contact, customer.ErasedAt, customer.Revision), Is.EqualTo(((PersonalData?)Details, (PersonalData?)Address, (PersonalData?)Contact, (DateTimeOffset?)null, 3)));
    }

    [TestCase(5)]
    [TestCase(6)]
    public async Task From_the_asking_on_nothing_of_them_is_kept(int events)
    {
        await using var world = await ReadModelWorld.Create();
        var customer = await After(world, events);
        Assert.That((customer.Details, customer.Address, customer.Contact), Is.EqualTo(((PersonalData?)null, (PersonalData?)null, (PersonalData?)null)));
        Assert.That((customer.ErasureReason, customer.ErasureAskedBy, customer.ErasedAt is not null), Is.EqualTo(((ErasureReason?)ErasureReason.NoLongerNeeded, (ErasureParty?)ErasureParty.House, true)));
        Assert.That(await world.Rows($"SELECT 1 FROM mt_doc_customerview WHERE data::text LIKE '%{Details}%' OR data::text LIKE '%{Address}%' OR data::text LIKE '%{Contact}%'"), Is.Empty);
    }

    [Test]
    public async Task It_is_the_same_whether_it_is_kept_up_event_by_event_or_made_anew_at_once()
    {
        await using var stepwise = await ReadModelWorld.Create();
        await stepwise.Append(Customer.StreamOf(Ann), Life);
        await stepwise.Project(batchEvents: 1);
        await using var atOnce = await ReadModelWorld.Create();
        Assert.That(await After(atOnce, Life.Length), Is.EqualTo((await stepwise.Store.Load<CustomerView, string>(["ann"], CancellationToken.None)).Single()));
    }

    static async Task<CustomerView> After(ReadModelWorld world, int events)
    {
        await world.Append(Customer.StreamOf(Ann), [.. Life.Take(events)]);
        await world.Project();
        return (await world.Store.Load<CustomerView, string>(["ann"], CancellationToken.None)).Single();
    }

    static PersonalData Encrypted(byte content) => PersonalData.Of([PersonalData.Version, .. Enumerable.Repeat(content, PersonalData.OverheadBytes)]);
}
