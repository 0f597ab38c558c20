using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;
using static Commerce.Domain.Decision;

namespace Commerce.Domain.Customers;

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What happens to a customer. What is personal in it is encrypted: the log, its hashes and its copies hold nothing else.</summary>
public abstract record CustomerEvent
{
    /// <summary>They are known from now on.</summary>
    /// <param name="Customer">Their id.</param>
    /// <param name="Details">Encrypted <see cref="PersonalDetails"/>.</param>
    [EventName("customer-registered.v1")]
    public sealed record Registered(CustomerId Customer, PersonalData Details) : CustomerEvent;

    /// <summary>They have moved.</summary>
    /// <param name="Address">Encrypted <see cref="PostalAddress"/>.</param>
    [EventName("customer-address-changed.v1")]
    public sealed record AddressChanged(PersonalData Address) : CustomerEvent;

    /// <summary>What they are called, or how they are reached, was wrong or is another now.</summary>
    /// <param name="Contact">Encrypted <see cref="PersonalContact"/>: all of it, as it is to be.</param>
    [EventName("customer-contact-corrected.v1")]
    public sealed record ContactCorrected(PersonalData Contact) : CustomerEvent;

    /// <summary>They are to be forgotten: from here on nothing of them is taken or shown, and their key is being destroyed.</summary>
    [EventName("customer-erasure-requested.v1")]
    public sealed record ErasureRequested(ErasureReason Reason, ErasureParty AskedBy) : CustomerEvent;

    /// <summary>Their key is destroyed: nobody can read any more what the events before hold of them.</summary>
    [EventName("customer-erased.v1")]
    public sealed record Erased(ErasureReason Reason, ErasureParty AskedBy) : CustomerEvent;
}

/// <summary>Why a customer is forgotten. A word and no sentence: people would write into it whom they forget. The grounds are those of the GDPR, article 17 (1).</summary>
public enum ErasureReason
{
    /// <summary>They want it, or object.</summary>
    CustomerRequest,

    /// <summary>They take back their consent.</summary>
    ConsentWithdrawn,

    /// <summary>Nobody needs it any more.</summary>
    NoLongerNeeded,

    /// <summary>It should not have been kept.</summary>
    UnlawfullyHeld,

    /// <summary>The law wants it.</summary>
    LegalObligation,
}

/// <summary>Who asked for it.</summary>
public enum ErasureParty
{
    /// <summary>The customer.</summary>
    Customer,

    /// <summary>The shop.</summary>
    House,

    /// <summary>A court or an authority.</summary>
    Authority,
}

/// <summary>What can be asked of a customer.</summary>
public abstract record CustomerCommand
{
    /// <summary>Know them.</summary>
    public sealed record Register(CustomerId Customer, PersonalData Details) : CustomerCommand;

    /// <summary>Note where they live now.</summary>
    public sealed record ChangeAddress(PersonalData Address) : CustomerCommand;

    /// <summary>Note what they are called, and how they are reached (the right of the GDPR, article 16).</summary>
    public sealed record CorrectContact(PersonalData Contact) : CustomerCommand;

    /// <summary>Forget them.</summary>
    public sealed record RequestErasure(ErasureReason Reason, ErasureParty AskedBy) : CustomerCommand;

    /// <summary>Note that their key is destroyed.</summary>
    public sealed record CompleteErasure : CustomerCommand;
}

/// <summary>Why a command to a customer is refused. None of them repeats what was sent.</summary>
public static class CustomerRejections
{
    /// <summary>No such customer.</summary>
    public static readonly Rejection Unknown = new("customer-unknown", "There is no such customer.", RejectionKind.NotFound);

    /// <summary>The id is taken.</summary>
    public static readonly Rejection Exists = new("customer-exists", "A customer with this id is registered already.", RejectionKind.Conflict);

    /// <summary>Forgotten.</summary>
    public static readonly Rejection Erased = new("customer-erased", "The customer is erased: nothing is kept of them, and nothing new is taken.", RejectionKind.Conflict);

    /// <summary>Nobody asked for it.</summary>
    public static readonly Rejection ErasureNotRequested = new("erasure-not-requested", "Nobody asked for the customer to be erased.", RejectionKind.Conflict);

    /// <summary>Not a name.</summary>
    public static readonly Rejection NameInvalid = new("name-invalid", $"A name has 1 to {PersonalDetails.NameLengthMax} characters, none of them a control character.");

    /// <summary>Not an e-mail address.</summary>
    public static readonly Rejection EmailInvalid = new("email-invalid", $"An e-mail address is one bare address of at most {PersonalDetails.EmailLengthMax} characters.");

    /// <summary>Not a phone number.</summary>
    public static readonly Rejection PhoneInvalid = new("phone-invalid", $"A phone number has digits, spaces and +()-./, at most {PersonalDetails.PhoneLengthMax} characters.");

    /// <summary>Not an address.</summary>
    public static readonly Rejection AddressInvalid = new(
        "address-invalid",
        $"An address has 1 to {PostalAddress.LinesMax} lines and a city of 1 to {PostalAddress.LineLengthMax} characters, a country of 1 to {TradeLimits.CountryLengthMax} and a postal code of at most {PostalAddress.PostalCodeLengthMax}, none of them a control character.");
}

/// <summary>Where a customer stands.</summary>
public enum CustomerStatus
{
    /// <summary>Not known.</summary>
    None,

    /// <summary>Known.</summary>
    Registered,

    /// <summary>To be forgotten; the key may still be there.</summary>
    Erasing,

    /// <summary>Forgotten; the key is destroyed.</summary>
    Erased,
}

/// <summary>One customer, as far as decisions need them: nothing of it can be read without their key.</summary>
/// <param name="Status">Where they stand.</param>
/// <param name="Details">Encrypted <see cref="PersonalDetails"/>.</param>
/// <param name="Address">Encrypted <see cref="PostalAddress"/>, where they have moved.</param>
/// <param name="Reason">Why they are forgotten.</param>
/// <param name="AskedBy">Who asked for it.</param>
public sealed record Customer(CustomerStatus Status, PersonalData? Details = null, PersonalData? Address = null, ErasureReason Reason = default, ErasureParty AskedBy = default)
{
    /// <summary>Encrypted <see cref="PersonalContact"/>, where it was corrected.</summary>
    public PersonalData? Contact { get; init; }

    /// <summary>Before they are registered.</summary>
    public static readonly Customer None = new(CustomerStatus.None);

    /// <summary>The aggregate.</summary>
    public static readonly Decider<CustomerCommand, CustomerEvent, Customer> Decider = new("customer", None, Decide, Evolve);

    /// <summary>Whether they are forgotten, or about to be.</summary>
    public bool IsErased => Status is CustomerStatus.Erasing or CustomerStatus.Erased;

    /// <summary>Their stream.</summary>
    public static StreamName StreamOf(CustomerId id) => StreamName.For("customer", id.Value);

    /// <summary>The customer after an event.</summary>
    public static Customer Evolve(Customer customer, CustomerEvent @event) => @event switch
    {
        CustomerEvent.Registered e => new(CustomerStatus.Registered, e.Details),
        CustomerEvent.AddressChanged e => customer with { Address = e.Address },
        CustomerEvent.ContactCorrected e => customer with { Contact = e.Contact },
        CustomerEvent.ErasureRequested e => new(CustomerStatus.Erasing, Reason: e.Reason, AskedBy: e.AskedBy),
        CustomerEvent.Erased => customer with { Status = CustomerStatus.Erased },
        _ => throw new UnreachableException(),
    };

    /// <summary>What a command leads to.</summary>
    public static Decision<CustomerEvent> Decide(CustomerCommand command, Customer customer) => command switch
    {
        CustomerCommand.Register when customer.IsErased => CustomerRejections.Erased,
        CustomerCommand.Register when customer.Status != CustomerStatus.None => CustomerRejections.Exists,
        CustomerCommand.Register c => new CustomerEvent.Registered(c.Customer, c.Details),

        _ when customer.Status == CustomerStatus.None => CustomerRejections.Unknown,

        CustomerCommand.ChangeAddress or CustomerCommand.CorrectContact when customer.IsErased => CustomerRejections.Erased,
        CustomerCommand.ChangeAddress c => new CustomerEvent.AddressChanged(c.Address),
        CustomerCommand.CorrectContact c => new CustomerEvent.ContactCorrected(c.Contact),

        // Asked for twice is asked for once; the first word on why stays.
        CustomerCommand.RequestErasure when customer.IsErased => Nothing,
        CustomerCommand.RequestErasure c => new CustomerEvent.ErasureRequested(c.Reason, c.AskedBy),

        CustomerCommand.CompleteErasure when customer.Status == CustomerStatus.Erased => Nothing,
        CustomerCommand.CompleteErasure when customer.Status == CustomerStatus.Erasing => new CustomerEvent.Erased(customer.Reason, customer.AskedBy),
        CustomerCommand.CompleteErasure => CustomerRejections.ErasureNotRequested,
        _ => throw new UnreachableException(),
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CustomerEvent.Registered))]
[JsonSerializable(typeof(CustomerEvent.AddressChanged))]
[JsonSerializable(typeof(CustomerEvent.ContactCorrected))]
[JsonSerializable(typeof(CustomerEvent.ErasureRequested))]
[JsonSerializable(typeof(CustomerEvent.Erased))]
sealed partial class CustomersJson : JsonSerializerContext;
