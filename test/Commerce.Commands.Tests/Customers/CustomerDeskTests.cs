using System.Text;
using Commerce.Commands.Customers;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Handling;
using Commerce.Commands.Sealing;
using Commerce.Domain;
using Commerce.Domain.Customers;
using Commerce.Domain.Log;
using Commerce.Domain.Seals;

namespace Commerce.Commands.Tests.Customers;

/// <summary>What the log gets to see of a customer, and what is left of it once they are erased, wherever that was cut short.</summary>
public sealed class CustomerDeskTests
{
    static readonly CustomerId Ann = CustomerId.Of("ann");
    static readonly PersonalDetails Details = new("Ann Unmistakable", "ann@unmistakable.example", "+44 1970 555019", new(["19 Unmistakable Row"], "Aberystwyth", "GB"));
    static readonly PersonalContact Married = new("Ann Unmistakable-Other", "ann.other@unmistakable.example");
    static readonly PostalAddress Moved = new(["7 Unmistakable Close"], "Cardiff", "GB");

    InMemoryEventLog _log = null!;
    InMemoryPersonalKeys _keys = null!;
    CommandProcessor _processor = null!;

    CustomerDesk Desk => new(_processor, _keys);

    [SetUp]
    public void Open()
    {
        (_log, _keys) = (new(TimeProvider.System), new());
        _processor = new(_log, TimeProvider.System);
    }

    [TearDown]
    public async Task Close() => await _processor.DisposeAsync();

    [Test]
    public async Task The_log_holds_nothing_that_anybody_could_read_and_the_desk_reads_it()
    {
        await Registered();
        await Desk.ChangeAddress(Ann, Moved, Context("move"), default);
        await Desk.CorrectContact(Ann, Married, Context("marry"), default);

        var text = string.Concat((await Events()).Select(e => Encoding.UTF8.GetString(e.Data.Span) + Encoding.UTF8.GetString(e.Metadata.Span)));
        Assert.That(text, Does.Not.Contain("nmistakable").And.Not.Contain("Aberystwyth").And.Not.Contain("555019"));
        var read = await Read();
        Assert.That((read?.Name, read?.Email, read?.Phone, read?.Address?.City), Is.EqualTo((Married.Name, Married.Email, (string?)null, "Cardiff")));
    }

    [Test]
    public async Task A_repeat_is_the_same_command_and_another_content_under_its_id_is_not()
    {
        await Registered();
        Assert.That(await Desk.Register(Ann, Details with { Phone = "+44 1970 555019" }, Context("register"), default), Is.InstanceOf<CommandOutcome.Accepted>().With.Property("Replayed").True);
        Assert.That(await Desk.Register(Ann, Details with { Phone = null }, Context("register"), default), Is.InstanceOf<CommandOutcome.KeyReused>());
        Assert.That(await Events(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task An_erasure_destroys_the_key_before_the_log_says_that_it_is_done()
    {
        await Registered();
        var told = new List<string>();
        _keys.HasDestroyed = _ => told.AddRange(Types().GetAwaiter().GetResult());
        await Erase();

        Assert.That(told, Is.EqualTo(new[] { "customer-registered.v1", "customer-erasure-requested.v1" }));
        Assert.That(await Types(), Is.EqualTo(new[] { "customer-registered.v1", "customer-erasure-requested.v1", "customer-erased.v1" }));
        Assert.That(await Read(), Is.Null);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_erasure_that_was_cut_short_takes_nothing_more_and_is_finished_by_the_same_again(bool isBeforeTheKey)
    {
        await Registered();
        Action<CustomerId> die = _ => throw new PersonalKeysUnavailableException("The process died here.");
        (_keys.Destroying, _keys.HasDestroyed) = (isBeforeTheKey ? die : null, isBeforeTheKey ? null : die);
        Assert.That(Erase, Throws.InstanceOf<PersonalKeysUnavailableException>());
        (_keys.Destroying, _keys.HasDestroyed) = (null, null);
        Assert.That(await Desk.ChangeAddress(Ann, Moved, Context("move"), default), Is.EqualTo(new CommandOutcome.Rejected(CustomerRejections.Erased)));

        await Erase();
        await Erase();
        Assert.That(await Types(), Is.EqualTo(new[] { "customer-registered.v1", "customer-erasure-requested.v1", "customer-erased.v1" }));
        Assert.That(await Read(), Is.Null);
    }

    [Test]
    public async Task What_was_sealed_stays_what_was_sealed_for_the_hashes_are_over_what_is_encrypted()
    {
        await Registered();
        var sealer = new Sealer(_log, null, TimeProvider.System);
        await sealer.SealAll(default);
        var before = (await Events()).Select(EventHash.OfContent).ToList();

        await Erase();
        await sealer.SealAll(default);
        Assert.That((await Events()).Take(before.Count).Select(EventHash.OfContent), Is.EqualTo(before));

        // Hashed in clear, another text would be the same event; here each byte of what is encrypted counts.
        var registered = (await Events())[0];
        var changed = registered.Data.ToArray();
        changed[^10] ^= 1;
        Assert.That(EventHash.OfContent(registered with { Data = changed }), Is.Not.EqualTo(before[0]));
    }

    [Test]
    public async Task Data_of_one_customer_is_no_data_of_another_even_in_the_log()
    {
        await Registered();
        var bob = CustomerId.Of("bob");
        await Desk.Register(bob, Details with { Name = "Bob" }, Context("bob"), default);
        var anns = (await Desk.Load(Ann, default)).State.Details ?? throw new AssertionException("There is nothing.");
        Assert.That(() => Desk.Read(bob, anns, null, null, default), Throws.InstanceOf<PersonalDataUnreadableException>());
    }

    [Test]
    public async Task A_database_of_keys_that_is_not_the_logs_is_not_taken_for_an_erasure()
    {
        await Registered();
        var elsewhere = new CustomerDesk(_processor, new InMemoryPersonalKeys());
        var details = (await Desk.Load(Ann, default)).State.Details ?? throw new AssertionException("There is nothing.");
        Assert.That(() => elsewhere.Read(Ann, details, null, null, default), Throws.InstanceOf<PersonalKeysUnavailableException>());
        Assert.That(() => elsewhere.ChangeAddress(Ann, Moved, Context("move"), default), Throws.InstanceOf<PersonalKeysUnavailableException>());
    }

    async Task Registered() => Assert.That(await Desk.Register(Ann, Details, Context("register"), default), Is.InstanceOf<CommandOutcome.Accepted>());

    async Task Erase() => Assert.That(
        await Desk.Erase(Ann, ErasureReason.CustomerRequest, ErasureParty.Customer, new("test"), default), Is.InstanceOf<CommandOutcome.Accepted>());

    async Task<PersonalDetails?> Read()
    {
        var told = (await Events()).Select(EventCatalog.Read).ToList();
        var address = told.OfType<CustomerEvent.AddressChanged>().LastOrDefault()?.Address;
        var contact = told.OfType<CustomerEvent.ContactCorrected>().LastOrDefault()?.Contact;
        return await Desk.Read(Ann, told.OfType<CustomerEvent.Registered>().Single().Details, address, contact, default);
    }

    async Task<List<RecordedEvent>> Events()
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in _log.ReadStream(Customer.StreamOf(Ann), ReadDirection.Forwards, 0, int.MaxValue, default))
        {
            events.Add(e);
        }

        return events;
    }

    async Task<IEnumerable<string>> Types() => (await Events()).Select(e => e.Type);

    static CommandContext Context(string id) => new("test") { CommandId = id };
}
