using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Customers;
using Commerce.Domain.Log;

namespace Commerce.Commands.Customers;

/// <summary>
/// Where what is personal is encrypted before anything is decided, and read again for those who may see it. Every method throws
/// <see cref="PersonalKeysUnavailableException"/> when keys cannot be had, and <see cref="EventLogUnavailableException"/> when the log does not answer.
/// </summary>
public sealed class CustomerDesk(ICommandProcessor commands, IPersonalKeys keys)
{
    /// <summary>Who finishes erasures, as the log says.</summary>
    public const string Actor = "customers";

    static readonly string RegisteredName = NameOf<CustomerEvent.Registered>();
    static readonly string AddressChangedName = NameOf<CustomerEvent.AddressChanged>();
    static readonly string ContactCorrectedName = NameOf<CustomerEvent.ContactCorrected>();

    /// <summary>Registers a customer.</summary>
    public async Task<CommandOutcome> Register(CustomerId id, PersonalDetails details, CommandContext context, CancellationToken cancellationToken)
    {
        if (details.Refused() is { } refusal)
        {
            return new CommandOutcome.Rejected(refusal);
        }

        if (await keys.FindOrMake(id, cancellationToken).ConfigureAwait(false) is not FoundKey.Held { Key: var key })
        {
            return new CommandOutcome.Rejected(CustomerRejections.Erased);
        }

        var encrypted = Encrypted(id, key, RegisteredName, details, PersonalJson.Default.PersonalDetails, context);
        return await Handle(id, new CustomerCommand.Register(id, encrypted.Data), encrypted.Context with { BeginsStream = true }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes where a customer lives now.</summary>
    public Task<CommandOutcome> ChangeAddress(CustomerId id, PostalAddress address, CommandContext context, CancellationToken cancellationToken) => address.Refused() is { } refusal
        ? Task.FromResult<CommandOutcome>(new CommandOutcome.Rejected(refusal))
        : Change(id, AddressChangedName, address, PersonalJson.Default.PostalAddress, data => new CustomerCommand.ChangeAddress(data), context, cancellationToken);

    /// <summary>Notes what a customer is called, and how they are reached.</summary>
    public Task<CommandOutcome> CorrectContact(CustomerId id, PersonalContact contact, CommandContext context, CancellationToken cancellationToken) => contact.Refused() is { } refusal
        ? Task.FromResult<CommandOutcome>(new CommandOutcome.Rejected(refusal))
        : Change(id, ContactCorrectedName, contact, PersonalJson.Default.PersonalContact, data => new CustomerCommand.CorrectContact(data), context, cancellationToken);

    /// <summary>
    /// Erases a customer: the log is told that they are to be, their key is destroyed, the log is told that they are. Cut short in between,
    /// it is finished by whoever follows the log (<see cref="ErasureFollower"/>) or by the same again.
    /// </summary>
    public async Task<CommandOutcome> Erase(CustomerId id, ErasureReason reason, ErasureParty askedBy, CommandContext context, CancellationToken cancellationToken)
    {
        var asked = await Handle(id, new CustomerCommand.RequestErasure(reason, askedBy), context, cancellationToken).ConfigureAwait(false);
        if (asked is not CommandOutcome.Accepted accepted)
        {
            return asked;
        }

        var done = await Finish(id, cancellationToken).ConfigureAwait(false);
        return done is CommandOutcome.Accepted finished ? finished with { Replayed = accepted.Replayed } : done;
    }

    /// <summary>Destroys the key of a customer whose erasure is in the log, and notes that it is done. Again, it changes nothing.</summary>
    public async Task<CommandOutcome> Finish(CustomerId id, CancellationToken cancellationToken)
    {
        await keys.Destroy(id, cancellationToken).ConfigureAwait(false);
        return await Handle(id, new CustomerCommand.CompleteErasure(), new CommandContext(Actor), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The customer as the log has them now.</summary>
    public Task<Loaded<Customer>> Load(CustomerId id, CancellationToken cancellationToken) => commands.Load(Customer.Decider, Customer.StreamOf(id), cancellationToken);

    /// <summary>What is personal, in clear; null: the customer is erased.</summary>
    /// <param name="id">The customer.</param>
    /// <param name="details">As they were registered.</param>
    /// <param name="address">Where they have moved since; null: they have not.</param>
    /// <param name="contact">What was corrected since; null: nothing was.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PersonalDataUnreadableException">It is not what was written.</exception>
    public async Task<PersonalDetails?> Read(CustomerId id, PersonalData details, PersonalData? address, PersonalData? contact, CancellationToken cancellationToken)
    {
        switch (await keys.Find(id, cancellationToken).ConfigureAwait(false))
        {
            case FoundKey.Held { Key: var key }:
                var read = Decrypted(id, key, RegisteredName, details, PersonalJson.Default.PersonalDetails);
                read = address is { } moved ? read with { Address = Decrypted(id, key, AddressChangedName, moved, PersonalJson.Default.PostalAddress) } : read;
                return contact is { } corrected && Decrypted(id, key, ContactCorrectedName, corrected, PersonalJson.Default.PersonalContact) is var now
                    ? read with { Name = now.Name, Email = now.Email, Phone = now.Phone }
                    : read;
            case FoundKey.Destroyed:
                return null;
            default:
                throw KeyMissing(id);
        }
    }

    async Task<CommandOutcome> Change<T>(
        CustomerId id, string eventName, T content, JsonTypeInfo<T> type, Func<PersonalData, CustomerCommand> command, CommandContext context, CancellationToken cancellationToken)
    {
        switch (await keys.Find(id, cancellationToken).ConfigureAwait(false))
        {
            case FoundKey.Held { Key: var key }:
                var encrypted = Encrypted(id, key, eventName, content, type, context);
                return await Handle(id, command(encrypted.Data), encrypted.Context, cancellationToken).ConfigureAwait(false);
            case FoundKey.Destroyed:
                return new CommandOutcome.Rejected(CustomerRejections.Erased);
            default:
                return (await Load(id, cancellationToken).ConfigureAwait(false)).State.Status == CustomerStatus.None
                    ? new CommandOutcome.Rejected(CustomerRejections.Unknown)
                    : throw KeyMissing(id);
        }
    }

    Task<CommandOutcome> Handle(CustomerId id, CustomerCommand command, CommandContext context, CancellationToken cancellationToken) =>
        commands.Handle(Customer.Decider, Customer.StreamOf(id), command, context, cancellationToken);

    // What is encrypted is another text each time, so a repeat is known by what was sent; not by a hash of it, which anybody could try
    // names and addresses against, but by one that takes the customer's key.
    static (PersonalData Data, CommandContext Context) Encrypted<T>(CustomerId id, PersonalKey key, string eventName, T content, JsonTypeInfo<T> type, CommandContext context)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(content, type);
        var data = key.Encrypt(json, new(Customer.StreamOf(id), eventName));
        return (data, context.CommandId is null ? context : context with { Fingerprint = key.Fingerprint([.. Encoding.UTF8.GetBytes(eventName + "\n"), .. json]) });
    }

    static T Decrypted<T>(CustomerId id, PersonalKey key, string eventName, PersonalData data, JsonTypeInfo<T> type)
        where T : class =>
        JsonSerializer.Deserialize(key.Decrypt(data, new(Customer.StreamOf(id), eventName)), type)
            ?? throw new PersonalDataUnreadableException($"What {Customer.StreamOf(id)} holds in {eventName} is nothing.");

    static PersonalKeysUnavailableException KeyMissing(CustomerId id) => new($"The database of personal keys has none for {id}, and none that was destroyed: it is not the one that belongs to this log.");

    static string NameOf<TEvent>() => EventCatalog.Types.Single(t => t.Type == typeof(TEvent)).Name;
}
