using Commerce.Domain.Customers;
using Commerce.Domain.Tests.Spec;

namespace Commerce.Domain.Tests.Customers;

public sealed class CustomerTests
{
    static readonly CustomerId Ann = CustomerId.Of("ann");
    static readonly PersonalData Details = Encrypted(1);
    static readonly PersonalData NewAddress = Encrypted(2);
    static readonly PersonalData NewContact = Encrypted(3);

    static readonly CustomerEvent Registered = new CustomerEvent.Registered(Ann, Details);
    static readonly CustomerEvent Requested = new CustomerEvent.ErasureRequested(ErasureReason.ConsentWithdrawn, ErasureParty.Customer);
    static readonly CustomerEvent Erased = new CustomerEvent.Erased(ErasureReason.ConsentWithdrawn, ErasureParty.Customer);

    static readonly CustomerCommand Register = new CustomerCommand.Register(Ann, Details);
    static readonly CustomerCommand ChangeAddress = new CustomerCommand.ChangeAddress(NewAddress);
    static readonly CustomerCommand CorrectContact = new CustomerCommand.CorrectContact(NewContact);
    static readonly CustomerCommand Erase = new CustomerCommand.RequestErasure(ErasureReason.ConsentWithdrawn, ErasureParty.Customer);
    static readonly CustomerCommand Complete = new CustomerCommand.CompleteErasure();

    [Test]
    public void A_customer_is_registered_once()
    {
        Given().When(Register).Then(Registered);
        Given(Registered).When(Register).ThenRejected("customer-exists", RejectionKind.Conflict);
    }

    [Test]
    public void Nothing_can_be_done_to_a_customer_who_is_not_registered()
    {
        Given().When(ChangeAddress).ThenRejected("customer-unknown", RejectionKind.NotFound);
        Given().When(CorrectContact).ThenRejected("customer-unknown", RejectionKind.NotFound);
        Given().When(Erase).ThenRejected("customer-unknown", RejectionKind.NotFound);
        Given().When(Complete).ThenRejected("customer-unknown", RejectionKind.NotFound);
    }

    [Test]
    public void A_customer_moves()
    {
        Given(Registered).When(ChangeAddress).Then(new CustomerEvent.AddressChanged(NewAddress));
        Given(Registered, new CustomerEvent.AddressChanged(NewAddress)).Shows(c => c.Details == Details && c.Address == NewAddress);
    }

    [Test]
    public void What_a_customer_is_called_and_how_they_are_reached_is_corrected()
    {
        Given(Registered).When(CorrectContact).Then(new CustomerEvent.ContactCorrected(NewContact));
        Given(Registered, new CustomerEvent.AddressChanged(NewAddress), new CustomerEvent.ContactCorrected(NewContact)).Shows(c => c.Details == Details && c.Address == NewAddress && c.Contact == NewContact);
    }

    [Test]
    public void An_erasure_is_asked_for_then_done_and_keeps_the_first_word_on_why()
    {
        Given(Registered).When(Erase).Then(Requested);
        Given(Registered, Requested).When(new CustomerCommand.RequestErasure(ErasureReason.LegalObligation, ErasureParty.Authority)).ThenNothing();
        Given(Registered, Requested).When(Complete).Then(Erased);
    }

    [Test]
    public void An_erasure_that_is_done_is_done_once()
    {
        Given(Registered, Requested, Erased).When(Erase).ThenNothing();
        Given(Registered, Requested, Erased).When(Complete).ThenNothing();
    }

    [Test]
    public void Nobody_is_erased_whom_nobody_asked_to_erase() =>
        Given(Registered).When(Complete).ThenRejected("erasure-not-requested", RejectionKind.Conflict);

    [Test]
    public void From_the_asking_on_nothing_is_taken_for_the_customer_any_more()
    {
        Given(Registered, Requested).When(ChangeAddress).ThenRejected("customer-erased", RejectionKind.Conflict);
        Given(Registered, Requested).When(CorrectContact).ThenRejected("customer-erased", RejectionKind.Conflict);
        Given(Registered, Requested, Erased).When(ChangeAddress).ThenRejected("customer-erased", RejectionKind.Conflict);
        Given(Registered, Requested, Erased).When(Register).ThenRejected("customer-erased", RejectionKind.Conflict);
    }

    [Test]
    public void Who_is_being_erased_keeps_nothing_even_encrypted() =>
        Given(Registered, new CustomerEvent.AddressChanged(NewAddress), new CustomerEvent.ContactCorrected(NewContact), Requested).Shows(c => c.Details is null && c.Address is null && c.Contact is null && c.IsErased);

    static PersonalData Encrypted(byte content) => PersonalData.Of([PersonalData.Version, .. Enumerable.Repeat(content, PersonalData.OverheadBytes)]);

    static Given<CustomerCommand, CustomerEvent, Customer> Given(params CustomerEvent[] past) => new(Customer.Decider, past);
}
